"""The caller's side of the book: values given, gone on with, corrected, refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentbot.core.book import Given
from agentbot.core.path import Walk
from agentbot.core.phonetic import normal, sound
from agentbot.core.pointed import point_to, times_mentioned
from agentbot.core.progress import Progress
from agentbot.core.questions import is_question, sentences
from agentbot.core.replies import reply_to_open_question, speaks_of, told_unasked
from agentbot.core.script import FieldKind, Step
from agentbot.core.turns import Turn, backchannel, changes_mind, objects
from agentbot.core.values.address import Address
from agentbot.core.values.answers import AND
from agentbot.core.values.base import Reading, ValueKind
from agentbot.core.values.phone import Phone
from agentbot.core.values.times import any_time
from agentbot.core.values.topic import Topic

__all__ = ["hear_caller"]

_VOLUNTEERED = 0.9
"""A value nobody asked for counts from this strength on."""
_SURELY = 0.5
"""Strength of words that are such a value, if they were asked for."""
_OPENING = 6
"""An objection stands within the first signs of a turn; later ones correct one's own words."""
_CLAUSE = re.compile(r"[，,。！？!?；;\s]+")
_LEAST_NUMBER = 7
"""Digits of the shortest whole telephone number."""
_DENIES = re.compile(r"不|错|改")
_REFUSAL = re.compile(
    r"没有(?:电话|手机)|没手机|没电话|不方便(?:说|留|给|透露)|不想(?:说|留|给)|不留|不用留|保密|不告诉|匿名|别问|不愿意"
)


def hear_caller(progress: Progress, turn: Turn) -> None:
    """Enter what the caller gave in a turn."""
    if all(backchannel(h.text) for h in turn.heard) and not _awaits_yes(progress, turn):
        return
    before = {f: len(g) for f, g in progress.book.given.items()}
    asked = progress.asked
    _take(progress, turn)
    if asked and asked not in progress.book.given:
        progress.book.replied.setdefault(asked, turn.heard)
        if asked in progress.book.refused:
            progress.asked = None
    if progress.own_words and progress.own_words[0]:
        question = progress.own_words[1]
        for field_id in {progress.own_words[0], *progress.also} & _replied(progress, turn, asked):
            progress.book.answered.setdefault(field_id, question)
    if progress.own_words and not progress.own_words[0]:
        _answer_open_question(progress, turn, before)
    for field_id, reading in (*told_unasked(progress, turn), *times_mentioned(progress, turn)):
        _give(progress, field_id, reading, turn, asked=False)
    progress.just_given = {f for f, g in progress.book.given.items() if len(g) > before.get(f, 0)}


def _replied(progress: Progress, turn: Turn, asked: str | None) -> set[str]:
    """Fields to whose question the turn replies without saying the value."""
    times = {asked} if asked and any_time(turn.text) else set[str]()
    return {*progress.book.refused, *progress.referred} | times


def _answer_open_question(progress: Progress, turn: Turn, before: Mapping[str, int]) -> None:
    """What is given straight after a question in unforeseen words was asked for by it."""
    question = progress.own_words[1] if progress.own_words else None
    new = [f for f in progress.book.given if f not in before]
    progress.own_words = None
    if question is None:
        return
    asked = sentences(question.text)[-1]
    reply = reply_to_open_question(progress, asked, turn) if not new else None
    if reply:
        field_id, reading = reply
        if reading is None:
            progress.book.replied.setdefault(field_id, turn.heard)
        else:
            _give(progress, field_id, reading, turn, asked=False)
        new = [field_id]
    for field_id in new:
        if field_id in progress.known.ask:
            progress.book.answered.setdefault(field_id, question)


def _take(progress: Progress, turn: Turn) -> None:
    if progress.asked and _REFUSAL.search(turn.text):
        progress.book.refused.add(progress.asked)
    point_to(progress, turn)
    corrects = (objects(turn.text) or changes_mind(turn.text)) and not _corrects_itself(
        progress, turn
    )
    if corrects and any(_revise(progress, f, turn) for f in _contradicted(progress)):
        return
    asked = progress.asked
    taken: set[FieldKind] = set()
    first = (asked, *progress.also)
    for field_id in sorted(progress.known.kinds, key=lambda f: f not in first):
        kind, what = progress.known.kinds[field_id], progress.known.fields[field_id].kind
        if field_id in progress.book.given and _goes_on(progress, field_id, kind, turn):
            taken.add(what)
            continue
        if what in taken and field_id not in first:
            continue  # the same words give one field: a card's number is no telephone's
        mine = field_id in first
        reading = _read(kind, turn, asked=mine)
        if reading is not None and _counts(progress, field_id, reading, turn, asked=mine):
            _give(progress, field_id, reading, turn, asked=mine)
            taken.add(what)
    if asked:
        _answers_ahead(progress, asked, turn)


