"""What the two parties of a simulated call say, on a clock that may run fast."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.speech.base import Signal

__all__ = ["FRAME", "Clock", "Playback"]

FRAME = 0.02
"""Seconds of sound in one AudioSocket message, as Asterisk sends them."""


class Clock:
    """Seconds of the simulation; `speed` of them go by in one real second."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start to count now."""
        self.speed = speed

    def now(self) -> float:
        """Seconds of the simulation."""
        return asyncio.get_running_loop().time() * self.speed

    async def sleep_until(self, moment: float) -> None:
        """Wait for a moment of the simulation."""
        await asyncio.sleep(max(0.0, (moment - self.now()) / self.speed))


class Playback:
    """Both legs of a call, which stand still while the call is on hold."""

    def __init__(self, clock: Clock, sound: Mapping[Leg, Signal], lead: float) -> None:
        """`lead` seconds of silence come first."""
        self._clock = clock
        self._sound = sound
        self._lead = lead
        self._played = 0.0
        self._since: float | None = None
        self.began: float | None = None
        """Loop time at which the two were put together; None: not yet."""
        self.samples = cache(self._samples)

    @property
    def position(self) -> float:
        """Seconds of the talk so far."""
        return self.at(self._clock.now())

    def at(self, now: float) -> float:
        """Seconds of the talk at a moment of the simulation since it last began or went on."""
        return self._played + (0.0 if self._since is None else max(0.0, now - self._since))

    def moment(self, second: float) -> float:
        """Loop time at which a second of the sound is said, in a talk that began and is not held."""
        assert self.began is not None  # noqa: S101 - as said
        return self.began + (self._lead + second) / self._clock.speed

    def go_on(self) -> None:
        """Start, or start again."""
        if self._since is None:
            self._since = self._clock.now()
        if self.began is None:
            self.began = self._since / self._clock.speed

    def stand_still(self) -> None:
        """Stop for a while."""
        self._played, self._since = self.position, None

    def frame(self, leg: Leg, rate: int, position: float) -> NDArray[np.int16]:
        """20 ms of a leg from `position`, silence where nothing is said."""
        length = round(rate * FRAME)
        first = round((position - self._lead) * rate)
        found = np.zeros(length, np.int16)
        if self._since is not None:
            said = self.samples(leg, rate)
            piece = said[max(first, 0) : max(first + length, 0)]
            found[length - len(piece) if first < 0 else 0 :][: len(piece)] = piece
        return found

    def _samples(self, leg: Leg, rate: int) -> NDArray[np.int16]:
        if leg not in self._sound:
            return np.zeros(0, np.int16)
        signal = self._sound[leg]
        samples = soxr.resample(signal.samples, signal.rate, rate) if len(signal.samples) else []
        return (np.clip(np.asarray(samples, np.float32), -1, 1) * 32767).astype(np.int16)
