"""Read-backs known by their place alone: what they said was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.events import Heard
from agentbot.core.known import Known
from agentbot.core.readback.echoes import Echo, echo
from agentbot.core.readback.objection import after_objection, said_again
from agentbot.core.script import StepKind
from agentbot.core.values.base import Reading

__all__ = ["enter_echoes"]

_GARBLED = 0.3
"""Strength of a value that was said and not understood."""


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
        if said_again(known.fields[field].kind, after_objection(after.heard[-1], heard)):
            book.retold.add(field)
