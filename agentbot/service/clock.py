"""Three clocks in one place: the exchange's, the event loop's, and the seconds of a call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["UNSEEN", "CallClock"]

UNSEEN: Final = 30.0
"""Seconds that stand for what went before on a talk first seen under way; nobody knows how long."""
_MOST: Final = 2.0
"""Seconds that an event takes to reach us; more is a clock that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallClock:
    """Call second 0 on both clocks."""

    epoch: float
    """By the exchange's clock, seconds since 1970."""
    origin: float
    """By the event loop's clock."""
    begins: float = 0.0
    """Call second at which this talk begins; not 0 after a transfer, or when it was picked up."""

    @classmethod
    def start(cls, at: float, wall: float, loop: float, *, picked_up: bool) -> CallClock:
        """A talk that began `at`; `wall` and `loop` are now, on our clocks."""
        ago = min(max(wall - at, 0.0), _MOST)
        lead = UNSEEN if picked_up else 0.0
        return cls(epoch=at - lead, origin=loop - ago - lead, begins=lead)

    def from_epoch(self, at: float) -> float:
        """Call seconds of a moment by the exchange's clock."""
        return round(max(0.0, at - self.epoch), 3)

    def from_loop(self, now: float) -> float:
        """Call seconds of a moment by the event loop's clock."""
        return round(max(0.0, now - self.origin), 3)
