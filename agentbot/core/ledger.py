"""Keeping the book of one call, turn by turn.

`follow` reads all that was heard from the beginning, so that a live call, a replay and a
second look that heard better all end with the same book.
"""

from __future__ import annotations

from collections.abc import Sequence

from agentbot.core.book import Book, Given, Hit, Repeated
from agentbot.core.caller.hear import hear_caller
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.operator.hear import hear_operator
from agentbot.core.progress import Progress
from agentbot.core.readback.by_place import enter_echoes
from agentbot.core.turns import turns

__all__ = ["Book", "Given", "Hit", "Known", "Repeated", "follow"]


def follow(known: Known, heard: Sequence[Heard]) -> Book:
    """The book of everything heard so far (any order; sorted by start here)."""
    ordered = sorted((h for h in heard if h.text), key=lambda h: (h.start, h.end, h.leg))
    opening = known.topic()
    progress = Progress(known=known, heard=ordered, asked=opening, last_asked=opening)
    progress.book.order = {(h.leg, h.start, h.end): i for i, h in enumerate(ordered)}
    for turn in turns(ordered):
        if turn.leg is Leg.OPERATOR:
            hear_operator(progress, turn)
        else:
            hear_caller(progress, turn)
    enter_echoes(known, progress.book, ordered)
    return progress.book
