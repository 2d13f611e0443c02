"""The service by each route of sound, with a real Asterisk and the rights of the sample user."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import soundfile
from rig.asterisk import SECRET, Asterisk
from rig.listening import NewTalk, own_and_other, until
from structlog.testing import capture_logs

from agentbot.core.seat.view import SeatState
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.settings import Settings
from agentbot.testing import ScriptedRecogniser

AFTER = "after"


def _settings(asterisk: Asterisk, folder: Path, route: str) -> Settings:
    sound: dict[str, object] = {
        "route": route, "websocket_port": asterisk.websocket, "folder": asterisk.recordings,
        "port": asterisk.sound if route == "dialplan" else 0,
    }  # fmt: skip
    exchange = {
        "name": "rig", "port": asterisk.ami, "secret": SECRET, "seats": r"^PJSIP/(1\d\d\d)-",
        "ari_url": f"http://127.0.0.1:{asterisk.http}", "ari_secret": SECRET,
    }  # fmt: skip
    return Settings(
        exchanges=(exchange,), sound=sound, rules=({"script": "heating-repair"},), web={"port": 0},
        agi={"port": 0}, accounts=folder / "accounts.json",
        store={"folder": folder / "calls", "sound": True, "again": False},
    )  # fmt: skip


def _kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("calls/*/*.flac"))


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ("auto", "audiosocket"), ("websocket", "websocket"), ("ari", "ari"),
        ("dialplan", "dialplan"), ("files", "files"),
    ],
)  # fmt: skip
async def test_a_call_is_heard_and_kept(
    asterisk: Asterisk, talk: NewTalk, house: House, tmp_path: Path, route: str, taken: str
) -> None:
    service = Service(_settings(asterisk, tmp_path, route), ScriptedRecogniser([]), 2, house)
    with capture_logs() as logs:
        async with service.running():
            await until(lambda: any(one["event"] == "sound route" for one in logs))
            here = await talk("730" if route == "dialplan" else "1001")
            async with asyncio.timeout(20):
                async for view in service.floor.watch("1001"):
                    if view.state is SeatState.TALKING and (taken != "files" or view.notices):
                        break
            await asyncio.sleep(1.0)
            caller, operator = await here.say(3)
            await here.caller.hang_up()
            await until(lambda: _kept(tmp_path) != [])

    chosen = [one for one in logs if one["event"] == "sound route"]
    assert [one["route"] for one in chosen] == [taken]
    assert (AFTER in view.notices) == (taken == "files")
    sound, _ = soundfile.read(_kept(tmp_path)[0], dtype="int16")
    own_and_other(sound[:, 0], caller, operator)
    own_and_other(sound[:, 1], operator, caller)


async def test_a_call_goes_on_where_nobody_takes_the_dialplans_taps(
    asterisk: Asterisk, talk: NewTalk
) -> None:
    here = await talk("730")
    caller, operator = await here.say(2)
    await here.caller.hang_up()
    await here.operator.ended()
    own_and_other(here.operator.rtp.listened(), caller, operator)
    assert asterisk.channels() == []
