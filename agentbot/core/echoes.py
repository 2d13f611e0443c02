"""Read-backs known by their place and form, when the recogniser garbled their words.

After the caller's answer comes either a read-back or the next question. Words of the
operator there that end like a read-back (对吗) or sound like the answer are one, whatever
letters the recogniser found for them; if the next question follows at once, there was none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.script import FieldKind
from agentbot.core.turns import backchannel

__all__ = ["Echo", "Echoed", "echo"]

_TAG = re.compile(r"(?:对吗|对吧|对不对|是吗|是吧|是不是|没错吧|这个号码[吗吧]|是这样吗|对么)[？?，,。.\s]*$")
_TITLE = re.compile(r"先生|女士|小姐")
_WAIT = re.compile(r"稍等|等一下|久等|登记一下|记一下|查一下|改一下|不好意思")
_LIKE = 0.62
"""Likeness by sound from which garbled words may be the answer said again."""
_REACH = 15.0
"""Seconds after the answer in which a read-back of it may come."""
_BEGUN = 0.25
"""Share of the answer after which the operator may already be repeating it."""


class Echo(Enum):
    """What followed the caller's answer."""

    SAID = "said"
    NONE = "none"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Echoed:
    """What followed, and the utterances that show it."""

    echo: Echo
    heard: tuple[Heard, ...] = ()


def echo(known: Known, book: Book, field: str, heard: Sequence[Heard]) -> Echoed | None:
    """What the operator said after the answer; None: there was no answer, or no next step."""
    given, replied = book.given.get(field), book.replied.get(field)
    # What was not understood at first is the answer; a later word may only sound like one.
    answers = [a for a in (given[0].heard if given else None, replied) if a]
    if not answers:
        return None
    answer = min(answers, key=lambda a: a[0].start)
    words = sound("".join(h.text for h in answer))
    begun = answer[0].start + _BEGUN * (answer[-1].end - answer[0].start)
    own = known.ask[field].id if field in known.ask else ""
    name = known.fields[field].kind is FieldKind.NAME
    # 您的地址是… holds the words of its own question, so that is no next step.
    stepped = {(h.heard.start, h.heard.end) for h in book.hits if h.step != own or h.heard.start < begun}
    stepped |= {(u.start, u.end) for f, items in book.repeated.items() if f != field for r in items for u in r.heard}
    said: list[Heard] = []
    rest: list[Heard] = []
    for item in sorted(heard, key=lambda h: (h.start, h.end)):
        if item.leg is not Leg.OPERATOR or item.start < begun or item.start > answer[-1].end + _REACH:
            continue
        if (item.start, item.end) in stepped:
            return _told(said, rest)
        if backchannel(item.text) or _WAIT.search(item.text):
            continue
        near = find(sound(item.text), words) if len(normal(item.text)) <= len(words) else find(words, sound(item.text))
        if _TAG.search(item.text) or (name and _TITLE.search(item.text)) or (near is not None and near.likeness >= _LIKE and len(normal(item.text)) > 1):
            said.append(item)
        else:
            rest.append(item)
    return _told(said, rest) if said else None


def _told(said: list[Heard], rest: list[Heard]) -> Echoed:
    if said:
        return Echoed(Echo.SAID, tuple(said))
    return Echoed(Echo.UNCLEAR if rest else Echo.NONE, tuple(rest))
