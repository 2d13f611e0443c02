"""Calls followed from what the exchange tells: messages in, call events and records out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentbot.core.calls.events import CallEvent
from agentbot.core.calls.exchange import Exchange, Told
from agentbot.core.calls.facts import FACTS
from agentbot.core.calls.parties import Seats
from agentbot.core.calls.parting import lose, settle
from agentbot.core.calls.records import CallRecord, record
from agentbot.core.calls.resync import resync
from agentbot.core.calls.state import Call

__all__ = ["Tracker"]

_SWEEP = 60.0
"""Seconds between looks for calls that never end."""


class Tracker:
    """Follows the calls of one exchange.

    Feed it every message in order, and `tick` now and then while nothing comes. The same
    messages give the same events. Events doubled, late or missing raise nothing; a channel
    first seen in mid-call is taken as it is.
    """

    def __init__(
        self, *, seats: str | re.Pattern[str] | None = None, keep: int | None = 1_000, limit: int = 10_000,
        max_age: float = 12 * 3600.0,
    ) -> None:  # fmt: skip
        """`seats` is the house's rule (see `Seats`).

        `keep` records of finished calls are kept (None: all). More than `limit` calls at once,
        or calls without a sign for `max_age` seconds, are let go as `lost` and counted.
        """
        self._x = Exchange(Seats(seats), keep)
        self._limit = limit
        self._max_age = max_age
        self._swept = 0.0

    def feed(self, told: Told) -> list[CallEvent]:
        """Take one message; what it means for calls."""
        fact = FACTS.get(told.headers.get("Event", ""))
        if fact is None:
            return []
        x = self._x
        at = x.clock(told)
        if x.parting:
            settle(x, at)
        fact(x, told, at)
        if len(x.calls) > self._limit:
            self._drop(next(iter(x.calls.values())), at)
        if not 0 <= told.at - self._swept <= _SWEEP:
            self._sweep(told.at)
        if not x.said:
            return []
        said, x.said = x.said, []
        return said

    def resync(
        self,
        at: float,
        channels: Iterable[Told],
        bridges: Iterable[Told] = (),
        members: Iterable[Told] = (),
    ) -> list[CallEvent]:
        """What goes on right now, asked for at `at` by our own clock.

        Items of CoreShowChannels, BridgeList and BridgeInfo. Calls under way are picked up, calls
        that are not in the lists any more are `lost`. (Fed one by one, with the message that ends
        each list, they do the same.)
        """
        x = self._x
        x.arrived = at
        resync(x, channels, bridges, members, at + x.skew)
        said, x.said = x.said, []
        return said

    def tick(self, at: float) -> list[CallEvent]:
        """Time has passed: `at` by our own clock, as in the messages' `at`."""
        x = self._x
        settle(x, at + x.skew)
        self._sweep(at)
        said, x.said = x.said, []
        return said

    def connection_lost(self, at: float) -> list[CallEvent]:
        """Give all calls up as `lost`: the exchange will not be heard again."""
        x = self._x
        for call in list(dict.fromkeys(x.calls.values())):
            lose(x, call, at + x.skew)
        said, x.said = x.said, []
        return said

    def _sweep(self, arrived: float) -> None:
        self._swept = arrived
        x = self._x
        for call in list(dict.fromkeys(x.calls.values())):
            if arrived - call.heard > self._max_age:
                self._drop(call, arrived + x.skew)

    def _drop(self, call: Call, at: float) -> None:
        self._x.dropped += 1
        lose(self._x, call, at)

    @property
    def open_calls(self) -> int:
        """Calls under way."""
        return sum(call.announced for call in dict.fromkeys(self._x.calls.values()))

    @property
    def dropped(self) -> int:
        """Calls let go because they were too old or too many."""
        return self._x.dropped

    def calls(self) -> list[CallRecord]:
        """Finished calls that are kept, in order of their end, then those under way."""
        under_way = dict.fromkeys(call for call in self._x.calls.values() if call.announced)
        return [*self._x.finished, *(record(call, self._x.seats) for call in under_way)]
