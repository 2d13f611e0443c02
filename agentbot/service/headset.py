"""Headsets of seats as a way to the sound of calls, with an exchange that tells of them or without."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final, Protocol
from uuid import uuid4

import numpy as np
import structlog
from numpy.typing import NDArray

from agentbot.core.calls.events import (
    CallBegan,
    CallEvent,
    CallOver,
    Direction,
    Party,
    TalkBegan,
    TalkEnded,
)
from agentbot.core.events import Leg
from agentbot.core.seat.view import Alert, SeatState, SeatView
from agentbot.errors import PbxError
from agentbot.pbx.message import Message
from agentbot.pbx.pair import Pair
from agentbot.service.means import Line

__all__ = ["HeadsetFloor", "HeadsetsOfSeats"]

log = structlog.get_logger()

_GRACE: Final = 20.0
"""Seconds for which the call of a lost headset waits for it to come back."""
_BUSY: Final = frozenset({SeatState.TALKING, SeatState.HELD, SeatState.RINGING})


class HeadsetFloor(Protocol):
    """Who follows calls."""

    def take(self, event: CallEvent, line: Line) -> None:
        """What happens to a call."""

    def view(self, seat: str) -> SeatView:
        """What a seat shows."""


class HeadsetsOfSeats:
    """All headsets, connected or not. A `web.desk.Headsets`."""

    def __init__(self) -> None:
        self.floor: HeadsetFloor | None = None
        self._places: dict[str, _Place] = {}

    def plug(self, seat: str) -> _Plugged:
        """As `Headsets.plug`."""
        place = self._places.setdefault(seat, _Place(seat, self))
        return place.plug()

    def route(self, seat: str) -> _Place | None:
        """The way to the sound of a talk at a seat; None: its headset is not connected."""
        place = self._places.get(seat)
        return place if place is not None and place.plugged is not None else None


class _Place:
    """Where a headset is plugged in: a route to its sound, and the line of calls it tells of."""

    name: Final = "headset"

    def __init__(self, seat: str, all_of_them: HeadsetsOfSeats) -> None:
        self.seat, self._all = seat, all_of_them
        self.plugged: _Plugged | None = None
        self.pair: Pair | None = None
        self._call: TalkBegan | None = None
        self._giving_up: asyncio.TimerHandle | None = None

    # --- as a route, and as the line of a call without an exchange ------------------------

    @property
    def route(self) -> _Place:
        """As `Line.route`."""
        return self

    def tell(self, name: str, headers: Mapping[str, str]) -> None:
        """There is no exchange to tell anything."""

    def whisper(self, to: Party, alert: Alert) -> None:
        """Nor one that could whisper."""

    def notice(self, message: Message) -> None:
        """Nor one that says anything."""

    async def check(self) -> None:
        """Nothing can be missing there."""

    async def open(self, talk: TalkBegan) -> Pair:  # noqa: ARG002 - one seat has one headset
        """Listen to both legs; the headset sends from now on.

        Raises:
            PbxError: it is not connected.
        """
        if self.plugged is None:
            raise PbxError(f"the headset of seat {self.seat} is not connected")

        async def hang_up() -> None:
            if self.pair is pair:
                self.pair = None
                self.change()

        pair = Pair(hang_up=hang_up)
        before, self.pair = self.pair, pair
        if before is not None:
            await before.close()
        self.change()
        return pair

    # --- what the headset does --------------------------------------------------------------

    def plug(self) -> _Plugged:
        """It connects."""
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
        before, self.plugged = self.plugged, _Plugged(self)
        if before is not None:
            before.changed.set()
        return self.plugged

    def unplug(self, plugged: _Plugged) -> None:
        """It is gone."""
        if self.plugged is not plugged:
            return
        self.plugged = None
        if self.pair is not None:
            for ear in self.pair.ears.values():
                ear.end()
            self.pair = None
        if self._call is not None:
            loop = asyncio.get_running_loop()
            self._giving_up = loop.call_later(_GRACE, self.end)

    def change(self) -> None:
        """Somebody listens now, or nobody any more."""
        if self.plugged is not None:
            self.plugged.changed.set()

    def begin(self) -> bool:
        """A call begins."""
        floor = self._all.floor
        if floor is None or self._call is not None or floor.view(self.seat).state in _BUSY:
            return False
        call = f"headset-{uuid4()}"
        at = time.time()
        self._call = TalkBegan(
            call=call, talk=f"{call}/{self.seat}", seat=self.seat, at=at,
            caller=Party(channel="headset/caller", uniqueid=f"{call}-caller"),
            operator=Party(channel=f"headset/{self.seat}", uniqueid=f"{call}-operator"),
            direction=Direction.INBOUND,
        )  # fmt: skip
        floor.take(CallBegan(call=call, at=at, direction=Direction.INBOUND), self)
        floor.take(self._call, self)
        return True

    def end(self) -> None:
        """The call that `begin` began is over."""
        call, self._call = self._call, None
        floor = self._all.floor
        if call is None or floor is None:
            return
        at = time.time()
        floor.take(TalkEnded(call=call.call, talk=call.talk, seat=self.seat, at=at), self)
        floor.take(CallOver(call=call.call, at=at, reason="answered"), self)


class _Plugged:
    """One connection. A `web.desk.Headset`."""

    def __init__(self, place: _Place) -> None:
        self._place = place
        self.changed = asyncio.Event()

    async def wanted(self) -> AsyncIterator[bool]:
        """As `Headset.wanted`."""
        told: bool | None = None
        while self._place.plugged is self:
            self.changed.clear()
            now = self._place.pair is not None
            if now is not told:
                told = now
                yield now
                continue
            await self.changed.wait()

    def hear(self, leg: Leg, samples: NDArray[np.int16], rate: int) -> None:
        """As `Headset.hear`."""
        pair = self._place.pair
        if pair is not None and self._place.plugged is self:
            pair.ears[leg].hear(asyncio.get_running_loop().time(), samples, rate)

    def begin(self) -> bool:
        """As `Headset.begin`."""
        return self._place.begin()

    def end(self) -> None:
        """As `Headset.end`."""
        self._place.end()

    def close(self) -> None:
        """As `Headset.close`."""
        self._place.unplug(self)
