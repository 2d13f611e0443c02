"""The caller's no to a read-back, and whether the operator then said the value again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.phonetic import normal
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn, objects_at_once

__all__ = ["REACTION", "after_objection", "objected", "said_again"]

REACTION = 8.0
"""Seconds after a read-back in which the caller's yes or no belongs to it."""
_ROUGHLY = 0.5
"""Seconds by which a no may seem to begin before the read-back has ended, times being rough."""

_SAID_FIGURES = re.compile(r"[零幺一二三四五六七八九十百\d]{2,}")
_EXCUSE = re.compile(
    r"不好意思|抱歉|对不起|我?(?:给您)?改(?:过来|一?下|好)了?|[听记看写]错了?|好的?|知道了?|明白了?|收到|行|[嗯哦噢啊呃]"
)
_NAME_SIGNS = 4
"""Signs of a name at most."""


def objected(book: Book, field: str, turn: Turn) -> bool:
    """Whether the caller said no to the last read-back of a field, just before this turn."""
    last, given = book.repeated[field][-1], book.given[field][-1]
    corrected = given.correction and given.heard[0].start >= last.start
    return (corrected or last.confirmed is False) and 0 <= turn.start - last.end <= REACTION


def after_objection(last: Heard, heard: Sequence[Heard]) -> list[str]:
    """The operator's words after the caller's no to a read-back; none without one."""
    near = [h for h in heard if last.end - _ROUGHLY <= h.start <= last.end + REACTION]
    no = [h.end for h in near if h.leg is Leg.CALLER and objects_at_once(h.text)]
    return [h.text for h in near if no and h.leg is Leg.OPERATOR and h.start >= no[0]]


def said_again(kind: FieldKind, texts: Sequence[str]) -> bool:
    """Whether words after an objection may be the value said again; an excuse alone is none."""
    if kind is not FieldKind.NAME:
        return any(_SAID_FIGURES.search(text) for text in texts)
    left = (normal(_EXCUSE.sub("", text)) for text in texts)
    return any(0 < len(words) <= _NAME_SIGNS for words in left)
