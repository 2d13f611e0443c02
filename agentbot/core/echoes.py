"""Read-backs known by their place and form, when the recogniser garbled their words.

After the caller's answer comes either a read-back or the next question. Words of the
operator there that end like a read-back (对吗) or sound like the answer are one, whatever
letters the recogniser found for them; if the next question follows at once, there was none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from agentbot.core.asides import left_of
from agentbot.core.book import Book, Given, Repeated
from agentbot.core.cues import floor
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.performed import trusted
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import backchannel, objects
from agentbot.core.values.base import Reading

__all__ = ["Echo", "Echoed", "echo", "enter_echoes", "said_again"]

_TAG = re.compile(
    r"(?:对吗|对吧|对不对|是吗|是吧|是不是|没错吧|号码[吗吧]|是这样吗|对么|正确吗|记错吧|听错吧)[？?，,。.\s]*[那好行嗯]{0,2}[？?，,。.\s]*$"
)
_TAGS = tuple(
    sound(t)
    for t in (
        "对吗",
        "对吧",
        "是吧",
        "是这样吗",
        "是这个号码吗",
        "请问正确吗",
        "没有错吧",
        "对不对",
    )
)
_TITLE = re.compile(r"先生|女士|小姐")
_WAIT = re.compile(
    r"^.{0,2}(?:知道了|明白了?|了解了?|收到|好的|[好行得][嘞咧勒累])\W*$|[稍少收烧]等|等一下|[久就九]等|登记一下|记一下|查一下|改一下|不好意思"
)
_ASKS = re.compile(r"方便.{2,}吗|多少|什么|怎么|哪[里儿个]")
"""Another question: no name has it."""
_FIGURES = frozenset("yao yi er san si wu liu qi ba jiu ling dong liang shi bai you".split())
_FIGURES_PHONE, _FIGURES_ADDRESS = 3, 2
"""Signs that sound like figures without which words are no telephone number, or no address."""
_SHORT, _HARDLY = 9, 0.45
"""Signs of a name read back at most; likeness below which words are about something else."""
_MURKY = 0.4
"""Words below this confidence may have been anything."""
_UNSURE = 0.8
"""Words below this confidence may have been a matter in words of the operator's own."""
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


_PLACED = re.compile("[号栋幢单室楼]")
_CLAUSE = re.compile(r"[^，,。？?！!；;\s]+[，,。？?！!；;\s]*")
_FRAME = re.compile(r"[那您你家的好行嗯哦啊呀呃]|请问|麻烦|现在|具体|这边|看|我")
"""What leads up to a question and is no value."""
_LONG, _RATHER = 6, 0.5
"""Signs of a value that is not like another by chance, and the likeness from which it is."""
_LEFT = 2
"""Signs that words beside the script leave at most."""
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
    said: list[Heard] = []
    rest: list[Heard] = []
    spoke = False
    for item in _operator(heard, begun):
        place = (item.start, item.end)
        late = item.start > answer[-1].end + _REACH
        if place in others and place not in steps and not late and _an_address(known, field, item):
            # Garbled, it may be this value as well as the other that it was taken for.
            rest.append(item)
        if place in closing and (spoke or not late):
            _last_words(known, field, item, closing[place], words, said, rest)
            return _told(said, rest)
        if late:
            continue
        spoke = True
        if place in asks:
            # 您的地址是…，请问正确吗 holds the words of its own question.
            said += [item] if _up_to_tag(item.text) else []
        elif place not in others and not _beside(known, item):
            _sort(known, field, item, item.text, words, said, rest)
    return _told(said, rest) if said or rest else None


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


def _last_words(
    known: Known, field: str, item: Heard, signs: int, answer: Sound, said: list[Heard], rest: list[Heard],
) -> None:  # fmt: skip
    """What an utterance says before a next step begins in it, or as another field's value."""
    before = _first(item.text, signs)
    topic = known.fields[field].kind is FieldKind.TOPIC
    if not (before or topic) and _resembles(item, answer):
        rest.append(item)
    if len(normal(_FRAME.sub("", before))) >= _LEAST:
        _sort(known, field, item, before, answer, said, rest)


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


def _beside(known: Known, item: Heard) -> bool:
    """Words beside the script, or those of a step that is only told, and with no tag behind."""
    if backchannel(item.text) or _WAIT.search(item.text):
        return True
    if _tagged(item.text):
        return False
    if len(left_of(item.text)) < _LEFT:
        return True
    # Garbled words may share a sound with a step that is told, and be the value all the same.
    least = 1 if trusted(item) else 2
    told = (s.id for s in known.script.steps if s.kind is StepKind.SAY)
    return any(known.vocabulary.tells(step, item.text, least=least) for step in told)


def _an_address(known: Known, field: str, item: Heard) -> bool:
    """Garbled words with the signs of an address, taken for another value for their numbers."""
    return (
        known.fields[field].kind is FieldKind.ADDRESS
        and not trusted(item)
        and bool(_PLACED.search(item.text))
    )


def _up_to_tag(text: str) -> str:
    """The words up to the last clause that asks for a yes; empty: none does."""
    ends = [m.end() for m in _CLAUSE.finditer(text)]
    return next((text[:end] for end in reversed(ends) if _tagged(text[:end])), "")


def _tagged(text: str) -> bool:
    """Ends by asking for a yes, also where the recogniser garbled a sign of it (是这要吗, 尸巴)."""
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
    known: Known, field: str, item: Heard, text: str, answer: Sound, said: list[Heard], rest: list[Heard],
) -> None:  # fmt: skip
    """Whether words repeat the answer, could do so, or are of another kind altogether."""
    kind = known.fields[field].kind
    tagged = _up_to_tag(text)
    speech = sound(tagged or text)
    near = find(speech, answer) if len(speech) <= len(answer) else find(answer, speech)
    like = near.likeness if near and len(speech) > 1 else 0.0
    figures = sum(1 for s in speech.syllables if s in _FIGURES)
    fits = {
        FieldKind.PHONE: figures >= _FIGURES_PHONE,
        FieldKind.ADDRESS: figures >= _FIGURES_ADDRESS or like >= _HARDLY,
        FieldKind.NAME: 1 < len(speech) <= _SHORT and not _ASKS.search(tagged or text),
    }.get(kind, like >= _HARDLY or _matter(known, field, tagged or text))
    titled = kind is FieldKind.NAME and bool(_TITLE.search(text))
    if kind is FieldKind.TOPIC and figures > len(speech) / 2:
        return
    if titled or (tagged and (fits or kind is not FieldKind.PHONE)) or like >= _LIKE:
        said.append(item)
    elif fits or (_murky(item, kind) and len(speech) >= _LEAST):
        rest.append(item)


def _murky(item: Heard, kind: FieldKind) -> bool:
    """Words that may have been anything; a matter may be put in any words at all."""
    least = _UNSURE if kind is FieldKind.TOPIC else _MURKY
    return item.confidence is not None and item.confidence < least


def _matter(known: Known, field: str, text: str) -> bool:
    """Whether words name a matter of the script: it may be the answer, which was garbled."""
    reading = known.kinds[field].read(text, asked=True)
    return reading is not None and bool(reading.parts)


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
