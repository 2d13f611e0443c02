"""The events of a seat, as a browser (HTML parts) or another program (JSON) wants them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from agentbot.core.seat.view import SeatView
from agentbot.web.desk import Desk
from agentbot.web.drawing import Drawing

__all__ = ["Streams"]

_PING = 4.0
"""Seconds between signs of life; the page waits for three of them."""
_STALLED = 10.0
"""Seconds after which a reader who takes nothing is let go."""
_EACH, _ALL = 6, 600
"""Streams of one seat, and of all."""


class Streams:
    """All streams of one service. `epoch` tells its versions from those before a restart."""

    def __init__(self, desk: Desk, epoch: str) -> None:
        self._desk = desk
        self._epoch = epoch
        self._open: Counter[str] = Counter()

    def open(
        self, seat: str, last: str, drawing: Drawing | None, still: Callable[[], bool]
    ) -> EventSourceResponse:
        """A stream that begins after the event `last`, or with the whole picture.

        `drawing`: what the page has; None: the pictures go out as JSON. `still`: whether the
        reader may go on reading; asked before each event.
        """
        if self._open[seat] >= _EACH or self._open.total() >= _ALL:
            raise HTTPException(503, headers={"Retry-After": "5"})
        draw: Callable[[SeatView], object] = asdict if drawing is None else drawing.change
        return EventSourceResponse(
            self._events(seat, self._after(last), draw, still),
            ping=_PING,
            ping_message_factory=_ping,
            send_timeout=_STALLED,
            sep="\n",
        )

    def _after(self, last: str) -> int:
        """The version the reader has; -1: none that counts."""
        version, _, epoch = last.partition(".")
        if epoch == self._epoch and version.isascii() and version.isdigit() and len(version) < 16:
            return int(version)
        return -1

    async def _events(
        self, seat: str, after: int, draw: Callable[[SeatView], object], still: Callable[[], bool]
    ) -> AsyncIterator[ServerSentEvent]:
        self._open[seat] += 1
        view = self._desk.view(seat)
        views = self._desk.watch(seat, view.version)
        try:
            yield self._event(view, draw) if view.version != after else _ping()
            async for newer in views:
                if not still():
                    return
                yield self._event(newer, draw)
        finally:
            self._open[seat] -= 1
            if not self._open[seat]:
                del self._open[seat]
            close = getattr(views, "aclose", None)
            if close:
                await close()

    def _event(self, view: SeatView, draw: Callable[[SeatView], object]) -> ServerSentEvent:
        data = json.dumps(draw(view), ensure_ascii=True, separators=(",", ":"))
        return ServerSentEvent(data, event="seat", id=f"{view.version}.{self._epoch}", sep="\n")


def _ping() -> ServerSentEvent:
    """A sign of life that a page can see, unlike a comment."""
    return ServerSentEvent("-", event="ping", sep="\n")
