"""What a turn of the caller gives: an answer, a value nobody asked for, a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agentbot.core.caller.ahead import answers_ahead
from agentbot.core.caller.correct import corrected
from agentbot.core.caller.give import give, read
from agentbot.core.caller.go_on import goes_on
from agentbot.core.phonetic import sound
from agentbot.core.pointed import point_to, times_mentioned
from agentbot.core.progress import Progress
from agentbot.core.questions import is_question, sentences
from agentbot.core.replies import reply_to_open_question, told_unasked
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn, backchannel
from agentbot.core.values.base import Reading
from agentbot.core.values.phone import Phone
from agentbot.core.values.times import any_time

__all__ = ["hear_caller"]

_VOLUNTEERED = 0.9
"""A value nobody asked for counts from this strength on."""
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
        give(progress, field_id, reading, turn, asked=False)
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
            give(progress, field_id, reading, turn, asked=False)
        new = [field_id]
    for field_id in new:
        if field_id in progress.known.ask:
            progress.book.answered.setdefault(field_id, question)


def _take(progress: Progress, turn: Turn) -> None:
    """Enter a correction, or else every value that the words are for."""
    if progress.asked and _REFUSAL.search(turn.text):
        progress.book.refused.add(progress.asked)
    point_to(progress, turn)
    if corrected(progress, turn):
        return
    asked = progress.asked
    taken: set[FieldKind] = set()
    first = (asked, *progress.also)
    for field_id in sorted(progress.known.kinds, key=lambda f: f not in first):
        kind, what = progress.known.kinds[field_id], progress.known.fields[field_id].kind
        if field_id in progress.book.given and goes_on(progress, field_id, kind, turn):
            taken.add(what)
            continue
        if what in taken and field_id not in first:
            continue  # the same words give one field: a card's number is no telephone's
        mine = field_id in first
        reading = read(kind, turn, asked=mine)
        if reading is not None and _counts(progress, field_id, reading, turn, asked=mine):
            give(progress, field_id, reading, turn, asked=mine)
            taken.add(what)
    if asked:
        answers_ahead(progress, asked, turn)


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
    if topic and given and _turns_the_call(progress, field_id, reading):
        return not given[-1].reading.parts
    if given or reading.strength < _VOLUNTEERED or _fits_another(progress, field_id, reading):
        return False
    # A yes or a good mark belongs to the question asked, a count to whatever it counts.
    return progress.known.fields[field_id].kind not in (FieldKind.CHOICE, FieldKind.TIME)


def _turns_the_call(progress: Progress, field_id: str, reading: Reading) -> bool:
    """Whether a matter takes the call another way: 打错了, after words that nobody understood."""
    named = {name for _, name in reading.parts}
    whens = (w.when for s in progress.known.script.steps for w in s.next)
    return any(w is not None and w.field == field_id and named & set(w.is_in) for w in whens)


def _fits_another(progress: Progress, field_id: str, reading: Reading) -> bool:
    """Digits that are a whole number of another field and not of this one."""
    kind = progress.known.kinds[field_id]
    if not isinstance(kind, Phone) or kind.complete(reading.value):
        return False
    others = (k for f, k in progress.known.kinds.items() if f != field_id)
    return any(isinstance(k, Phone) and k.complete(reading.value) for k in others)
