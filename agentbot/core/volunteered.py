"""Values that may have been told, or read back, in words not understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.script import FieldKind
from agentbot.core.values.topic import Topic

__all__ = ["garbled_value", "summed_up"]

_UNSURE = 0.9
"""Words below this confidence may have been others."""
_NEAR = {2: 0.75, 3: 0.6}
"""Likeness from which garbled words may be an answer, by its signs (3: three and more)."""
_UNDERSTOOD = 0.5
"""Strength of a reading below which the words may have held another value."""
_LONG = 10
"""Signs in which something else may have been told as well."""
_TELLS = {
    FieldKind.ADDRESS: re.compile(r"[零幺一二三四五六七八九十\d]{2}|[号栋门单]|小[区期七]|住"),
    FieldKind.PHONE: re.compile(r"(?:[零幺要一二三四五六七八九\d]\W?){4}|电话|手机|号码"),
    FieldKind.TIME: re.compile(r"[点天午晚早周今明]|号(?!楼)|星期|礼拜"),
    FieldKind.NUMBER: re.compile(r"[零幺一二两三四五六七八九十\d]"),
    FieldKind.NAME: re.compile(r"[姓性信幸兴][^\W的得好]|[我您你名]叫|叫我|名字"),
}
"""What is left of such a value when it was badly heard."""
_BESIDE = (FieldKind.TIME, FieldKind.NUMBER)
"""Values that are told along with others: 三号楼，明天上午."""


_SUMS_UP = re.compile("重复|复述|核对|合对|确认|一遍")


def summed_up(known: Known, field: str, heard: Iterable[Heard]) -> Heard | None:
    """The operator's unsure words that may read back several values at once, this one among them."""
    tells = _TELLS.get(known.fields[field].kind)
    for item in heard:
        if item.leg is not Leg.OPERATOR or item.confidence is None:
            continue
        if item.confidence >= _UNSURE or len(normal(item.text)) < _LONG:
            continue
        if _SUMS_UP.search(item.text) and (tells is None or tells.search(item.text)):
            return item
    return None


def _names_one(known: Known, field: str, text: str) -> bool:
    """Whether garbled words come near one of the answers of a choice; other kinds may be anything."""
    if known.fields[field].kind is not FieldKind.CHOICE:
        return True
    speech = sound(text)
    phrases = (sound(phrase) for phrase in known.telling[field])
    return any(find(p, speech, least=_NEAR[min(len(p), 3)]) for p in phrases if len(p) > 1)


def _surely(book: Book, field: str) -> Iterator[tuple[Heard, ...]]:
    """The words of values that were understood as such."""
    return (g.heard for g in book.given.get(field, ()) if g.reading.strength >= _UNDERSTOOD)


def garbled_value(known: Known, book: Book, field: str, heard: Iterable[Heard]) -> Heard | None:
    """The caller's unsure words that may hold the field's value; None: there are none.

    What gave a number, an address or a name is no other of them; a choice or a time may stand
    beside it.
    """
    kind = known.fields[field].kind
    tells = _TELLS.get(kind)
    others = {
        (h.start, h.end)
        for f, reader in known.kinds.items()
        if not isinstance(reader, Topic)
        for words in (*_surely(book, f), book.replied.get(f, ()))
        for h in words
    }
    for item in heard:
        if item.leg is not Leg.CALLER or item.confidence is None:
            continue
        if item.confidence >= _UNSURE:
            continue
        if len(normal(item.text)) < _LONG:
            continue
        if tells is None and _names_one(known, field, item.text):
            return item
        taken = (item.start, item.end) in others and kind not in _BESIDE
        if tells and not taken and tells.search(item.text):
            return item
    return None
