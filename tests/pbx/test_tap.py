"""Taps by AMI, against the simulated exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from agentbot.core.calls.events import Direction, Party, TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.ami.exchange import Exchange
from agentbot.pbx.ami.stream import Connected
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.tap import AudioSocketRoute
from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.exchange import MODULES, SimulatedExchange
from agentbot.speech.base import Signal

CALL = SimulatedCall(
    sound={
        Leg.CALLER: Signal(samples=np.full(16_000, 0.25, np.float32), rate=8_000),
        Leg.OPERATOR: Signal(samples=np.full(16_000, -0.5, np.float32), rate=8_000),
    },
    rings=0.1,
    lead=0.2,
)


class Taps:
    """A route on a simulated exchange, and the names of what talks there."""

    def __init__(self, exchange: SimulatedExchange, ami: Exchange, route: AudioSocketRoute) -> None:
        self.exchange, self.ami, self.route = exchange, ami, route

    async def talk(self) -> TalkBegan:
        """Once the operator has answered."""
        caller = operator = None
        async with asyncio.timeout(20):
            while True:
                up = [one for one in self.exchange.switch.channels.values() if one.state == 6]
                caller = next((one for one in up if one.uniqueid == one.linkedid), None)
                operator = next((one for one in up if one.uniqueid != one.linkedid), None)
                if caller and operator:
                    break
                await asyncio.sleep(0.01)
        return talk(caller.uniqueid, operator.uniqueid)


def talk(caller: str, operator: str) -> TalkBegan:
    return TalkBegan(
        call=caller,
        talk=f"{caller}/{operator}",
        seat="1001",
        at=0.0,
        caller=Party(channel="PJSIP/trunk-1", uniqueid=caller),
        operator=Party(channel="PJSIP/1001-2", uniqueid=operator),
        direction=Direction.INBOUND,
    )


@asynccontextmanager
async def taps(
    modules: Iterable[str] = MODULES, address: Callable[[int], str] = "127.0.0.1:{}".format
) -> AsyncIterator[Taps]:
    server = AudioSocketServer()
    await server.open()
    async with SimulatedExchange(calls=[CALL], modules=modules) as simulated:
        ami = Exchange(simulated.account())
        route = AudioSocketRoute(ami, server, address=address(server.port), patience=10)
        ready = asyncio.Event()

        async def follow() -> None:
            async for event in ami:
                if isinstance(event, Connected):
                    ready.set()
                elif isinstance(event, Message):
                    route.notice(event)

        async with asyncio.TaskGroup() as group:
            group.create_task(ami.run())
            following = group.create_task(follow())
            async with asyncio.timeout(20):
                await ready.wait()
            try:
                yield Taps(simulated, ami, route)
            finally:
                await ami.close()
                following.cancel()
    await server.close()


async def test_each_leg_brings_what_its_party_says() -> None:
    heard: dict[Leg, list[np.ndarray]] = {leg: [] for leg in Leg}
    async with taps() as here:
        tap = await here.route.open(await here.talk())
        async with asyncio.timeout(20):
            async for piece in tap:
                heard[piece.leg].append(piece.samples)
        await tap.close()
    said = {leg: np.concatenate(pieces) for leg, pieces in heard.items()}
    assert said[Leg.CALLER].min() >= 0
    assert said[Leg.CALLER].max() == pytest.approx(8192, abs=2)
    assert said[Leg.OPERATOR].max() <= 0
    assert said[Leg.OPERATOR].min() == pytest.approx(-16384, abs=2)


@pytest.mark.parametrize("module", ["app_chanspy", "chan_audiosocket", "res_audiosocket"])
async def test_a_missing_module_is_named(module: str) -> None:
    async with taps(modules=MODULES - {module}) as here:
        with pytest.raises(PbxError, match=f"has not loaded {module}.*asterisk-modules"):
            await here.route.open(talk("1.1", "1.2"))


async def test_an_address_where_nobody_listens_is_told() -> None:
    async with taps(address=lambda _: "127.0.0.1:1") as here:
        with pytest.raises(PbxError, match=r"could not connect to 127\.0\.0\.1:1;"):
            await here.route.open(await here.talk())


async def test_a_channel_that_is_gone_is_a_tap_that_ends() -> None:
    async with taps() as here:
        tap = await here.route.open(talk("none.1", "none.2"))
        async with asyncio.timeout(20):
            assert [piece async for piece in tap] == []
        await tap.close()
