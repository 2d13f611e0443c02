"""Sound that the exchange dropped unsaid: what comes after it comes later than it should, for good.

A busy Asterisk throws away 80 ms of a tapped leg when the tap falls behind. No piece tells of it,
but from then on a second of sound has less than a second of arrivals behind it. A network that is
merely late catches up again.
"""

from __future__ import annotations

from typing import Final

__all__ = ["Dropouts"]

_STEP: Final = 0.05
"""Seconds by which pieces must come later; jitter of a timer of 20 ms stays well below."""
_CERTAIN: Final = 1.0
"""Seconds for which they must."""
_DRIFT: Final = 0.001
"""Seconds a second by which the clock of a phone may be slow; the worst are ten times better."""
_AROUND: Final = 0.15
"""Seconds about the place where something is missing that are no longer certain."""


class Dropouts:
    """One leg's; all times in call seconds."""

    def __init__(self) -> None:
        self._base: float | None = None
        self._at = 0.0
        self._since: tuple[float, float] | None = None
        self._least = 0.0

    def reset(self) -> None:
        """A pause: what comes now has found its place anew."""
        self._base = self._since = None

    def heard(self, at: float, end: float) -> tuple[float, float] | None:
        """A piece that ends at `end` arrived `at`; where sound is missing, once that is certain."""
        late = at - end
        if self._base is None:
            self._base = late
        self._base = min(late, self._base + _DRIFT * (at - self._at))
        self._at = at
        if late < self._base + _STEP:
            self._since = None
            return None
        if self._since is None:
            self._since, self._least = (at, end), late
        self._least = min(self._least, late)
        arrived, place = self._since
        if at - arrived < _CERTAIN:
            return None
        self._base, self._since = self._least, None
        return max(0.0, place - _AROUND), place + _AROUND
