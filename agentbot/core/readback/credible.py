"""Words that sound like a value said again: whether they may be meant so."""

from __future__ import annotations

import re

from agentbot.core.events import Leg
from agentbot.core.forbidden import forbids
from agentbot.core.performed import trusted
from agentbot.core.phonetic import shared_sound, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms, ends_in_question
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn, backchannel
from agentbot.core.values.base import Reading
from agentbot.core.values.topic import Topic
from agentbot.core.values.topic_words import framed

__all__ = ["colleague", "may_repeat"]

_SURE = 0.9
"""A name said so plainly is one, whatever was asked."""
_ABOUT = re.compile(
    r"您说|您是说|您的意思|问题是|情况是|报修的|反映|也就是|是不是|您家|您那|咱们?这|[对是没]\w{0,2}吧|对[吗不]|[哈啊]$|记[一上下]|重复|确认|是这样|了解|知道了|明白"
)
_SHARED = 0.34
"""Share of it from which they are about the same, however they are put."""
_ANSWERS = re.compile(
    r"就?(?:可以|行|成|好)[了的啦]?\W*$|需要|要带|得带|带上?|能[办领取修]|会[有给帮通]|不用|免费|一般"
)
"""How operators answer a question: 带身份证就可以."""
_OF_THE_HOUSE = "(?:老?师傅|经理|主任|工程师)"
"""What operators call those whom they send."""
_ABOUT_IT = 0.4
"""Strength of words about the issue once something else is being asked for."""


def may_repeat(progress: Progress, field_id: str, reading: Reading, turn: Turn) -> bool:
    """Guard against words that merely sound like a repetition."""
    match progress.known.fields[field_id].kind:
        case FieldKind.NAME if reading.strength < _SURE:
            # A bare name that is not the caller's is a read-back only as the answer to it.
            same = reading.value == progress.book.given[field_id][-1].reading.value
            known = _settled(progress, field_id) and progress.asked != field_id
            return same or (
                not known
                and (progress.asked in (None, field_id) or progress.asked in progress.book.given)
            )
        case FieldKind.TOPIC:
            return _may_be_the_topic(progress, field_id, reading, turn)
        case FieldKind.NUMBER:
            return reading.strength >= 1.0
        case FieldKind.TIME:
            # Once it is agreed, other times are about something else.
            settled = progress.book.repeated.get(field_id)
            return not settled or settled[-1].confirmed is False or progress.asked == field_id
        case _:
            return True


def _settled(progress: Progress, field_id: str) -> bool:
    """Whether the caller's name was read back already, and nobody objected."""
    said, given = progress.book.repeated.get(field_id), progress.book.given[field_id][-1].reading
    if not said or said[-1].confirmed is False or field_id in progress.book.retold:
        return False
    mine, theirs = dict(given.parts), dict(said[-1].reading.parts)
    return all(mine.get(part, sign) == sign for part, sign in theirs.items() if part != "explained")


def colleague(progress: Progress, field_id: str, reading: Reading, text: str) -> bool:
    """`今天您那片儿是李师傅值班`: one of the house, where the caller is called otherwise."""
    if progress.known.fields[field_id].kind is not FieldKind.NAME:
        return False
    surname = dict(reading.parts)["surname"]
    given = dict(progress.book.given[field_id][-1].reading.parts)["surname"]
    named = re.search(rf"{surname}{_OF_THE_HOUSE}", text)
    return bool(named) and surname != given and not confirms(text)


def _may_be_the_topic(progress: Progress, field_id: str, reading: Reading, turn: Turn) -> bool:
    """Talk about the matter repeats it once, and not when something else is being asked for.

    Unless it is plainly about it, or the caller objected.
    """
    kind, given = progress.known.kinds[field_id], progress.book.given[field_id][-1].reading
    asking = {s.id for f, s in progress.known.ask.items() if f != field_id}
    later = any(h.step in asking and h.heard.end < turn.start for h in progress.book.hits)
    if isinstance(kind, Topic) and reading.strength <= _ABOUT_IT and all(map(trusted, turn.heard)):
        # Sounds that resemble some word of the trade by chance say nothing.
        put = framed(turn.text) and not later
        shared = shared_sound(sound(reading.value), sound(given.value))
        if not (put or kind.written(reading.value) or shared >= _SHARED):
            return False
        if any(forbids(progress.known.script.forbidden, item) for item in turn.heard):
            return False
    before = progress.book.repeated.get(field_id)
    if isinstance(kind, Topic) and not framed(turn.text) and _of_another_matter(reading, given):
        agreed = before is not None and before[-1].confirmed is not False
        if agreed and not _of_another_matter(before[-1].reading, given):  # type: ignore[index]
            return False
        if _ANSWERS.search(turn.text) and _asked_by_caller(progress, turn):
            return False
    if before and (
        reading.strength < before[-1].reading.strength
        or (later and before[-1].confirmed is not False)
    ):
        return False
    return not later or (reading.strength >= _ABOUT_IT and bool(_ABOUT.search(turn.text)))


def _of_another_matter(reading: Reading, given: Reading) -> bool:
    """Whether words name other topics than the caller did."""
    return bool(reading.parts) and not set(reading.parts) & set(given.parts)


def _asked_by_caller(progress: Progress, turn: Turn) -> bool:
    """Whether the caller's last words before a turn ask for something."""
    said = [h for h in progress.heard if h.leg is Leg.CALLER and h.start < turn.start]
    said = [h for h in said if not backchannel(h.text)]
    return bool(said) and ends_in_question(said[-1].text)
