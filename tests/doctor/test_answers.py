"""What the doctor makes of an exchange's answers: versions, clocks, zones, rights, hooks."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from agentbot.doctor.check import Check, State
from agentbot.doctor.hooks import hooks
from agentbot.doctor.modules import modules
from agentbot.doctor.rights import told, write_rights
from agentbot.doctor.seats import seats
from agentbot.doctor.untried import untried
from agentbot.doctor.version import clock, time_zone, version
from agentbot.doctor.visit import Visit, visit
from agentbot.pbx.message import Message
from agentbot.settings import Settings
from agentbot.settings_sound import SoundForm
from agentbot.simulate.door import Reply
from agentbot.simulate.exchange import SimulatedExchange

Answers = dict[str, Reply]


def said(**headers: str) -> Reply:
    return Reply(headers=tuple(headers.items()))


@asynccontextmanager
async def visiting(answers: Answers) -> AsyncIterator[Visit]:
    """An exchange that gives these answers, by action or by the variable asked for."""
    async with SimulatedExchange() as simulated:
        usual = simulated._door.act

        def act(action: Message) -> Reply | None:
            for key in (action.get("Variable"), action.get("Action")):
                if key in answers:
                    return answers[key]
            return usual(action)

        simulated._door.act = act
        async with visit(simulated.account()) as here:
            yield here


@pytest.mark.parametrize(
    ("told", "state", "found"),
    [
        ("22.10.1+dfsg", State.OK, "ok"),
        ("certified/18.9-cert5", State.OK, "ok"),
        ("GIT-20-abcdef", State.OK, "ok"),
        ("16.28.0", State.FAILED, "old"),
        ("", State.WARNING, "unknown"),
    ],
)
async def test_versions(told: str, state: State, found: str) -> None:
    async with visiting({"CoreSettings": said(AsteriskVersion=told)}) as here:
        check = await version(here)
    assert (check.state, check.said) == (state, found)


@pytest.mark.parametrize(
    ("ahead", "found"), [(0.0, "ok"), (1.5, "ok"), (-90.0, "differs"), (3600.0, "differs")]
)
async def test_clocks(ahead: float, found: str) -> None:
    answer = said(Ping="Pong", Timestamp=f"{time.time() + ahead:.6f}")
    async with visiting({"Ping": answer}) as here:
        check = await clock(here)
    assert check.said == found
    assert check.values["seconds"] == pytest.approx(ahead, abs=1.0)


@pytest.mark.parametrize("told", ["", "nan", "inf", "1e300", "-5", "noon"])
async def test_an_exchange_that_tells_no_time(told: str) -> None:
    async with visiting({"Ping": said(Ping="Pong", Timestamp=told)}) as here:
        assert (await clock(here)).said == "unknown"


@pytest.mark.parametrize(
    ("zone", "found"),
    [("+0800", "ok"), ("+0000", "differs"), ("-0330", "differs"), ("", "alone"), ("CST", "alone")],
)
async def test_time_zones(monkeypatch: pytest.MonkeyPatch, zone: str, found: str) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        async with visiting({"STRFTIME(,,%z)": said(Value=zone)}) as here:
            assert (await time_zone(here)).said == found
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_rights_that_are_not_told() -> None:
    async with visiting({"ListCommands": Reply(error="Permission denied")}) as here:
        assert (await write_rights(here, "auto")).said == "unknown"


@pytest.mark.parametrize(
    ("lacks", "route", "state"),
    [
        ("Originate", "auto", State.FAILED),
        ("Originate", "dialplan", State.OK),
        ("CoreShowChannels", "auto", State.FAILED),
        ("UserEvent", "auto", State.WARNING),
    ],
)
async def test_what_a_missing_right_costs(lacks: str, route: str, state: State) -> None:
    every = (
        *("CoreShowChannels", "Status", "Setvar", "Hangup", "ParkedCalls", "UserEvent"),
        *("ModuleCheck", "DBPut", "Originate"),
    )
    may = Reply(headers=tuple((name, "x") for name in every if name != lacks))
    async with visiting({"ListCommands": may}) as here:
        assert (await write_rights(here, route)).state is state


async def test_without_a_test_call_no_right_is_called_missing() -> None:
    async with visiting({}) as here:
        assert (await told(here)).said == "no_call"


async def _hooks(address: str, **more: Reply) -> Check:
    settings = Settings(agi={"port": 4573})
    answers = {"AGENTBOT_AGI": said(Value=address), **more}
    present = said(Version="")
    async with visiting({"ModuleCheck": present, **answers}) as here:
        return await hooks(here, settings, None, runs=False)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", "unused"),
        ("agi://127.0.0.1", "ok"),
        ("agi://127.0.0.1:4573/", "ok"),
        ("agi://127.0.0.1:4574", "other_port"),
        ("127.0.0.1:4573", "no_address"),
        ("agi://127.0.0.1:4573/call", "no_address"),
    ],
)
async def test_addresses_of_the_dialplan(address: str, found: str) -> None:
    assert (await _hooks(address)).said == found


async def test_a_module_that_the_hooks_need() -> None:
    gone = Reply(error="Module not loaded")
    assert (await _hooks("agi://127.0.0.1", ModuleCheck=gone)).said == "no_module"


async def test_modules_that_nobody_may_ask_for() -> None:
    async with visiting({"ModuleCheck": Reply(error="Permission denied")}) as here:
        assert [check.said for check in await modules(here, SoundForm())] == ["not_told"]


async def test_seats_of_an_exchange_without_queues() -> None:
    async with visiting({"QueueStatus": Reply(error="No such command")}) as here:
        assert (await seats(here, "")).said == "numbers"
        assert (await seats(here, "^SIP/")).said == "pattern"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", "dialplan"),
        ("127.0.0.1:4574", "dialplan_known"),
        ("10.0.0.9:4574", "dialplan_known"),
        ("127.0.0.1:4575", "dialplan_port"),
        ("127.0.0.1", "dialplan_port"),
    ],
)
async def test_where_the_dialplan_sends_sound(address: str, found: str) -> None:
    form = SoundForm(route="dialplan", port=4574)
    async with visiting({"AGENTBOT_SOUND": said(Value=address)}) as here:
        check = await untried(here, form, "dialplan")
    assert check is not None
    assert check.said == found


async def test_recordings_of_the_dialplan(tmp_path: Path) -> None:
    form = SoundForm(route="files", folder=tmp_path, recordings="calls/{uniqueid}")

    async def looked() -> str:
        async with visiting({}) as here:
            check = await untried(here, form, "files")
        assert check is not None
        return check.said

    assert await looked() == "files"
    (tmp_path / "calls").mkdir()
    caller, operator = (tmp_path / f"calls/1.2-{side}.wav" for side in ("in", "out"))
    sf.write(caller, np.zeros(800), 8_000)
    assert await looked() == "files_half"
    operator.write_bytes(b"no sound")
    assert await looked() == "files_broken"
    sf.write(operator, np.zeros(800), 8_000)
    assert await looked() == "files_found"
    os.utime(caller, (0, 0))
    assert await looked() == "files_old"


async def test_a_route_that_a_call_of_ours_can_try() -> None:
    async with visiting({}) as here:
        assert await untried(here, SoundForm(), "audiosocket") is None
