"""What an exchange tells, in one order, for one consumer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from agentbot.pbx.message import Message

__all__ = ["Connected", "EventStream", "ExchangeEvent", "Lost"]

_TURN = 200
"""Events handed out before others get a turn: some milliseconds of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Logged in; events follow. What went on before has to be asked for (`Exchange.snapshot`)."""

    exchange: str
    at: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No events until the next `Connected`, and some may have been missed."""

    exchange: str
    at: float
    """Seconds since 1970."""
    reason: str


ExchangeEvent = Connected | Lost | Message


class EventStream:
    """A bounded queue that says when reading has to stop."""

    def __init__(self, room: int) -> None:
        """Have `room` for so many events."""
        self._room = room
        self._events: deque[ExchangeEvent] = deque()
        self._some = asyncio.Event()
        self._ended = False
        self.has_room = asyncio.Event()
        self.has_room.set()

    def __len__(self) -> int:
        """How far the consumer is behind."""
        return len(self._events)

    @property
    def hopeless(self) -> bool:
        """Ten times as many events wait as there is room for."""
        return len(self._events) >= 10 * self._room

    def put(self, events: Iterable[ExchangeEvent]) -> None:
        """Add events, in order; none is refused."""
        self._events.extend(events)
        self._some.set()
        if len(self._events) >= self._room:
            self.has_room.clear()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._some.set()

    async def __aiter__(self) -> AsyncIterator[ExchangeEvent]:
        """Each event once, in order, until the end."""
        handed = 0
        while True:
            while self._events:
                event = self._events.popleft()
                if len(self._events) < self._room // 2:
                    self.has_room.set()
                yield event
                handed += 1
                if handed % _TURN == 0:
                    await asyncio.sleep(0)
            if self._ended:
                return
            self._some.clear()
            await self._some.wait()
