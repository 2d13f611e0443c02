"""A whisper in a real Asterisk: the operator hears it, the caller and the taps do not."""

from __future__ import annotations

import asyncio

from rig.ami import Ami
from rig.asterisk import Asterisk
from rig.listening import Listener, NewTalk, own_and_other, until
from rig.sounds import likeness, noise

from agentbot.core.events import Leg
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.tap import AudioSocketRoute
from agentbot.pbx.whisper import Whisperer


async def test_only_the_operator_hears_a_whisper(
    asterisk: Asterisk, ami: Ami, talk: NewTalk
) -> None:
    server = AudioSocketServer()
    await server.open()
    address = f"127.0.0.1:{server.port}"
    here = await talk()
    found = await ami.talk("1001")
    tap = Listener(await AudioSocketRoute(ami.exchange, server, address=address).open(found))
    whisper = noise(5, 2)
    await Whisperer(ami.exchange, server, address=address, patience=20).whisper(
        found.operator, whisper
    )
    await until(lambda: len(asterisk.channels()) == 4)
    caller, operator = await here.say(1)
    await here.caller.hang_up()
    await tap.over()
    await server.close()
    heard = here.operator.rtp.listened()
    own_and_other(heard, whisper, operator)
    own_and_other(heard, caller, operator)
    own_and_other(here.caller.rtp.listened(), operator, whisper)
    for leg in Leg:
        assert abs(likeness(tap.samples(leg), whisper)) < 0.3


async def test_a_whisper_to_who_has_hung_up_ends(ami: Ami, talk: NewTalk) -> None:
    server = AudioSocketServer()
    await server.open()
    here = await talk()
    found = await ami.talk("1001")
    await here.caller.hang_up()
    await here.operator.ended()
    way = Whisperer(ami.exchange, server, address=f"127.0.0.1:{server.port}", patience=20)
    async with asyncio.timeout(20):
        await way.whisper(found.operator, noise(5, 5))
    await until(lambda: server.connections == 0)
    await server.close()
