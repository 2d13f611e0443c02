"""Read-backs known by their place alone: what they said was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import normal
from agentbot.core.questions import without_tag
from agentbot.core.readback.echoes import Echo, echo
from agentbot.core.readback.objection import after_objection, said_again
from agentbot.core.script import StepKind
from agentbot.core.turns import backchannel
from agentbot.core.values.base import Reading

__all__ = ["enter_echoes"]

_GARBLED = 0.3
"""Strength of a value that was said and not understood."""
_BARE, _BREATH = 1, 1.0
"""Signs that a tag said alone leaves at most, and seconds of pause before it."""


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
        words = (*_before_its_tag(book, after.heard[0], heard), *after.heard)
        first = words[0]
        nothing = Reading("", (), _GARBLED)
        if field not in book.given:
            book.given[field] = [
                Given(field, nothing, book.replied[field], correction=False, asked=True)
            ]
        order = book.order[first.leg, first.start, first.end]
        book.repeated[field] = [Repeated(field, nothing, words, order)]
        book.explained.update((h.start, h.end) for h in words)
        if said_again(known.fields[field].kind, after_objection(after.heard[-1], heard)):
            book.retold.add(field)


def _before_its_tag(book: Book, said: Heard, heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """What the operator said in one breath before a bare 对吗: it asks a yes to that."""
    if len(normal(without_tag(said.text))) > _BARE:
        return ()
    before = [h for h in heard if h.leg is Leg.OPERATOR and h.end <= said.start]
    last = max(before, key=lambda h: h.end, default=None)
    if last is None or said.start - last.end > _BREATH:
        return ()
    return () if (last.start, last.end) in book.explained or backchannel(last.text) else (last,)
