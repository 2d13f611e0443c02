"""When a read-back may be heard again: as soon as nothing more is said to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agentbot.core.book import Book, Repeated
from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import Heard, Leg
from agentbot.core.numerals import NUMBER_SIGNS
from agentbot.core.questions import confirms
from agentbot.core.script import FieldKind
from agentbot.core.values.digits import digits_of

__all__ = ["ripe"]

_NEARLY: Final = 10
"""Digits from which a number is nearly whole: one is soon lost to the ear."""
_BEHIND: Final = 3
"""Signs behind the last figure that are no filler: the number is over (是这个号码, 我记下了)."""
_NEXT_GROUP: Final = 3.5
"""Seconds within which the next group of digits comes."""


def ripe(book: Book, doubt: ValueDoubt, heard: Sequence[Heard], now: float) -> bool:
    """Whether the last read-back that a doubt is about seems to be over at `now` (seconds)."""
    if doubt.field not in book.repeated:
        return False
    last = book.repeated[doubt.field][-1]
    return (
        doubt.kind is not FieldKind.PHONE
        or len(last.reading.value) >= _NEARLY
        or now - last.end >= _NEXT_GROUP
        or last.confirmed is not None
        or confirms(last.heard[-1].text)
        or _words_behind(last.heard[-1].text) >= _BEHIND
        or _gone_on(last, heard)
    )


def _words_behind(text: str) -> int:
    """Signs that are no figures behind the last one that is."""
    behind = re.split(rf"[{NUMBER_SIGNS}]", text)[-1]
    return sum(sign.isalpha() for sign in behind)


def _gone_on(last: Repeated, heard: Sequence[Heard]) -> bool:
    """Whether the operator has said something else since."""
    return any(
        h.leg is Leg.OPERATOR
        and h.final
        and h.start >= last.end
        and h.text
        and not digits_of(h.text)
        for h in heard
    )
