"""Values repeated by the operator, known by what was said."""

from __future__ import annotations

from agentbot.core.clauses import clauses
from agentbot.core.phonetic import normal
from agentbot.core.pointed import adopt
from agentbot.core.progress import Progress
from agentbot.core.questions import sentences
from agentbot.core.readback.credible import colleague, may_repeat
from agentbot.core.readback.enter import enter
from agentbot.core.readback.number import repeat_pieces
from agentbot.core.readback.objection import objected, said_again
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn
from agentbot.core.values.base import Reading, ValueKind, corrects
from agentbot.core.values.phone import Phone, agree_within
from agentbot.core.values.topic import Topic

__all__ = ["read_back"]


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
        if objected(progress.book, f, turn)
        and said_again(progress.known.fields[f].kind, [h.text for h in turn.heard])
    }
    if repeated:
        latest = {f: progress.book.repeated[f][-1].start for f in repeated}
        progress.just_repeated = sorted(latest, key=lambda f: -latest[f])
    return repeated


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
        # A group of the telephone's may have as many digits as the whole of another number.
        return near + agree_within(said.value, given.value) + 0.5 * kind.complete(said.value)
    return near + kind.compare(given, said, trust=1.0).same


def _repeat(progress: Progress, field_id: str, turn: Turn, others: set[str]) -> bool:
    """Enter what a turn repeats of a field; `others`: fields that it repeats as well."""
    kind = progress.known.kinds[field_id]
    value = progress.book.given[field_id][-1].reading
    if isinstance(kind, Phone):
        return repeat_pieces(progress, field_id, kind, value, turn)
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
        readings = [(r, h) for r, h in found if r and not colleague(progress, field_id, r, h.text)]
        if corrects(turn.text):
            readings.reverse()
        best = max(readings, key=lambda x: x[0].strength, default=None)
        if best:
            reading, heard = best[0], (best[1],)
    if reading is None:
        reading = _put_right(progress, field_id, turn)
    if reading is None or not may_repeat(progress, field_id, reading, turn):
        return False
    enter(progress, field_id, reading, heard)
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
    return [c for c in (text, *clauses(text)) if normal(c)]
