"""What one talk is judged from, and how it stands; both from the same events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final

from agentbot.core.events import AudioLost, Event, Heard, Leg, LossCause, Rescored, Tick
from agentbot.core.script import Script
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import StepState
from agentbot.core.session import Session
from agentbot.service.record import Record

__all__ = ["Judging"]

_GUESS: Final = 0.25
"""Seconds between two guesses at one utterance; each costs a look at the whole call."""


class Judging:
    """The record of a talk and its assistant, fed together."""

    def __init__(
        self, script: Script, lang: str,
        counted: Callable[[], AbstractContextManager[None]] = nullcontext,
        *, heard_again: bool = False,
    ) -> None:  # fmt: skip
        """`counted` is entered around the engine's work, to count its CPU; else as `SeatCall`."""
        self._counted = counted
        self._begun = partial(SeatCall, script, lang, heard_again=heard_again)
        self.record = Record()
        self.seat_call = self._begun()
        self.left_out: list[AudioLost] = []
        """What no recording of it may or can hold: pauses, what came before us and after us."""
        self._guesses: dict[Leg, Heard] = {}
        self._guessed_at = 0.0

    @property
    def session(self) -> Session:
        """The engine."""
        return self.seat_call.session

    def feed(self, event: Event) -> None:
        """Something happened."""
        if isinstance(event, Heard):
            if not event.final:
                self._guesses[event.leg] = event
                return
            self._guesses.pop(event.leg, None)
        self._pass(event)

    def lose(self, start: float, end: float) -> None:
        """What was said there cannot be known."""
        for leg in Leg:
            lost = AudioLost(leg=leg, start=start, end=end, cause=LossCause.NOT_TAPPED)
            self.left_out.append(lost)
            self.feed(lost)

    def tick(self, now: float) -> None:
        """Time passed."""
        self.guess()
        with self._counted():
            self.seat_call.feed(Tick(at=now))

    def guess(self, now: float | None = None) -> None:
        """Take what seems to be said; with `now` only as often as is worth it."""
        if not self._guesses or (now is not None and now - self._guessed_at < _GUESS):
            return
        self._guessed_at = self._guessed_at if now is None else now
        guesses, self._guesses = self._guesses, {}
        for heard in guesses.values():
            self._pass(heard)

    def again(self, events: Sequence[Event]) -> None:
        """Judge anew from other events; what was done by hand stays."""
        before = self.seat_call
        self.record, self.seat_call = Record(), self._begun()
        self._guesses.clear()
        for event in events:
            self._pass(event)
        for step, state in before.marks.items():
            self.mark(step, state)
        for field, value in before.corrections.items():
            self.correct(field, value)

    def drop(self, fields: Iterable[str]) -> None:
        """The second look's answers on these fields hold no longer."""
        fallen = set(fields)
        kept = [
            event
            for event in self.record.events
            if not (isinstance(event, Rescored) and event.field in fallen)
        ]
        if len(kept) < len(self.record.events):
            self.again(kept)

    def mark(self, step: str, state: StepState | None) -> bool:
        """The operator marks a step; False: there is none of that name."""
        try:
            self.seat_call.mark(step, state)
        except KeyError:
            return False
        return True

    def correct(self, field: str, value: str) -> bool:
        """The operator corrects a field; False: there is none of that name."""
        try:
            self.seat_call.correct(field, value)
        except KeyError:
            return False
        return True

    def dismiss(self, alert: str) -> bool:
        """The operator wants to see an alert no more; False: there is none of that name."""
        try:
            self.seat_call.dismiss(alert)
        except KeyError:
            return False
        return True

    def _pass(self, event: Event) -> None:
        self.record.add(event)
        with self._counted():
            self.seat_call.feed(event)
