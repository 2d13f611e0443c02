"""Taps in a real Asterisk: each leg its own, holds and transfers, and no harm to the call."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from uuid import uuid4

import pytest
from rig.ami import Ami
from rig.asterisk import SECRET, Asterisk
from rig.fixtures import NewPhone
from rig.listening import Listener, NewTalk, Talk, hears_each_leg, until
from rig.sounds import broken, likeness, longest_gap

from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.tap import AudioSocketRoute

NewRoute = Callable[[int], AudioSocketRoute]


@pytest.fixture
async def server() -> AsyncIterator[AudioSocketServer]:
    server = AudioSocketServer()
    await server.open()
    yield server
    await server.close()


@pytest.fixture
def route(ami: Ami, server: AudioSocketServer) -> NewRoute:
    def new(rate: int = 8_000) -> AudioSocketRoute:
        route = AudioSocketRoute(
            ami.exchange, server, address=f"127.0.0.1:{server.port}", rate=rate, patience=20
        )
        ami.listeners.append(route.notice)
        return route

    return new


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_each_tap_hears_its_own_party_and_only_that(
    ami: Ami, route: NewRoute, talk: NewTalk, rate: int
) -> None:
    here = await talk()
    tap = Listener(await route(rate).open(await ami.talk("1001")))
    await hears_each_leg(tap, here)
    assert {piece.rate for piece in tap.pieces} == {rate}


async def test_while_the_operator_holds_only_the_caller_is_heard(
    ami: Ami, route: NewRoute, talk: NewTalk
) -> None:
    here = await talk()
    tap = Listener(await route(8_000).open(await ami.talk("1001")))
    await until(lambda: len(tap.of(Leg.OPERATOR)) > 5)
    await here.operator.hold()
    before = len(tap.of(Leg.CALLER))
    await until(lambda: len(tap.of(Leg.CALLER)) > before + 75)
    held = len(tap.of(Leg.OPERATOR))
    await here.operator.resume()
    await until(lambda: len(tap.of(Leg.OPERATOR)) > held + 25)
    await here.caller.hang_up()
    await tap.over()
    pauses = [b.at - a.at for a, b in pairwise(tap.of(Leg.OPERATOR))]
    assert max(pauses) > 1.0


async def test_a_blind_transfer_ends_the_old_operators_tap(
    ami: Ami, route: NewRoute, talk: NewTalk, phones: NewPhone
) -> None:
    new = await phones("1002")
    here = await talk()
    way = route(8_000)
    first = Listener(await way.open(await ami.talk("1001")))
    await until(lambda: len(first.of(Leg.OPERATOR)) > 5)
    await here.operator.transfer("1002")
    await first.pair.ears[Leg.OPERATOR].over.wait()
    assert not first.pair.ears[Leg.CALLER].over.is_set()
    second = Listener(await way.open(await ami.talk("1002")))
    answered = await new.incoming.get()
    await until(lambda: len(second.of(Leg.OPERATOR)) > 5 and len(second.of(Leg.CALLER)) > 5)
    caller, operator = await Talk(here.caller, answered).say(3)
    await here.caller.hang_up()
    await asyncio.gather(first.over(), second.over())
    assert likeness(second.samples(Leg.OPERATOR), operator) > 0.95
    assert likeness(second.samples(Leg.CALLER), caller) > 0.95
    assert likeness(first.samples(Leg.CALLER), caller) > 0.95


async def test_after_an_attended_transfer_the_new_operator_is_heard(
    ami: Ami, route: NewRoute, talk: NewTalk, phones: NewPhone
) -> None:
    new = await phones("1002")
    here = await talk()
    way = route(8_000)
    first = Listener(await way.open(await ami.talk("1001")))
    await here.operator.hold()
    asking = await (await here.operator.phone.call("1002")).answered()
    answered = await new.incoming.get()
    await here.operator.transfer_to(asking)
    await first.pair.ears[Leg.OPERATOR].over.wait()
    second = Listener(await way.open(await ami.talk("1002")))
    await until(lambda: len(second.of(Leg.OPERATOR)) > 5 and len(second.of(Leg.CALLER)) > 5)
    caller, operator = await Talk(here.caller, answered).say(3)
    await here.caller.hang_up()
    await asyncio.gather(first.over(), second.over())
    assert likeness(second.samples(Leg.OPERATOR), operator) > 0.95
    assert likeness(second.samples(Leg.CALLER), caller) > 0.95
    assert abs(likeness(second.samples(Leg.CALLER), operator)) < 0.3


CONSUMER = """
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
def read(one):
    while one.recv(4096):
        pass