def _asks_for_the_house(progress: Progress, reading: Reading, turn: Turn) -> bool:
    """`这是大龙供暖吧？` is no matter yet."""
    greeting = progress.known.greeting
    return (
        not reading.parts
        and greeting is not None
        and is_question(turn.text)
        and progress.known.cues[greeting].hear(sound(turn.text)) is not None
    )


def _asks_back(turn: Turn) -> bool:
    """`要不要我先把阀门关了？` is a question and no other matter."""
    return len(turn.heard) == 1 and turn.text.endswith(("？", "?"))


def _awaits_yes(progress: Progress, turn: Turn) -> bool:
    """`可以`, `行` are answers where a choice was asked for, and no sooner."""
    return (
        progress.asked is not None
        and turn.start > progress.asked_at
        and progress.known.fields[progress.asked].kind is FieldKind.CHOICE
    )


def _read(kind: ValueKind, turn: Turn, *, asked: bool) -> Reading | None:
    """The value in a turn, or else in one of its utterances."""
    texts = (turn.text, *(h.text for h in turn.heard if len(turn.heard) > 1))
    return next((r for t in texts if (r := kind.read(t, asked=asked))), None)


def _counts(
    progress: Progress, field_id: str, reading: Reading, turn: Turn, *, asked: bool
) -> bool:
    """Whether words are to be taken for this field's value."""
    given = progress.book.given.get(field_id)
    topic = progress.known.fields[field_id].kind is FieldKind.TOPIC
    if topic and (_asks_for_the_house(progress, reading, turn) or (given and _asks_back(turn))):
        return False
    if asked:
        # A question asked once more wants another answer.
        again = progress.known.fields[field_id].kind in (
            FieldKind.CHOICE,
            FieldKind.NUMBER,
            FieldKind.TIME,
        )
        return again or not given or reading.strength >= given[-1].reading.strength
    if given or reading.strength < _VOLUNTEERED or _fits_another(progress, field_id, reading):
        return False
    # A yes or a good mark belongs to the question asked, a count to whatever it counts.
    return progress.known.fields[field_id].kind not in (FieldKind.CHOICE, FieldKind.TIME)


def _fits_another(progress: Progress, field_id: str, reading: Reading) -> bool:
    """Digits that are a whole number of another field and not of this one."""
    kind = progress.known.kinds[field_id]
    if not isinstance(kind, Phone) or kind.complete(reading.value):
        return False
    others = (k for f, k in progress.known.kinds.items() if f != field_id)
    return any(isinstance(k, Phone) and k.complete(reading.value) for k in others)


def _answers_ahead(progress: Progress, asked: str, turn: Turn) -> None:
    """An answer that goes on to what would be asked next: `不方便，后天中午再打吧`, `修好了，收了五十`."""
    known, given = progress.known, progress.book.given
    clauses = [c for c in _CLAUSE.split(AND.sub("，", turn.text)) if normal(c)]
    for field_id, step in known.ask.items():
        if field_id in given or field_id == asked:
            continue
        kind, what = known.kinds[field_id], known.fields[field_id].kind
        reading = None
        if what is FieldKind.TIME and _leads_to(progress, asked, step.id):
            reading = kind.read(turn.text, asked=True)
        elif what is FieldKind.NUMBER and _leads_to(progress, asked, step.id):
            counts = (c for c in clauses[1:] if any(u in c for u in known.fields[field_id].unit))
            reading = next((r for c in counts if (r := kind.read(c, asked=True))), None)
        elif what is FieldKind.CHOICE and asked in given:
            about = (c for c in clauses[1:] if _speaks_of(progress, step, c, asked))
            reading = next((r for c in about if (r := kind.read(c, asked=True))), None)
        if reading is not None and reading.strength >= _SURELY:
            _give(progress, field_id, reading, turn, asked=False)


def _speaks_of(progress: Progress, step: Step, clause: str, asked: str) -> bool:
    """Whether a clause that asks nothing itself is about a step's question: 师傅态度挺好的."""
    if is_question(clause) or _is_phrase_of(progress, asked, clause):
        return False  # OK，没问题 is a yes to what was asked
    if progress.known.vocabulary.about(clause) == step.id:
        return True
    own = progress.known.kinds[asked].read(clause, asked=True)
    return own is None and speaks_of(progress, step.field or "", clause)


def _is_phrase_of(progress: Progress, field_id: str, clause: str) -> bool:
    """Whether a clause is one of a choice's phrases and nothing else."""
    said = normal(clause)
    choices = progress.known.fields[field_id].choices
    return any(normal(p) == said for c in choices for p in c.phrases)


