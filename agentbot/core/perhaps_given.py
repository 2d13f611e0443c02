"""Values that were asked for and never heard: was nothing given, or was it only not heard?

An operator who reads a number out after asking for it has been told one, and where the
caller's sound is missing nobody knows what was said. `never given` is then too sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import Final

from agentbot.core.book import Book
from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.core.fields import Fact
from agentbot.core.known import Known
from agentbot.core.script import FieldKind
from agentbot.core.values.base import Reading
from agentbot.core.verdict import FieldVerdict
from agentbot.core.wording import say

__all__ = ["perhaps_given"]

_ANSWER: Final = 0.5
"""Seconds of lost sound that can hide an answer."""
_DIGITS: Final = 3
"""Fewer digits are an hour or a door, and no number read out."""
_SURE: Final = 0.9
"""A name or an address said so plainly is one."""


def perhaps_given(
    known: Known, book: Book, facts: Mapping[str, Fact], heard: Sequence[Heard],
    lost: Sequence[AudioLost], lang: str,
) -> dict[str, Fact]:  # fmt: skip
    """The facts, `cannot_tell` where a value not heard may have been given."""
    return {
        field: replace(
            fact,
            result=replace(
                fact.result, verdict=FieldVerdict.CANNOT_TELL, confidence=0.0,
                reason=say("field_replied", lang),
            ),
        )
        if fact.result.verdict is FieldVerdict.NOT_APPLICABLE
        and field not in book.refused | book.pointed
        and _perhaps(known, book, field, heard, lost)
        else fact
        for field, fact in facts.items()
    }  # fmt: skip


def _perhaps(
    known: Known, book: Book, field: str, heard: Sequence[Heard], lost: Sequence[AudioLost]
) -> bool:
    for start, end in _waited(known, book, field):
        missing = (
            min(gap.end, end) - max(gap.start, start) for gap in lost if gap.leg is Leg.CALLER
        )
        if any(seconds >= _ANSWER for seconds in missing):
            return True
        for item in heard:
            if (
                item.leg is Leg.OPERATOR
                and item.confidence is not None
                and start <= item.start < end
            ):
                reading = known.kinds[field].read(item.text, asked=True)
                if reading and _read_out(known.fields[field].kind, reading):
                    return True
    return False


def _waited(known: Known, book: Book, field: str) -> Iterator[tuple[float, float]]:
    """From each question for the field to the operator's next step, in seconds."""
    ask = known.ask.get(field)
    for hit in book.hits:
        if ask is not None and hit.step == ask.id:
            later = (h.heard.start for h in book.hits if h.heard.start > hit.heard.start)
            yield hit.heard.end, min(later, default=inf)


def _read_out(kind: FieldKind, reading: Reading) -> bool:
    match kind:
        case FieldKind.PHONE:
            return len(reading.value) >= _DIGITS
        case FieldKind.ADDRESS | FieldKind.NAME:
            return reading.strength >= _SURE
        case _:
            return False