while True:
    threading.Thread(target=read, args=[server.accept()[0]], daemon=True).start()
"""


@pytest.mark.parametrize("harm", ["close", "stop", "kill"])
async def test_whatever_becomes_of_the_tap_the_phones_lose_nothing(
    asterisk: Asterisk, ami: Ami, talk: NewTalk, harm: str
) -> None:
    consumer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CONSUMER, stdout=asyncio.subprocess.PIPE
    )
    assert consumer.stdout
    port = int(await consumer.stdout.readline())
    here = await talk()
    saying = asyncio.create_task(here.say(6))
    found = await ami.talk("1001")
    for party in (found.caller, found.operator):
        await ami.exchange.ask(
            "Originate",
            {
                "Channel": f"AudioSocket/127.0.0.1:{port}/{uuid4()}/c(slin)",
                "Application": "ChanSpy",
                "Data": f"{party.uniqueid},uoqES",
                "Async": "true",
            },
        )
    await until(lambda: sum(event.event == "ChanSpyStart" for event in ami.events) == 2)
    if harm == "stop":
        consumer.send_signal(signal.SIGSTOP)
    elif harm == "kill":
        consumer.kill()
    else:
        for channel in asterisk.channels():
            if channel.startswith("AudioSocket/"):
                await ami.exchange.ask("Hangup", {"Channel": channel})
    caller, operator = await saying
    await here.caller.hang_up()
    await here.operator.ended()
    if harm != "kill":
        os.kill(consumer.pid, signal.SIGKILL)
    await consumer.wait()
    assert broken(here.caller.rtp, here.operator.rtp, caller) == ""
    assert broken(here.operator.rtp, here.caller.rtp, operator) == ""
    assert here.caller.rtp.lost() == here.operator.rtp.lost() == 0
    assert longest_gap(here.operator.rtp) < 1.0
    assert longest_gap(here.caller.rtp) < 1.0


async def test_nothing_listens(ami: Ami, talk: NewTalk) -> None:
    await talk()
    server = AudioSocketServer()
    route = AudioSocketRoute(ami.exchange, server, address="127.0.0.1:1", patience=20)
    ami.listeners.append(route.notice)
    with pytest.raises(PbxError, match=r"could not connect to 127\.0\.0\.1:1;"):
        await route.open(await ami.talk("1001"))


async def test_a_user_who_may_not_originate_is_told(
    asterisk: Asterisk, talk: NewTalk, ami: Ami
) -> None:
    await talk()
    watcher = await Ami.open(asterisk.ami, "watcher", SECRET)
    route = AudioSocketRoute(watcher.exchange, AudioSocketServer(), address="127.0.0.1:1")
    with pytest.raises(PbxError, match=r"add originate to its write="):
        await route.open(await ami.talk("1001"))
    await watcher.close()


async def test_the_rights_of_the_sample_user_are_enough(
    asterisk: Asterisk, talk: NewTalk, server: AudioSocketServer
) -> None:
    here = await talk()
    agentbot = await Ami.open(asterisk.ami, "agentbot", SECRET)
    way = AudioSocketRoute(agentbot.exchange, server, address=f"127.0.0.1:{server.port}")
    agentbot.listeners.append(way.notice)
    await way.check()
    tap = Listener(await way.open(await agentbot.talk("1001")))
    await until(lambda: len(tap.of(Leg.CALLER)) > 5 and len(tap.of(Leg.OPERATOR)) > 5)
    await here.caller.hang_up()
    await tap.over()
    await agentbot.close()


async def test_a_party_that_is_gone_is_a_tap_that_ends(
    ami: Ami, route: NewRoute, talk: NewTalk
) -> None:
    here = await talk()
    found = await ami.talk("1001")
    await here.caller.hang_up()
    await here.operator.ended()
    tap = Listener(await route(8_000).open(found))
    await tap.over()
    assert tap.pieces == []


@pytest.mark.parametrize("module", ["app_chanspy", "chan_audiosocket"])
async def test_a_module_that_is_missing_is_named(
    asterisk: Asterisk, server: AudioSocketServer, module: str
) -> None:
    bare = Asterisk(asterisk.installed)
    bare.configure(without=(module,))
    try:
        bare.start()
        ami = await Ami.open(bare.ami, "agentbot", SECRET)
        way = AudioSocketRoute(ami.exchange, server, address=f"127.0.0.1:{server.port}")
        with pytest.raises(PbxError, match=f"has not loaded {module}"):
            await way.check()
        await ami.close()
    finally:
        bare.remove()
