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
