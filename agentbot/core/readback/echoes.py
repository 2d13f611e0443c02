"""What the operator says between the caller's answer and the next step, when words are garbled.

After the caller's answer comes either a read-back or the next question. Words of the
operator there that end like a read-back (对吗) or sound like the answer are one, whatever
letters the recogniser found for them; if the next question follows at once, there was none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agentbot.core.asides import left_of
from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import Sound, likeness, normal, sound
from agentbot.core.readback.echo_form import Echo, an_address, beside, echoes, up_to_tag
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.sought import hardly_heard

__all__ = ["Echo", "Echoed", "echo"]

_REACH = 15.0
"""Seconds after the answer in which a read-back of it may come."""
_TOGETHER = 0.5
"""Seconds by which a read-back may seem to begin before its answer, times being rough."""
_LEAST, _NAME = 4, 3
"""Signs before a question in one utterance that can be a read-back, and of one of a name."""
_FRAME = re.compile(
    r"[报爆抱说留讲]一?下|[那您你家的好行嗯哦啊呀呃]|请问|麻烦|现在|具体|这边|看|我"
)
"""What leads up to a question and is no value."""
_LONG, _RATHER = 6, 0.5
"""Signs of a value that is not like another by chance, and the likeness from which it is."""


@dataclass(frozen=True, slots=True)
class Echoed:
    """What followed, and the utterances that show it."""

    echo: Echo
    heard: tuple[Heard, ...] = ()


def echo(known: Known, book: Book, field: str, heard: Sequence[Heard]) -> Echoed | None:
    """What the operator said after the answer; None: there was no answer, or no next step."""
    given = book.given.get(field)
    answer = _answer(book, field)
    if answer is None:
        return None
    words = sound("".join(h.text for h in answer))
    own = known.ask[field].id if field in known.ask else ""
    # The answer may have begun unheard, right after its question.
    asks = {(h.heard.start, h.heard.end) for h in book.hits if h.step == own}
    asked = [end for _, end in asks if end <= answer[0].start]
    begun = max(asked, default=answer[0].start - _TOGETHER)
    closing = _closing(known, book, field, given[0].asked if given else True, begun)
    others = {(u.start, u.end) for f in book.repeated if f != field for u in _repeating(book, f)}
    steps = {(h.heard.start, h.heard.end) for h in book.hits}
    found: dict[Echo, list[Heard]] = {kind: [] for kind in Echo}
    spoke = False
    for item in _operator(heard, begun):
        place = (item.start, item.end)
        late = item.start > answer[-1].end + _REACH
        if place in others and place not in steps and not late and an_address(known, field, item):
            # Garbled, it may be this value as well as the other that it was taken for.
            found[Echo.UNCLEAR].append(item)
        if place in closing and (spoke or not late):
            found[_last_words(known, field, item, closing[place], words)].append(item)
            return _told(found)
        if late:
            continue
        spoke = True
        if place in asks:
            # 您的地址是…，请问正确吗 holds the words of its own question.
            found[Echo.SAID if up_to_tag(item.text) else Echo.NONE].append(item)
        elif hardly_heard(item):
            found[Echo.UNCLEAR].append(item)
        elif place not in others and not beside(known, item):
            found[echoes(known, field, item, item.text, words)].append(item)
    return _told(found) if found[Echo.SAID] or found[Echo.UNCLEAR] else None


def _answer(book: Book, field: str) -> tuple[Heard, ...] | None:
    """What was not understood at first is the answer; a later word may only sound like one."""
    given, replied = book.given.get(field), book.replied.get(field)
    answers = [a for a in (given[0].heard if given else None, replied) if a]
    return min(answers, key=lambda a: a[0].start, default=None)


def _repeating(book: Book, field: str) -> Iterator[Heard]:
    return (item for repeated in book.repeated[field] for item in repeated.heard)


def _operator(heard: Sequence[Heard], begun: float) -> list[Heard]:
    mine = (h for h in heard if h.leg is Leg.OPERATOR and h.start >= begun)
    return sorted(mine, key=lambda h: (h.start, h.end))


def _last_words(known: Known, field: str, item: Heard, signs: int, answer: Sound) -> Echo:
    """What an utterance says before a next step begins in it, or as another field's value."""
    before = _first(item.text, signs)
    name = known.fields[field].kind is FieldKind.NAME and len(left_of(before)) >= _NAME
    if len(normal(_FRAME.sub("", before))) >= (_NAME if name else _LEAST):
        return echoes(known, field, item, before, answer)
    topic = known.fields[field].kind is FieldKind.TOPIC
    perhaps = not (before or topic) and _resembles(item, answer)
    return Echo.UNCLEAR if perhaps else Echo.NONE


def _resembles(item: Heard, answer: Sound) -> bool:
    """Whether words taken for another value sound rather like this one."""
    speech = sound(item.text)
    return min(len(speech), len(answer)) >= _LONG and likeness(speech, answer) >= _RATHER


def _first(text: str, signs: int) -> str:
    """The first so many signs of a text, with the pauses between them."""
    at = 0
    while at < len(text) and len(normal(text[: at + 1])) <= signs:
        at += 1
    return text[:at]


def _closing(
    known: Known, book: Book, field: str, asked: bool, begun: float
) -> dict[tuple[float, float], int]:
    """Utterances of a next step, and where in them it begins: after them no read-back is due.

    What was volunteered is read back in its turn, so only later steps of the script close it.
    """
    order = {s.id: i for i, s in enumerate(known.script.steps)}
    back = {s.field: s.id for s in known.script.steps if s.kind is StepKind.READ_BACK}
    mine = order[back[field]]
    own = known.ask[field].id if field in known.ask else ""
    found: dict[tuple[float, float], int] = {}
    for hit in book.hits:
        next_one = hit.step != own if asked else order[hit.step] > mine
        if next_one and hit.heard.end > begun:
            place = (hit.heard.start, hit.heard.end)
            begins = max(0, normal(hit.heard.text).find(normal(hit.rest)))
            found[place] = min(found.get(place, begins), begins)
    for other, items in book.repeated.items():
        if other != field and (asked or order[back[other]] > mine):
            found.update(
                {(u.start, u.end): found.get((u.start, u.end), 0) for r in items for u in r.heard}
            )
    return found


def _told(found: Mapping[Echo, list[Heard]]) -> Echoed:
    """The surest of what was found."""
    best = next((kind for kind in (Echo.SAID, Echo.UNCLEAR) if found[kind]), None)
    return Echoed(best, tuple(found[best])) if best else Echoed(Echo.NONE)
