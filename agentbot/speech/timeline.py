"""Where on a call each piece of a leg's live sound lies: by its arrival, in call seconds.

A leg on hold sends nothing, so what is missing is silence in its place. Small delays are no
silence, and neither is a stall of the network, after which everything arrives at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stretch", "Timeline"]

_JITTER: Final = 0.3
"""Seconds that a piece may be late and still follow the one before it; five jitter buffers' worth."""
_SETTLE: Final = 0.1
"""Seconds after a pause in which a burst shows; a leg that speaks again sends as much sound in them."""
_BURST: Final = 1.5
"""Sound faster than this many times real time is a burst."""
_LONGEST_BURST: Final = 60.0
"""Seconds of sound that a burst may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Sound of a leg from `start` on, or the silence of a leg that sent none."""

    start: float
    """Call seconds."""
    samples: NDArray[np.int16]
    silence: float = 0.0
    """Seconds in which nothing came; then there are no samples."""


class Timeline:
    """One leg's sound in order, without holes and without overlap.

    `origin`: the arrival clock's time of call second 0; `rate` in Hertz.
    """

    def __init__(self, rate: int, origin: float) -> None:
        self.rate, self._origin = rate, origin
        self._filled = 0
        self._waiting: list[NDArray[np.int16]] = []
        self._since = self._last = origin
        self._looked_at = 0
        self._first = True

    @property
    def seconds(self) -> float:
        """How far the timeline reaches."""
        return self._filled / self.rate

    def accept(self, at: float, samples: NDArray[np.int16]) -> list[Stretch]:
        """A piece whose end arrived at `at`; what has found its place by now."""
        late = self._late(at, len(samples))
        if not self._waiting:
            allowed = 0.0 if self._first else _JITTER
            self._first = False
            if late <= allowed:
                return [self._placed(samples)]
            self._since, self._looked_at = at, len(samples)
        self._waiting.append(samples)
        self._last = at
        if self._late(at, 0) <= 0.0:
            return self._release(0.0)
        return self.advance(at)

    def advance(self, now: float) -> list[Stretch]:
        """Time passed: the silence before a piece is certain when no burst has followed it."""
        if not self._waiting or now - self._since < _SETTLE:
            return []
        waiting = sum(map(len, self._waiting))
        arrived, self._looked_at = waiting - self._looked_at, waiting
        took, self._since = now - self._since, now
        if arrived / self.rate > _BURST * took and waiting < _LONGEST_BURST * self.rate:
            return []
        return self._release(self._late(self._last, 0))

    def finish(self, until: float) -> list[Stretch]:
        """The leg is over at call second `until`: what waits, and silence up to there."""
        stretches = self._release(self._late(self._last, 0)) if self._waiting else []
        missing = until - self.seconds
        return [*stretches, *self._silence(missing)]

    def _late(self, at: float, more: int) -> float:
        """Seconds between the end of all sound so far and its arrival."""
        waiting = sum(map(len, self._waiting))
        return at - self._origin - (self._filled + waiting + more) / self.rate

    def _release(self, silence: float) -> list[Stretch]:
        stretches = self._silence(silence)
        stretches.append(self._placed(np.concatenate(self._waiting)))
        self._waiting.clear()
        return stretches

    def _silence(self, seconds: float) -> list[Stretch]:
        samples = round(seconds * self.rate)
        if samples <= 0:
            return []
        stretch = Stretch(
            start=self.seconds, samples=np.zeros(0, np.int16), silence=samples / self.rate
        )
        self._filled += samples
        return [stretch]

    def _placed(self, samples: NDArray[np.int16]) -> Stretch:
        stretch = Stretch(start=self.seconds, samples=samples)
        self._filled += len(samples)
        return stretch
