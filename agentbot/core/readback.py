"""Values repeated by the operator, and what the caller says to it."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from agentbot.core.book import Repeated
from agentbot.core.echoes import said_again
from agentbot.core.events import Heard, Leg
from agentbot.core.performed import trusted
from agentbot.core.phonetic import normal, sound
from agentbot.core.pointed import adopt
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms, ends_in_question, sentences
from agentbot.core.script import FieldKind
from agentbot.core.talk import forbidden
from agentbot.core.turns import Turn, agrees, backchannel, objects
from agentbot.core.values.base import Reading, ValueKind, corrects
from agentbot.core.values.phone import Phone
from agentbot.core.values.topic import Topic, shared_sound

__all__ = ["read_back"]

_OPENING = 6
"""An objection stands within the first signs of a turn; later ones correct one's own words."""
_REACTION = 8.0
"""Seconds after a read-back in which the caller's yes or no belongs to it."""
_SURE = 0.9
"""A name said so plainly is one, whatever was asked."""
_FEW = 5
"""Fewer digits than this are of another number, once the whole one was said."""
_MOST = 8
"""Digits that are most of a telephone number."""
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


def read_back(progress: Progress, turn: Turn) -> set[str]:
    """Enter all values that the turn repeats; their fields."""
    adopt(progress, turn)
    fields = [f for f in progress.book.given if f in progress.known.read_back]
    # Free talk comes last: words that repeat an address are not about the matter.
    fields.sort(key=lambda f: progress.known.fields[f].kind is FieldKind.TOPIC)
    repeated: set[str] = set()
    for field_id in fields:
        if not _of_another(progress, field_id, turn) and _repeat(
            progress, field_id, turn, repeated
        ):
            repeated.add(field_id)
    progress.book.retold -= repeated
    progress.book.retold |= {
        f
        for f in progress.book.repeated
        if _objected(progress, f, turn)
        and said_again(progress.known.fields[f].kind, [h.text for h in turn.heard])
    }
    if repeated:
        latest = {f: progress.book.repeated[f][-1].start for f in repeated}
        progress.just_repeated = sorted(latest, key=lambda f: -latest[f])
    return repeated


def _objected(progress: Progress, field_id: str, turn: Turn) -> bool:
    """Whether the caller said no to the last read-back of a field, just before this turn."""
    last, given = progress.book.repeated[field_id][-1], progress.book.given[field_id][-1]
    corrected = given.correction and given.heard[0].start >= last.start
    return (corrected or last.confirmed is False) and 0 <= turn.start - last.end <= _REACTION


def _of_another(progress: Progress, field_id: str, turn: Turn) -> bool:
    """Whether the words repeat another field of the same kind: the card's number, not the telephone's."""
    kind = progress.known.fields[field_id].kind
    rivals = [
        f
        for f in progress.book.given
        if f in progress.known.read_back and progress.known.fields[f].kind is kind
    ]
    if len(rivals) == 1 or kind is FieldKind.TOPIC:
        return False
    return max(rivals, key=lambda f: _likeness(progress, f, turn)) != field_id


def _likeness(progress: Progress, field_id: str, turn: Turn) -> float:
    """How like the value given the words are; the field spoken of last is a little nearer."""
    kind, given = progress.known.kinds[field_id], progress.book.given[field_id][-1].reading
    said = kind.repeat(given, turn.text)
    near = 0.1 if field_id in progress.just_given else 0.05 * (progress.last_asked == field_id)
    if said is None:
        return near
    if isinstance(kind, Phone):
        whole = kind.complete(said.value) - 0.5 * (said.value not in given.value)
        return near + whole + Levenshtein.normalized_similarity(said.value, given.value)
    return near + kind.compare(given, said, trust=1.0).same


def _repeat(progress: Progress, field_id: str, turn: Turn, others: set[str]) -> bool:
    """Enter what a turn repeats of a field; `others`: fields that it repeats as well."""
    kind = progress.known.kinds[field_id]
    value = progress.book.given[field_id][-1].reading
    if isinstance(kind, Phone):
        return _repeat_pieces(progress, field_id, kind, value, turn)
    reading, heard, what = None, turn.heard, progress.known.fields[field_id].kind
    if what is FieldKind.ADDRESS:
        reading = kind.repeat(value, turn.text)
        heard = tuple(h for h in turn.heard if kind.repeat(value, h.text)) or turn.heard
    elif what is FieldKind.NAME and corrects(turn.text):
        reading = kind.repeat(value, turn.text)  # 梅女士，看串行了，梁女士
        heard = tuple(h for h in turn.heard if kind.repeat(value, h.text)) or turn.heard
    if reading is None:
        found = (
            (kind.repeat(value, text), item)
            for item in turn.heard
            for text in _pieces(progress, field_id, item.text)
            if what is not FieldKind.TOPIC or not _repeats_another(progress, others, kind, text)
        )
        # 林女士是吧，哦不对，是罗女士: after a correction the last one counts.
        readings = [(r, h) for r, h in found if r and not _colleague(progress, field_id, r, h.text)]
        if corrects(turn.text):
            readings.reverse()
        best = max(readings, key=lambda x: x[0].strength, default=None)
        if best:
            reading, heard = best[0], (best[1],)
    if reading is None:
        reading = _put_right(progress, field_id, turn)
    if reading is None or not _may_repeat(progress, field_id, reading, turn):
        return False
    _note(progress, field_id, reading, heard)
    return True


