"""What each seat shows, and who looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Final

from agentbot.core.seat.view import SeatState, SeatView

__all__ = ["Board"]

_SEATS: Final = 5_000
"""Seats shown at most."""


class Board:
    """The newest picture of each seat. A watcher that is slow misses pictures, never the newest."""

    def __init__(self, seats: Iterable[str] = ()) -> None:
        self._views: dict[str, SeatView] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._closed = False
        for seat in seats:
            self.show(idle(seat))

    def seats(self) -> tuple[str, ...]:
        """All seats there are, in the order of their names."""
        return tuple(sorted(self._views))

    def view(self, seat: str) -> SeatView:
        """The newest picture; idle for a seat that has had no call."""
        return self._views.get(seat) or idle(seat)

    def show(self, view: SeatView) -> SeatView:
        """Put up a picture; it is given the seat's next version."""
        before = self._views.get(view.seat)
        if before is None and len(self._views) >= _SEATS:
            return view
        version = 0 if before is None else before.version + 1
        if before is not None and _same(before, view):
            # Pages count the seconds themselves; those that come later must begin at the right one.
            self._views[view.seat] = replace(view, version=before.version)
            return before
        self._views[view.seat] = shown = replace(view, version=version)
        self._news.pop(view.seat, asyncio.Event()).set()
        return shown

    def close(self) -> None:
        """Nobody watches any more: what waits for pictures ends."""
        self._closed = True
        for event in self._news.values():
            event.set()

    async def watch(self, seat: str, after: int = -1) -> AsyncIterator[SeatView]:
        """Each new picture with a version above `after`, until the board is closed."""
        while not self._closed:
            view = self.view(seat)
            if view.version > after:
                after = view.version
                yield view
                continue
            await self._news.setdefault(seat, asyncio.Event()).wait()


def _same(one: SeatView, other: SeatView) -> bool:
    """Whether nothing is new in it but the time."""
    return replace(one, version=other.version, elapsed=other.elapsed) == other


def idle(seat: str) -> SeatView:
    """A seat without a call."""
    return SeatView(seat=seat, version=0, state=SeatState.IDLE)
