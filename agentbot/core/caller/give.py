"""A value is read from the caller's words and entered."""

from __future__ import annotations

from agentbot.core.book import Given
from agentbot.core.progress import Progress
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn
from agentbot.core.values.base import Reading, ValueKind
from agentbot.core.values.topic import Topic

__all__ = ["SURELY", "give", "read"]

SURELY = 0.5
"""Strength from which words are such a value, if they were asked for."""


def read(kind: ValueKind, turn: Turn, *, asked: bool) -> Reading | None:
    """The value in a turn, or else in one of its utterances."""
    texts = (turn.text, *(h.text for h in turn.heard if len(turn.heard) > 1))
    return next((r for t in texts if (r := kind.read(t, asked=asked))), None)


def give(progress: Progress, field_id: str, reading: Reading, turn: Turn, *, asked: bool) -> None:
    """Enter a field's value; `asked`: in answer to the question for it."""
    kind, before = progress.known.kinds[field_id], progress.book.given.get(field_id)
    if isinstance(kind, Topic) and before and before[-1].reading.strength < SURELY:
        reading = kind.joined(before[-1].reading, reading)
    progress.book.given.setdefault(field_id, []).append(
        Given(field_id, reading, turn.heard, correction=False, asked=asked)
    )
    if not asked:
        return
    if progress.own_words and field_id in (progress.own_words[0], *progress.also):
        progress.book.answered.setdefault(field_id, progress.own_words[1])
    what = progress.known.fields[field_id].kind
    vague = what is FieldKind.TOPIC and reading.strength < SURELY
    if what is not FieldKind.PHONE and not vague and field_id == progress.asked:
        progress.asked = None
