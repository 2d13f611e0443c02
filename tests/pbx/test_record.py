"""`agentbot record` against a simulated exchange over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.ami import Account
from agentbot.pbx.amilog import read_log
from agentbot.simulate import SimulatedExchange
from agentbot.simulate.call import SimulatedCall


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
