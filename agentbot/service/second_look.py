"""Hearing again what the verdict hangs on, while the call still goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Final

import structlog

from agentbot.core.doubts import Doubt, StepDoubt, ValueDoubt
from agentbot.core.events import Event, Leg
from agentbot.errors import AgentbotError
from agentbot.service.ears import Ears
from agentbot.service.judging import Judging
from agentbot.service.legs import Sides
from agentbot.speech.base import Recogniser, Rehearing, Signal
from agentbot.store.spool import Spool

__all__ = ["SecondLook"]

log = structlog.get_logger()

_LATER: Final = 8.0
"""Seconds after unclear words by which a step said anew is heard; nobody waits for that answer."""
_SLACK: Final = 0.2
_NEARLY: Final = 6
"""Digits read back from which it is worth hearing a number again that may still go on."""
_SAID: Final = 1.5
"""Seconds after a number by which it is asked about beforehand: its next group would have come."""
_MOST: Final = 50
"""Doubts of one talk that are heard again."""

_Turn = Callable[[Callable[[], list[Event]]], Awaitable[list[Event]]]


class SecondLook:
    """Of one talk: one doubt at a time, read-backs first and the latest of them before all.

    The answers go to `judging`; `told` is called then. A number is asked about before it is read
    back, and its read-back before it is whole: then the answer waits until nothing more comes.
    Steps that may have been said are looked for beside that, with the patience of `Ears.spare`.
    """

    def __init__(
        self, ears: Ears, spool: Spool, sides: Sides, judging: Judging, told: Callable[[], None]
    ) -> None:
        self._ears, self._spool, self._sides = ears, spool, sides
        self._judging, self._told = judging, told
        self._asked: set[Doubt] = set()
        self._until: dict[str, float] = {}
        self._early: dict[ValueDoubt, list[Event]] = {}
        """Answers about read-backs that may still go on."""
        self._looking: asyncio.Task[None] | None = None
        self._seeking: asyncio.Task[None] | None = None
        self._now = 0.0
        self._closed = False

    def look(self, now: float) -> None:
        """Let answers fall that hold no longer, and begin to hear the most pressing doubt again."""
        self._now = now
        self._drop()
        for early in [d for d in self._early if self._ripe(d)]:
            self._tell(early, self._early.pop(early))
        if not isinstance(self._ears.recogniser, Rehearing):
            return
        if self._looking is None and (doubt := self._due()) is not None and self._may(doubt):
            self._looking = asyncio.create_task(self._look(doubt))
        if self._seeking is None and (step := self._sought()) is not None and self._may(step):
            self._seeking = asyncio.create_task(self._seek(step))

    def _may(self, doubt: Doubt) -> bool:
        room = len(self._asked) < _MOST
        self._asked.add(doubt)
        return room

    def _due(self) -> ValueDoubt | None:
        session = self._judging.session
        values = [
            doubt
            for doubt in session.doubts()
            if isinstance(doubt, ValueDoubt)
            and doubt not in self._asked
            and (self._ripe(doubt) or _nearly(doubt))
        ]
        if values:
            return max(values, key=lambda doubt: (self._ripe(doubt), doubt.until))
        numbers = (number for number in session.foreseen() if number not in self._asked)
        return next((n for n in numbers if _SAID <= self._now - n.until < inf), None)

    def _sought(self) -> StepDoubt | None:
        new = (d for d in self._judging.session.doubts() if d not in self._asked)
        steps = (d for d in new if isinstance(d, StepDoubt) and self._now - d.until > _LATER)
        return next(steps, None)

    def _ripe(self, doubt: ValueDoubt) -> bool:
        return self._now == inf or self._judging.session.ripe(doubt, self._now)

    async def settle(self, patience: float) -> None:
        """The talk is over: hear again what is left, for so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                self.look(inf)
                while tasks := [t for t in (self._looking, self._seeking) if t is not None]:
                    await asyncio.shield(tasks[0])
        self._closed = True

    async def _look(self, doubt: ValueDoubt) -> None:
        answers = await self._answers(self._ears.look, lambda: self._ears.recogniser, doubt)
        self._looking = None
        if self._closed:
            return
        if doubt.operator and self._ripe(doubt):
            self._tell(doubt, answers)
        elif doubt.operator:
            self._early[doubt] = answers
        self.look(self._now)

    async def _seek(self, doubt: StepDoubt) -> None:
        # At the end of a talk its verdict waits for it.
        if self._now == inf:
            answers = await self._answers(self._ears.look, lambda: self._ears.recogniser, doubt)
        else:
            answers = await self._answers(self._ears.spare, lambda: self._ears.patient, doubt)
        self._seeking = None
        if self._closed:
            return
        self._tell(doubt, answers)
        self.look(self._now)

    async def _answers(
        self, turn: _Turn, recogniser: Callable[[], Recogniser], doubt: Doubt
    ) -> list[Event]:
        try:
            return await turn(lambda: self._rehear(recogniser(), doubt))
        except AgentbotError as error:
            log.info("no second look", problem=str(error))
        except Exception:
            log.exception("second look failed")
        return []

    def _tell(self, doubt: Doubt, answers: Sequence[Event]) -> None:
        if isinstance(doubt, ValueDoubt):
            if self._said_since(doubt.field, doubt.until):
                return
            self._until[doubt.field] = doubt.until
        for answer in answers:
            self._judging.feed(answer)
        self._told()

    def _drop(self) -> None:
        """More was said since a field was heard again: that answer is about something else."""
        for doubt in [d for d in self._early if self._said_since(d.field, d.until)]:
            del self._early[doubt]
        fallen = {f for f, until in self._until.items() if self._said_since(f, until)}
        for field in fallen:
            del self._until[field]
        self._judging.drop(fallen)

    def _said_since(self, field: str, until: float) -> bool:
        """Whether a value was given or read back anew after this second."""
        book = self._judging.session.judgement.book
        values = [*book.given.get(field, ())[-1:], *book.repeated.get(field, ())[-1:]]
        return any(heard.end > until + _SLACK for value in values for heard in value.heard)

    def _rehear(self, second: Recogniser, doubt: Doubt) -> list[Event]:
        legs = {}
        for leg in Leg:
            own = self._sides.tapped(leg)
            if not self._spool.rate(own):
                return []
            legs[leg] = Signal(samples=self._spool.sound(own), rate=self._spool.rate(own))
        return second.rehear(legs, [doubt]) if isinstance(second, Rehearing) else []


def _nearly(doubt: ValueDoubt) -> bool:
    return len(doubt.rivals[-1]) >= _NEARLY
