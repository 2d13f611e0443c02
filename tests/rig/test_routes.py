"""The other routes of sound in a real Asterisk: each brings every leg its own party."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from rig.ami import Ami
from rig.asterisk import SECRET, Asterisk
from rig.listening import Listener, NewTalk, hears_each_leg

from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.dialplan import DialplanRoute
from agentbot.pbx.mediasocket import MediaSocketServer
from agentbot.pbx.tap import WebSocketRoute


@pytest.fixture
async def watcher(asterisk: Asterisk) -> AsyncIterator[Ami]:
    """May watch and no more."""
    one = await Ami.open(asterisk.ami, "watcher", SECRET)
    yield one
    await one.close()


async def test_taps_of_the_dialplan(asterisk: Asterisk, watcher: Ami, talk: NewTalk) -> None:
    server = AudioSocketServer(port=asterisk.sound, grace=1.5)
    await server.open()
    route = DialplanRoute(watcher.exchange, server, patience=20)
    watcher.listeners.append(route.notice)
    await route.check()
    here = await talk("730")
    tap = Listener(await route.open(await watcher.talk("1001")))
    await hears_each_leg(tap, here)
    await server.close()
    assert not server.refused


async def test_a_call_whose_dialplan_opens_no_tap(
    asterisk: Asterisk, watcher: Ami, talk: NewTalk
) -> None:
    route = DialplanRoute(watcher.exchange, AudioSocketServer(), patience=0.3)
    await talk()
    with pytest.raises(PbxError, match="has announced no sound"):
        await route.open(await watcher.talk("1001"))


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_taps_by_websocket(asterisk: Asterisk, ami: Ami, talk: NewTalk, rate: int) -> None:
    server = MediaSocketServer(port=asterisk.websocket)
    await server.open()
    route = WebSocketRoute(ami.exchange, server, rate=rate, patience=20)
    ami.listeners.append(route.notice)
    await route.check()
    here = await talk()
    tap = Listener(await route.open(await ami.talk("1001")))
    await hears_each_leg(tap, here)
    await server.close()
    assert {piece.rate for piece in tap.pieces} == {rate}
    assert not server.refused


async def test_no_websocket_server_is_told(ami: Ami, talk: NewTalk) -> None:
    await talk()
    route = WebSocketRoute(ami.exchange, MediaSocketServer(), patience=20)
    ami.listeners.append(route.notice)
    with pytest.raises(PbxError, match=r"\[agentbot\] in websocket_client.conf"):
        await route.open(await ami.talk("1001"))
