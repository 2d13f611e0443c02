"""`agentbot simulate` and `agentbot bench ami`, as they are run."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest
from shell import Command
from simulate.listening import eventually, watching

from agentbot.core.calls.events import CallOver, TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import RecordingError
from agentbot.pbx.ami import Account, Exchange
from agentbot.simulate import SimulatedExchange
from agentbot.simulate.samples import bundled_calls, play, simulated_calls


def test_the_bundled_samples_become_calls() -> None:
    calls = simulated_calls([bundled_calls()])

    assert len(calls) == 4
    assert [call.seat for call in calls][:2] == ["218", "305"]
    assert calls[0].variables == {"AGENTBOT_SCRIPT": "heating-repair"}
    assert all(set(call.sound or {}) == {Leg.CALLER, Leg.OPERATOR} for call in calls)
    assert len({call.caller for call in calls}) == 4


def test_where_nothing_is_to_be_played_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "call.json").write_text('{"utterances": []}')
    with pytest.raises(RecordingError, match="no recordings to play"):
        simulated_calls([tmp_path])


async def test_samples_are_played_over_and_over_on_several_lines() -> None:
    calls = simulated_calls([bundled_calls()], queue="repair")
    async with SimulatedExchange(speed=400) as exchange, watching(exchange) as watcher:
        placed = [call async for call, _ in play(exchange, calls, lines=2, number=6)]
        await eventually(lambda: sum(isinstance(e, CallOver) for e in watcher.events) == 6)

    assert placed == [*calls, *calls[:2]]
    talks = [event for event in watcher.events if isinstance(event, TalkBegan)]
    assert {talk.queue for talk in talks} == {"repair"}


async def test_the_command_waits_for_a_login_and_plays(samples: Path) -> None:
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agentbot", "simulate", str(samples / "callback-unsolved.flac")),
        *("--port", "0", "--speed", "100", "--number", "1"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert command.stdout is not None
    line = (await asyncio.wait_for(command.stdout.readline(), 30)).decode()
    found = re.match(r"AMI at 127.0.0.1:(\d+), user agentbot, secret simulated", line)
    assert found is not None
    exchange = Exchange(Account(port=int(found[1]), secret="simulated"))  # noqa: S106
    running = asyncio.create_task(exchange.run())
    out, err = await asyncio.wait_for(command.communicate(), 30)
    await exchange.close()
    await running

    assert re.fullmatch(r"call sim-\S+ for seat 1001\n", out.decode())
    assert (command.returncode, err) == (0, b"")


def test_a_log_that_is_none_is_one_line(agentbot: Command, tmp_path: Path) -> None:
    said = agentbot("simulate", str(tmp_path / "gone.wav"))

    assert (said.code, said.out) == (1, "")
    assert "there is no such file" in said.err


def test_the_bench_reads_the_same_events_both_ways(agentbot: Command, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    said = agentbot(
        *("bench", "ami", "--events", "2000", "--calls", "10", "--rounds", "1"),
        *("--json", str(figures)),
    )

    assert said.code == 0
    measured = json.loads(figures.read_text())
    assert (measured["events"], measured["calls"]) == (2000, 10)
    assert measured["agentbot_events_per_second"] > 0
    assert measured["panoramisk_events_per_second"] > 0
