"""Both legs of one talk as one stream: where every route of sound ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.pbx.sound import Sound

__all__ = ["Pair"]


class Pair:
    """A `Tap`: its route feeds one ear a leg, one reader takes the pieces in order of arrival.

    Each leg holds at most `most_seconds`; then its oldest pieces go, and are counted.
    """

    def __init__(
        self, *, hang_up: Callable[[], Awaitable[None]] | None = None, most_seconds: float = 10.0
    ) -> None:
        """`hang_up` lets the route go; said once."""
        self.dropped = 0
        self.ears = {leg: LegEar(self, leg) for leg in Leg}
        self._most_seconds = most_seconds
        self._hang_up = hang_up
        self._news = asyncio.Event()

    def __aiter__(self) -> Pair:
        return self

    async def __anext__(self) -> Sound:
        while True:
            full = [ear.pieces for ear in self.ears.values() if ear.pieces]
            if full:
                first = min(full, key=lambda pieces: pieces[0].at)
                return self.ears[first[0].leg].take()
            if len(self.over) == len(self.ears):
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()

    @property
    def over(self) -> frozenset[Leg]:
        """As `Tap.over`."""
        return frozenset(leg for leg, ear in self.ears.items() if ear.over.is_set())

    async def close(self) -> None:
        """Let the call go on without us; what is held may still be read."""
        for ear in self.ears.values():
            ear.end()
        hang_up, self._hang_up = self._hang_up, None
        if hang_up:
            await hang_up()

    def wake(self) -> None:
        """Something came, or a leg is over."""
        self._news.set()

    @property
    def most_seconds(self) -> float:
        """How much of a leg waits for the reader, in seconds."""
        return self._most_seconds


class LegEar:
    """What waits of one leg."""

    def __init__(self, pair: Pair, leg: Leg) -> None:
        self.pieces: deque[Sound] = deque()
        self.begun, self.over = asyncio.Event(), asyncio.Event()
        self._pair, self._leg = pair, leg
        self._seconds = 0.0

    def begin(self) -> None:
        """The exchange sends this leg from now on."""
        self.begun.set()

    def hear(self, at: float, samples: NDArray[np.int16], rate: int) -> None:
        """A piece has come."""
        if self.over.is_set():
            return
        self.pieces.append(Sound(leg=self._leg, at=at, samples=samples, rate=rate))
        self._seconds += len(samples) / rate
        while self._seconds > self._pair.most_seconds + 1e-6 and len(self.pieces) > 1:
            self.take()
            self._pair.dropped += 1
        self._pair.wake()

    def end(self) -> None:
        """Nothing more will come of this leg."""
        self.over.set()
        self._pair.wake()

    def take(self) -> Sound:
        """The oldest piece."""
        piece = self.pieces.popleft()
        self._seconds -= len(piece.samples) / piece.rate
        return piece