def _repeats_another(progress: Progress, others: set[str], kind: ValueKind, sentence: str) -> bool:
    """Whether a sentence repeats one of other fields and names no matter."""
    if isinstance(kind, Topic) and kind.named(sentence):
        return False
    given, kinds = progress.book.given, progress.known.kinds
    return any(kinds[f].repeat(given[f][-1].reading, sentence) for f in others)


def _put_right(progress: Progress, field_id: str, turn: Turn) -> Reading | None:
    """After an objection only the wrong part is repeated: `哦，十二零三`."""
    before, given = progress.book.repeated.get(field_id), progress.book.given[field_id][-1]
    if progress.known.fields[field_id].kind is not FieldKind.ADDRESS or not before:
        return None
    for text in (turn.text, *(h.text for h in turn.heard)):
        whole = progress.known.kinds[field_id].revise(before[-1].reading, text)
        if whole and _nearer(whole, before[-1].reading, given.reading):
            return whole
    return None


def _nearer(new: Reading, old: Reading, wanted: Reading) -> bool:
    """Whether more parts are as the caller said than before."""
    goal = set(wanted.parts)
    return len(goal & set(new.parts)) > len(goal & set(old.parts))


def _pieces(progress: Progress, field_id: str, text: str) -> list[str]:
    if progress.known.fields[field_id].kind is FieldKind.TOPIC:
        return sentences(text)
    return [c for c in (text, *re.split(r"[，,。！？!?；;\s]", text)) if normal(c)]


def _may_repeat(progress: Progress, field_id: str, reading: Reading, turn: Turn) -> bool:
    """Guard against words that merely sound like a repetition."""
    match progress.known.fields[field_id].kind:
        case FieldKind.NAME if reading.strength < _SURE:
            # A bare name that is not the caller's is a read-back only as the answer to it.
            same = reading.value == progress.book.given[field_id][-1].reading.value
            return (
                same or progress.asked in (None, field_id) or progress.asked in progress.book.given
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


def _colleague(progress: Progress, field_id: str, reading: Reading, text: str) -> bool:
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
        put = kind.framed(turn.text) and not later
        shared = shared_sound(sound(reading.value), sound(given.value))
        if not (put or kind.written(reading.value) or shared >= _SHARED):
            return False
        if forbidden(progress.known.script.forbidden, turn.heard, "zh"):
            return False
    before = progress.book.repeated.get(field_id)
    if (
        isinstance(kind, Topic)
        and not kind.framed(turn.text)
        and _of_another_matter(reading, given)
    ):
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


def _repeat_pieces(
    progress: Progress, field_id: str, kind: Phone, value: Reading, turn: Turn
) -> bool:
    """A telephone number is repeated in groups, over several turns if need be."""
    whole = kind.repeat(value, turn.text)
    if whole is None:
        return False
    before = progress.book.repeated.get(field_id)
    if before and before[-1].confirmed is not False and _settled(kind, before[-1].reading, whole):
        return False
    texts = [h for h in turn.heard if kind.repeat(value, h.text)]
    said, heard = progress.pieces.setdefault(field_id, ([], []))
    joined = kind.join([*said, (turn.text, False)])
    if kind.complete(whole.value) or (len(whole.value) >= _MOST and not kind.complete(joined)):
        said.clear()
        heard.clear()
    last = progress.last_repeat
    said.append((turn.text, bool(last and last.field == field_id and last.confirmed is False)))
    heard.extend(texts or turn.heard)
    _note(progress, field_id, kind.reading(kind.join(said)), tuple(heard))
    return True


def _settled(kind: Phone, before: Reading, now: Reading) -> bool:
    """A whole number was repeated already: a few digits more are a door or an hour."""
    return kind.complete(before.value) and len(now.value) < _FEW and now.value not in before.value


def _note(progress: Progress, field_id: str, reading: Reading, heard: tuple[Heard, ...]) -> None:
    item = Repeated(field_id, reading, heard, progress.order(heard[-1]))
    item = replace(item, confirmed=_reaction(progress, item))
    progress.book.repeated.setdefault(field_id, []).append(item)
    progress.book.explained.update((h.start, h.end) for h in heard)
    progress.last_repeat = item


def _reaction(progress: Progress, item: Repeated) -> bool | None:
    """The caller's first words of yes or no after (or into) a read-back."""
    last = item.heard[-1]
    verdict: bool | None = None
    for reply in progress.heard:
        if reply.leg is Leg.OPERATOR:
            # 是吧 may stand apart from what it asks a yes to.
            asks_on = backchannel(reply.text) or confirms(reply.text)
            if reply.start > last.end and not asks_on:
                break
            continue
        if reply.start < last.start:
            continue
        if reply.start > item.end + _REACTION:
            break
        if objects(normal(reply.text)[:_OPENING]):
            return False
        if agrees(reply.text):
            verdict = True
        elif not backchannel(reply.text):
            break
    return verdict
