"""Hearing again what the verdict hangs on, while the call still goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from agentbot.core.doubts import Doubt, ValueDoubt
from agentbot.core.events import Event, Leg
from agentbot.core.session import Session
from agentbot.errors import AgentbotError
from agentbot.service.ears import Ears
from agentbot.service.legs import Sides
from agentbot.speech.base import Rehearing, Signal
from agentbot.store.spool import Spool

__all__ = ["SecondLook"]

log = structlog.get_logger()

_AFTER: Final = 8.0
"""Seconds after a doubt's last words: by then nothing more is said to it."""
_SLACK: Final = 0.2
_MOST: Final = 50
"""Doubts of one talk that are heard again."""


class SecondLook:
    """Of one talk: one look at a time, in the thread for what can wait."""

    def __init__(self, ears: Ears, spool: Spool, sides: Sides) -> None:
        self._ears, self._spool, self._sides = ears, spool, sides
        self._asked: set[Doubt] = set()
        self._until: dict[str, float] = {}
        self._looking: asyncio.Future[list[Event]] | None = None

    async def look(self, session: Session, now: float) -> list[Event]:
        """Begin to hear new doubts again, or bring the answers when they are there."""
        if self._looking is not None:
            return await self._answers(self._looking) if self._looking.done() else []
        second = self._ears.recogniser
        if not isinstance(second, Rehearing) or len(self._asked) >= _MOST:
            return []
        due = [
            doubt
            for doubt in session.doubts()
            if doubt not in self._asked and now - doubt.until > _AFTER
        ]
        if due:
            self._asked.update(due)
            self._until |= {
                doubt.field: doubt.until for doubt in due if isinstance(doubt, ValueDoubt)
            }
            self._looking = asyncio.ensure_future(
                self._ears.spare(lambda: self._rehear(second, due))
            )
        return []

    def outdated(self, session: Session) -> set[str]:
        """Fields of which more was said since they were heard again: their answers fall."""
        book = session.judgement.book
        found = set()
        for field, until in self._until.items():
            values = [*book.given.get(field, ())[-1:], *book.repeated.get(field, ())[-1:]]
            if any(heard.end > until + _SLACK for value in values for heard in value.heard):
                found.add(field)
        for field in found:
            del self._until[field]
        return found

    async def _answers(self, looking: asyncio.Future[list[Event]]) -> list[Event]:
        self._looking = None
        try:
            return await looking
        except AgentbotError as error:
            log.info("no second look", problem=str(error))
        except Exception:
            log.exception("second look failed")
        return []

    def _rehear(self, second: Rehearing, doubts: Sequence[Doubt]) -> list[Event]:
        legs = {}
        for leg in Leg:
            own = self._sides.tapped(leg)
            if not self._spool.rate(own):
                return []
            legs[leg] = Signal(samples=self._spool.sound(own), rate=self._spool.rate(own))
        return second.rehear(legs, doubts)