def _leads_to(progress: Progress, answered: str, step_id: str) -> bool:
    """Whether the answer just given takes the call to this step."""
    values = {f: g[-1].reading.value for f, g in progress.book.given.items()}
    walk = Walk(values, set())
    ask = progress.known.ask.get(answered)
    way = (
        next((w for w in ask.next if walk.holds(w.when)), None)
        if ask and answered in values
        else None
    )
    return way is not None and way.goto == step_id


def _corrects_itself(progress: Progress, turn: Turn) -> bool:
    """The words of correction belong to the answer just being given."""
    if progress.asked is None:
        return False
    if not _DENIES.search(turn.text) and _answered(progress, progress.asked, turn):
        return True  # 应该是上周五 answers the question
    before = _CLAUSE.split(turn.text, maxsplit=1)[0]
    if (
        progress.just_repeated
        and objects(normal(turn.text)[:_OPENING])
        and (
            objects(before) or progress.known.kinds[progress.asked].read(before, asked=True) is None
        )
    ):
        return False  # 两晚，不不，三晚 begins with an answer, 不是，三号楼 with an objection
    return _answered(progress, progress.asked, turn)


def _answered(progress: Progress, asked: str, turn: Turn) -> bool:
    reading = _read(progress.known.kinds[asked], turn, asked=True)
    return reading is not None and reading.strength >= _SURELY


def _contradicted(progress: Progress) -> list[str]:
    """Fields a correction may be for: those just read back, then the last ones given."""
    given, just = progress.book.given, progress.just_repeated
    latest = sorted(given, key=lambda f: -given[f][-1].heard[-1].end)
    order = [*just, *(f for f in latest if f not in just)]
    # Any words could be an issue said anew, so it comes last, and only when just repeated.
    topics = [f for f in order if progress.known.fields[f].kind is FieldKind.TOPIC]
    return [f for f in order if f not in topics] + [f for f in topics if f in just]


def _revise(progress: Progress, field_id: str, turn: Turn) -> bool:
    given = progress.book.given[field_id]
    reading = progress.known.kinds[field_id].revise(given[-1].reading, turn.text)
    if reading is None:
        return False
    given.append(Given(field_id, reading, turn.heard, correction=True, asked=False))
    return True


def _goes_on(progress: Progress, field_id: str, kind: ValueKind, turn: Turn) -> bool:
    """A telephone number or address given in pieces, or a number put right in one's own words."""
    if isinstance(kind, Address):
        return _adds_parts(progress, field_id, kind, turn)
    if not isinstance(kind, Phone) or progress.last_asked != field_id:
        return False
    reading = kind.read(turn.text, asked=True)
    if reading is None:
        return False
    given = progress.book.given[field_id]
    last, wrong = given[-1], objects(turn.text)
    if kind.complete(last.reading.value) and not wrong and len(reading.value) < _LEAST_NUMBER:
        return True
    joined = kind.reading(kind.join([(last.reading.value, False), (turn.text, wrong)]))
    given.append(Given(field_id, joined, (*last.heard, *turn.heard), correction=wrong, asked=True))
    return True


def _adds_parts(progress: Progress, field_id: str, kind: Address, turn: Turn) -> bool:
    """`小营村` … `七队三十七号`: what follows belongs to the address, until something else is asked for."""
    given = progress.book.given[field_id]
    if progress.last_asked != field_id or objects(turn.text) or field_id in progress.book.repeated:
        return False
    longer = kind.go_on(given[-1].reading, turn.text)
    if longer is None:
        return False
    given.append(
        Given(field_id, longer, (*given[-1].heard, *turn.heard), correction=False, asked=True)
    )
    return True


def _give(progress: Progress, field_id: str, reading: Reading, turn: Turn, *, asked: bool) -> None:
    kind, before = progress.known.kinds[field_id], progress.book.given.get(field_id)
    if isinstance(kind, Topic) and before and before[-1].reading.strength < _SURELY:
        reading = kind.joined(before[-1].reading, reading)
    progress.book.given.setdefault(field_id, []).append(
        Given(field_id, reading, turn.heard, correction=False, asked=asked)
    )
    if not asked:
        return
    if progress.own_words and field_id in (progress.own_words[0], *progress.also):
        progress.book.answered.setdefault(field_id, progress.own_words[1])
    what = progress.known.fields[field_id].kind
    vague = what is FieldKind.TOPIC and reading.strength < _SURELY
    if what is not FieldKind.PHONE and not vague and field_id == progress.asked:
        progress.asked = None
