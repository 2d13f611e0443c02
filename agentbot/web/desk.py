"""What the pages ask of the service; the service is one, a test's double another."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from agentbot.core.seat.view import SeatView, StepState

__all__ = ["Desk"]


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
