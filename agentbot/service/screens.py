"""What stands on each seat's page, of all that goes on there, and how soon it is seen."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from agentbot.core.calls.events import TalkBegan
from agentbot.core.seat.view import SeatState, SeatView
from agentbot.service.board import Board, idle
from agentbot.service.metrics import Metrics
from agentbot.service.talk import LiveTalk

__all__ = ["Screens"]

_DRAWN: Final = 5_000
"""Pictures whose way to the page is measured at one time."""


class Screens:
    """One seat, one picture. `active`: the talks under way at a seat, the newest last."""

    def __init__(
        self, seats: Iterable[str], active: Callable[[str], Sequence[LiveTalk]], metrics: Metrics
    ) -> None:  # fmt: skip
        self.board = Board(seats)
        self._active, self._metrics = active, metrics
        self._put_up: OrderedDict[tuple[str, int], float] = OrderedDict()

    def offline(self, seats: Iterable[str], *, gone: bool) -> None:
        """The exchange of these seats cannot be reached, or can again."""
        for seat in seats:
            view = self.board.view(seat)
            if gone and view.state is SeatState.IDLE:
                self._show(replace(view, state=SeatState.OFFLINE, notices=("offline",)))
            elif not gone and view.state is SeatState.OFFLINE:
                self._show(idle(seat))

    def ring(self, seat: str, call: str) -> bool:
        """A call rings there; False: the seat talks, and that is what it sees."""
        if self._active(seat):
            return False
        self._show(replace(idle(seat), state=SeatState.RINGING, call=call))
        return True

    def hush(self, seats: Iterable[str]) -> None:
        """It rings no more."""
        for seat in seats:
            if self.board.view(seat).state is SeatState.RINGING:
                self._show(idle(seat))

    def draw(self, talk: LiveTalk, view: SeatView) -> None:
        """Of two lines at a seat the one not on hold is shown, else the newer."""
        seat = talk.began.seat
        others = [t for t in self._active(seat) if t is not talk]
        shown = self.board.view(seat)
        if talk.over and shown.state is SeatState.RINGING:
            return  # the next call has come while this one is being closed
        if others and shown.call != talk.began.talk and view.state is not SeatState.TALKING:
            return
        if others and (talk.over or view.state is SeatState.HELD):
            self._show(others[-1].view())
            return
        if talk.ended is not None and talk.ended.moved is not None:
            view = replace(view, state=SeatState.TRANSFERRED)
        self._show(view)

    def judged(self, talk: LiveTalk) -> None:
        """The verdict on the recording takes the place of the live one, where that is still shown."""
        shown = self.board.view(talk.began.seat)
        if shown.call == talk.began.talk and shown.outcome is not None:
            self._show(replace(shown, outcome=talk.outcome))

    def clear(self, began: TalkBegan) -> None:
        """A seat shows its last talk for a while, not for ever."""
        if not self._active(began.seat) and self.board.view(began.seat).call == began.talk:
            self._show(idle(began.seat))

    def seen(self, seat: str, version: int) -> None:
        """A page has drawn this picture."""
        since = self._put_up.pop((seat, version), None)
        if since is not None:
            self._metrics.drawn_after.observe(time.monotonic() - since)

    def _show(self, view: SeatView) -> None:
        shown = self.board.show(view)
        self._metrics.pictures.inc()
        self._put_up[shown.seat, shown.version] = time.monotonic()
        while len(self._put_up) > _DRAWN:
            self._put_up.popitem(last=False)
