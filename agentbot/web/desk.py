"""What the pages ask of the service; the service is one, a test's double another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.core.seat.view import SeatView, StepState

__all__ = ["Desk", "Headset", "Headsets"]


class Desk(Protocol):
    """The seats of this service, as the pages see them."""

    def seats(self) -> tuple[str, ...]:
        """All seats there are."""

    def view(self, seat: str) -> SeatView:
        """The newest picture of a seat; an idle one for a seat that has had no call."""

    def watch(self, seat: str, after: int = -1) -> AsyncIterator[SeatView]:
        """Each new picture with a version above `after`; a slow reader gets only the newest."""

    def mark(self, seat: str, call: str, step: str, state: StepState | None) -> bool:
        """The operator marks a step (None: takes the mark back); False: that call is over."""

    def correct(self, seat: str, call: str, field: str, value: str) -> bool:
        """The operator corrects a field (empty: takes the correction back); False: that call is over."""

    def dismiss(self, seat: str, call: str, alert: str) -> bool:
        """The operator wants to see an alert no more; False: that call is over."""

    def shown(self, seat: str, version: int) -> None:
        """The page has drawn this version (for the measures of delay)."""

    def healthy(self) -> tuple[bool, dict[str, str]]:
        """Whether the service does its work, and the state of each part."""


class Headset(Protocol):
    """A seat's own headset, for as long as it is connected."""

    def wanted(self) -> AsyncIterator[bool]:
        """Whether a talk listens to it: now, and with each change; ends when another takes its place."""

    def hear(self, leg: Leg, samples: NDArray[np.int16], rate: int) -> None:
        """A piece of sound; must not wait."""

    def begin(self) -> bool:
        """The operator says that a call begins, where no exchange does; False: there is one already."""

    def end(self) -> None:
        """The operator says that this call is over."""

    def close(self) -> None:
        """It is connected no more."""


class Headsets(Protocol):
    """All headsets."""

    def plug(self, seat: str) -> Headset:
        """A seat's headset connects; one that was there before goes."""
