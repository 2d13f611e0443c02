"""The course of one talk as the engine learnt it: kept, played again, handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agentbot.core.events import (
    AudioLost,
    Event,
    Heard,
    Held,
    Leg,
    LossCause,
    Rescored,
    Resumed,
    Sought,
    Tick,
)
from agentbot.core.script import HandOver

__all__ = ["Record", "swapped"]

_OTHER: Final = {Leg.CALLER: Leg.OPERATOR, Leg.OPERATOR: Leg.CALLER}
_MOST: Final = 100_000


class Record:
    """Everything that the verdict hangs on; not the partials and ticks that came between."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """Note an event, if it matters later."""
        passing = isinstance(event, Tick) or (
            isinstance(event, Heard) and not (event.final and event.text)
        )
        if not passing and len(self.events) < _MOST:
            self.events.append(event)

    def heard(self) -> list[Heard]:
        """All utterances."""
        return [event for event in self.events if isinstance(event, Heard)]

    def holds(self) -> list[AudioLost]:
        """The operator's leg is not tapped while the talk is held."""
        found: list[AudioLost] = []
        since: float | None = None
        now = 0.0
        for event in self.events:
            now = max(now, event.end if isinstance(event, AudioLost) else event.at or 0.0)
            if isinstance(event, Held):
                since = event.at
            elif isinstance(event, Resumed) and since is not None:
                found.append(_held(since, event.at))
                since = None
        return found if since is None else [*found, _held(since, max(now, since))]

    def lost(self) -> tuple[AudioLost, ...]:
        """What the recording cannot hold: not tapped, a gap, or a hold."""
        found = (
            event
            for event in self.events
            if isinstance(event, AudioLost)
            and event.cause in {LossCause.NOT_TAPPED, LossCause.GAP}
            and event.end > event.start
        )
        return (*found, *self.holds())

    def handed_over(self, how: HandOver) -> list[Event]:
        """What the next operator's talk begins with, besides its own start."""
        if how is HandOver.RESTART:
            return []
        kept: list[Event] = [
            e for e in self.events if isinstance(e, Heard | AudioLost | Rescored | Sought)
        ]
        if how is HandOver.CONTINUE:
            return [*kept, *self.holds()]
        return [e for e in kept if isinstance(e, Heard | AudioLost) and e.leg is Leg.CALLER]


def _held(start: float, end: float) -> AudioLost:
    return AudioLost(leg=Leg.OPERATOR, start=start, end=end, cause=LossCause.NOT_TAPPED)


def swapped(event: Event) -> Event:
    """The event with the other leg."""
    if isinstance(event, Heard | AudioLost):
        return replace(event, leg=_OTHER[event.leg])
    return event
