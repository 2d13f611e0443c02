"""A telephone number or an address given in pieces, or a number put right in one's own words."""

from __future__ import annotations

from agentbot.core.book import Given
from agentbot.core.progress import Progress
from agentbot.core.turns import Turn, objects
from agentbot.core.values.address import Address
from agentbot.core.values.base import ValueKind
from agentbot.core.values.phone import Phone

__all__ = ["goes_on"]

_LEAST_NUMBER = 7
"""Digits of the shortest whole telephone number."""


def goes_on(progress: Progress, field_id: str, kind: ValueKind, turn: Turn) -> bool:
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
