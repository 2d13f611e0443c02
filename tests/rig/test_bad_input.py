"""Callers' names that a real Asterisk lets through: the seat sees its line, the exchange stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from rig.asterisk import SECRET, Asterisk
from rig.fixtures import NewPhone

from agentbot.core.seat.view import SeatState
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.settings import Settings
from agentbot.testing import ScriptedRecogniser

NAMES = {
    "quotes": "\\\"\u738b\\\" 'y'; DROP",
    "emoji": "👩‍💻🔥 王女士",
    "GBK": "王先生".encode("gbk").decode(errors="surrogateescape"),
    "HTML": "<script>alert(1)</script>",
    "header": "Event: Hangup",
    "long": "长" * 500,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_callers_with_any_name(
    asterisk: Asterisk, phones: NewPhone, house: House, tmp_path: Path, name: str
) -> None:
    settings = Settings(
        exchanges=({"port": asterisk.ami, "secret": SECRET},), web={"port": 0}, agi={"port": 0},
        rules=({"script": "heating-repair"},), store={"folder": tmp_path / "calls"},
        accounts=tmp_path / "accounts.json",
    )  # fmt: skip
    service = Service(settings, ScriptedRecogniser([]), 2, house)
    seat, trunk = await phones("1001"), await phones("trunk")
    async with service.running(), asyncio.timeout(30):
        while not service.floor.healthy()[0]:  # noqa: ASYNC110 - logins tell only the page
            await asyncio.sleep(0.02)
        call = await (await trunk.call("1001", caller="13800138000", name=name)).answered()
        await seat.incoming.get()
        async for view in service.floor.watch("1001"):
            if view.state is SeatState.TALKING:
                break
        assert view.prompt is not None
        await call.hang_up()
        async for view in service.floor.watch("1001"):
            if view.state is not SeatState.TALKING:
                break
        assert service.floor.healthy()[0]
