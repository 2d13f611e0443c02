"""A read-back weighed by a second look, each kind of value in its own way."""

from __future__ import annotations

from agentbot.core.book import Book
from agentbot.core.events import Rescored
from agentbot.core.known import Known
from agentbot.core.rescored.addresses import addresses_compared
from agentbot.core.rescored.digits import digits_compared
from agentbot.core.rescored.names import names_compared
from agentbot.core.script import FieldKind
from agentbot.core.values.base import Comparison

__all__ = ["compared"]


def compared(known: Known, field: str, book: Book, answer: Rescored) -> Comparison | None:
    """What a second look says of a read-back; None: nothing.

    A part that some reading of either leg agrees on is the same; a part on which no readings
    agree is another only if the sound says so too.
    """
    kind = known.fields[field].kind
    if kind is FieldKind.PHONE:
        given, repeated = book.given[field][-1].reading, book.repeated[field][-1].reading
        return digits_compared(answer, (given.value, repeated.value))
    reader = known.kinds[field]
    if kind is FieldKind.NAME:
        return names_compared(book.given[field][-1], book.repeated[field][-1], answer)
    return addresses_compared(
        reader, book.given[field][-1].reading, book.repeated[field][-1].reading, answer
    )
