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

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.cues import floor
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import backchannel, objects
from agentbot.core.values.base import Reading

__all__ = ["Echo", "Echoed", "echo", "enter_echoes", "said_again"]

_TAG = re.compile(
    r"(?:对吗|对吧|对不对|是吗|是吧|是不是|没错吧|号码[吗吧]|是这样吗|对么|正确吗|记错吧|听错吧)[？?，,。.\s]*[那好行嗯]{0,2}[？?，,。.\s]*$"
)
_TAGS = tuple(sound(t) for t in ("是这样吗", "是这个号码吗", "请问正确吗", "没有错吧", "对不对"))
_TITLE = re.compile(r"先生|女士|小姐")
_WAIT = re.compile(
    r"^.{0,2}(?:知道了|明白了?|了解了?|收到|好的|[好行得][嘞咧勒累])\W*$|[稍少收烧]等|等一下|久等|登记一下|记一下|查一下|改一下|不好意思"
)
_ASKS = re.compile(r"方便.{2,}吗|多少|什么|怎么|哪[里儿个]")
"""Another question: no name has it."""
_FIGURES = frozenset("yao yi er san si wu liu qi ba jiu ling dong liang shi bai you".split())
_FIGURES_PHONE, _FIGURES_ADDRESS = 3, 2
"""Signs that sound like figures without which words are no telephone number, or no address."""
_SHORT, _HARDLY = 9, 0.4
"""Signs of a name read back at most; likeness below which words are about something else."""
_MURKY = 0.4
"""Words below this confidence may have been anything."""
_GARBLED = 0.3
"""Strength of a value that was said and not understood."""
_LIKE = 0.62
"""Likeness by sound from which garbled words may be the answer said again."""
_REACH = 15.0
"""Seconds after the answer in which a read-back of it may come."""
_TOGETHER = 0.5
"""Seconds by which a read-back may seem to begin before its answer, times being rough."""
_LEAST = 4
"""Signs before a question in one utterance that can be a read-back."""


_SAID_FIGURES = re.compile(r"[零幺一二三四五六七八九十百\d]{2,}")
_EXCUSE = re.compile(
    r"不好意思|抱歉|对不起|我?(?:给您)?改(?:过来|一?下|好)了?|[听记看写]错了?|好的?|知道了?|明白了?|收到|行|[嗯哦噢啊呃]"
)
_NAME_SIGNS = 4
_OPENING, _REACTION = 6, 8.0
"""Signs within which a caller says no, and seconds after a read-back in which it belongs to it."""


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
    own = known.ask[field].id if field in known.ask else ""
    # The answer may have begun unheard, right after its question.
    asks = [h.heard.end for h in book.hits if h.step == own and h.heard.end <= answer[0].start]
    begun = max(asks, default=answer[0].start - _TOGETHER)
    closing = _closing(known, book, field, given[0].asked if given else True, begun)
    said: list[Heard] = []
    rest: list[Heard] = []
    for item in sorted(heard, key=lambda h: (h.start, h.end)):
        place = (item.start, item.end)
        if (
            item.leg is not Leg.OPERATOR
            or item.start < begun
            or item.start > answer[-1].end + _REACH
        ):
            continue
        if place in closing:
            before = sound(item.text).text[: closing[place]]
            if len(before) >= _LEAST:
                _sort(item, before, words, known.fields[field].kind, said, rest)
            return _told(said, rest)
        if any(h.step == own and (h.heard.start, h.heard.end) == place for h in book.hits):
            # 您的地址是…，请问正确吗 holds the words of its own question.
            if _tagged(item.text):
                said.append(item)
            continue
        if not backchannel(item.text) and not _WAIT.search(item.text):
            _sort(item, item.text, words, known.fields[field].kind, said, rest)
    return _told(said, rest) if said or rest else None


def _tagged(text: str) -> bool:
    """Ends by asking for a yes, also where the recogniser garbled a sign of it (是这要吗)."""
    if _TAG.search(text):
        return True
    speech = sound(text)
    endings = ((tag, speech.cut(max(0, len(speech) - len(tag)), len(speech))) for tag in _TAGS)
    return any(likeness(tag, end) >= floor(len(tag)) for tag, end in endings)


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


def _sort(
    item: Heard, text: str, answer: Sound, kind: FieldKind, said: list[Heard], rest: list[Heard]
) -> None:
    """Whether words repeat the answer, could do so, or are of another kind altogether."""
    speech = sound(text)
    near = find(speech, answer) if len(speech) <= len(answer) else find(answer, speech)
    like = near.likeness if near and len(speech) > 1 else 0.0
    figures = sum(1 for s in speech.syllables if s in _FIGURES)
    fits = {
        FieldKind.PHONE: figures >= _FIGURES_PHONE,
        FieldKind.ADDRESS: figures >= _FIGURES_ADDRESS or like >= _HARDLY,
        FieldKind.NAME: 1 < len(speech) <= _SHORT and not _ASKS.search(text),
    }.get(kind, like >= _HARDLY)
    titled = kind is FieldKind.NAME and bool(_TITLE.search(text))
    if kind is FieldKind.TOPIC and figures > len(speech) / 2:
        return
    if titled or (_tagged(text) and (fits or kind is not FieldKind.PHONE)) or like >= _LIKE:
        said.append(item)
    elif fits or (
        item.confidence is not None and item.confidence < _MURKY and len(speech) >= _LEAST
    ):
        rest.append(item)


def enter_echoes(known: Known, book: Book, heard: Sequence[Heard]) -> None:
    """Put read-backs known by their place alone into the book, without a value."""
    for step in known.script.steps:
        field = step.field
        if step.kind is not StepKind.READ_BACK or not field or field in book.repeated:
            continue
        after = echo(known, book, field, heard)
        if (
            after is None
            or after.echo is not Echo.SAID
            or any(h.confidence is None for h in after.heard)
        ):
            continue
        first = after.heard[0]
        nothing = Reading("", (), _GARBLED)
        if field not in book.given:
            book.given[field] = [
                Given(field, nothing, book.replied[field], correction=False, asked=True)
            ]
        order = book.order[first.leg, first.start, first.end]
        book.repeated[field] = [Repeated(field, nothing, after.heard, order)]
        book.explained.update((h.start, h.end) for h in after.heard)
        if said_again(known.fields[field].kind, _after_objection(after.heard[-1], heard)):
            book.retold.add(field)


def _after_objection(last: Heard, heard: Sequence[Heard]) -> list[str]:
    """The operator's words after the caller's no to a read-back; none without one."""
    near = [h for h in heard if last.end - _TOGETHER <= h.start <= last.end + _REACTION]
    no = [h.end for h in near if h.leg is Leg.CALLER and objects(normal(h.text)[:_OPENING])]
    return [h.text for h in near if no and h.leg is Leg.OPERATOR and h.start >= no[0]]


def said_again(kind: FieldKind, texts: Sequence[str]) -> bool:
    """Whether words after an objection may be the value said again; an excuse alone is none."""
    if kind is not FieldKind.NAME:
        return any(_SAID_FIGURES.search(text) for text in texts)
    left = (normal(_EXCUSE.sub("", text)) for text in texts)
    return any(0 < len(words) <= _NAME_SIGNS for words in left)


def _told(said: list[Heard], rest: list[Heard]) -> Echoed:
    if said:
        return Echoed(Echo.SAID, tuple(said))
    return Echoed(Echo.UNCLEAR if rest else Echo.NONE, tuple(rest))
