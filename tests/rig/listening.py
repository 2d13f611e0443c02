"""Two who talk, and who listens to them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from statistics import median

import numpy as np
import soxr
from rig.phone import Call
from rig.sounds import Samples, likeness, noise

from agentbot.core.events import Leg
from agentbot.pbx.sound import Sound, Tap


class Listener:
    """Reads a tap from now on."""

    def __init__(self, pair: Tap) -> None:
        self.pair = pair
        self.pieces: list[Sound] = []
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for piece in self.pair:
            self.pieces.append(piece)

    async def over(self) -> None:
        async with asyncio.timeout(20):
            await self._task

    def of(self, leg: Leg) -> list[Sound]:
        return [piece for piece in self.pieces if piece.leg is leg]

    def samples(self, leg: Leg) -> Samples:
        """At 8 kHz."""
        pieces = self.of(leg)
        said = np.concatenate([piece.samples for piece in pieces])
        return said if pieces[0].rate == 8_000 else soxr.resample(said, pieces[0].rate, 8_000)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 (nobody tells)
            await asyncio.sleep(0.02)


class Talk:
    """A caller and an operator who can hear each other."""

    def __init__(self, caller: Call, operator: Call) -> None:
        self.caller, self.operator = caller, operator

    async def say(self, seconds: float) -> tuple[Samples, Samples]:
        """Both at once, to the end."""
        said = noise(1, seconds), noise(2, seconds)
        self.caller.say(said[0])
        self.operator.say(said[1])
        await asyncio.gather(self.caller.said(), self.operator.said())
        return said


NewTalk = Callable[..., Awaitable[Talk]]


async def hears_each_leg(listener: Listener, here: Talk) -> None:
    """The talk, to its end: what comes of each leg is its own party's, and only that."""
    await until(lambda: all(len(listener.of(leg)) > 5 for leg in Leg))
    caller, operator = await here.say(3)
    await here.caller.hang_up()
    await listener.over()
    own_and_other(listener.samples(Leg.CALLER), caller, operator)
    own_and_other(listener.samples(Leg.OPERATOR), operator, caller)
    assert listener.pair.dropped == 0


def own_and_other(heard: Samples, own: Samples, other: Samples) -> None:
    """Half a second at a time, for on a loaded machine a frame may be late and shift the rest."""
    pieces = range(0, len(own) - 3_999, 4_000)
    assert median(likeness(heard, own[at : at + 4_000]) for at in pieces) > 0.95
    assert max(abs(likeness(heard, other[at : at + 4_000])) for at in pieces) < 0.3
