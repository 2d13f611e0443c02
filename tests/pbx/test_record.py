"""`agentbot record` against a simulated exchange over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import numpy as np
import soundfile as sf

from agentbot.core.calls.tracker import Tracker
from agentbot.core.events import Leg
from agentbot.pbx.ami import Account
from agentbot.pbx.amilog import read_log
from agentbot.replay.sources import find_calls
from agentbot.simulate import SimulatedExchange
from agentbot.simulate.call import SimulatedCall
from agentbot.speech.base import Signal


def settings_of(account: Account, secret: str = "") -> dict[str, str]:
    exchange = {"host": account.host, "port": account.port, "secret": secret or account.secret}
    return os.environ | {"AGENTBOT_EXCHANGES": json.dumps([exchange])}


async def record(env: dict[str, str], *options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agentbot", "record", *options),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_call_is_written_down_under_other_names(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    call = SimulatedCall(caller="13700001111", name="王小五", seat="1001", seconds=2.0)
    async with SimulatedExchange(speed=20) as exchange:
        process = await record(settings_of(exchange.account()), str(log), "--seconds", "2")
        await asyncio.wait_for(exchange.somebody(), 30)
        await exchange.place(call).over()
        out, err = await asyncio.wait_for(process.communicate(), 30)

    assert (process.returncode, err) == (0, b"")
    assert b"messages in" in out
    assert b"13700001111" not in log.read_bytes()
    assert "王小五" not in log.read_text("utf-8")
    tracker = Tracker()
    for message in read_log(log):
        tracker.feed(message)
    (found,) = tracker.calls()
    assert found.reason == "answered"
    assert [leg.seat for leg in found.legs] == [None, "1001"]
    assert found.caller is not None
    assert len(found.caller) == 11


def spoken(seconds: float, hertz: float) -> Signal:
    at = np.arange(round(seconds * 8_000)) / 8_000
    return Signal(samples=(0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32), rate=8_000)


async def test_with_audio_both_legs_lie_beside_the_log(tmp_path: Path) -> None:
    log, folder = tmp_path / "call.log", tmp_path / "call.log.audio"
    call = SimulatedCall(
        caller="13700001111", name="王小五", seat="1001", queue="repair",
        sound={Leg.CALLER: spoken(2.5, 500), Leg.OPERATOR: spoken(2.5, 1_200)},
    )  # fmt: skip
    async with SimulatedExchange() as exchange:
        env = settings_of(exchange.account()) | {"AGENTBOT_SEATS": '{"1001": "563"}'}
        env["AGENTBOT_RULES"] = '[{"script": "heating-repair"}]'
        process = await record(env, str(log), "--audio", "--seconds", "8")
        await asyncio.wait_for(exchange.somebody(), 30)
        await exchange.place(call).over()
        out, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 0
    assert b"cannot be pseudonymised" in err
    assert b"1 talk in" in out
    (source,) = find_calls([folder / "calls.jsonl"]).sources
    assert (source.script, source.seat, source.queue) == ("heating-repair", "563", "repair")
    assert log.read_text("utf-8").count(source.call_id.partition("_")[0]) > 5
    (sound,) = source.audio
    assert sound.name == f"{source.call_id}.flac"
    both, rate = sf.read(sound)
    for leg, hertz in zip(both.T, (500, 1_200), strict=True):
        frequencies = np.fft.rfftfreq(len(leg), 1 / rate)
        assert abs(frequencies[int(np.argmax(np.abs(np.fft.rfft(leg))))] - hertz) < 5
        loud = np.flatnonzero(np.abs(leg) > 0.003)
        assert 2.3 < (loud[-1] - loud[0]) / rate < 2.6
    private = b"".join(path.read_bytes() for path in [log, *folder.iterdir()])
    assert b"13700001111" not in private
    assert "王小五".encode() not in private


async def test_without_a_way_to_the_sound_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    async with SimulatedExchange() as exchange:
        env = settings_of(exchange.account()) | {"AGENTBOT_SOUND__ROUTE": "none"}
        process = await record(env, str(log), "--audio")
        _, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    assert b"sound.route is none" in err.splitlines()[-1]
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - in an asynchronous test


async def test_a_refused_login_is_one_line_and_leaves_no_file(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    async with SimulatedExchange() as exchange:
        process = await record(settings_of(exchange.account(), "wrong"), str(log))
        out, err = await asyncio.wait_for(process.communicate(), 30)

    assert (process.returncode, out) == (1, b"")
    assert len(err.strip().splitlines()) == 1
    assert not log.exists()


async def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    log.write_text("mine")
    async with SimulatedExchange() as exchange:
        process = await record(settings_of(exchange.account()), str(log))
        _, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 1
    assert b"is there already" in err
    assert log.read_text() == "mine"
