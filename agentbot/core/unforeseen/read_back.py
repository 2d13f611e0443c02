"""A read-back of the matter in words that nobody understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentbot.core.asides import left_of
from agentbot.core.book import Book
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.performed import Performed, trusted
from agentbot.core.questions import agreed, confirms, without_tag
from agentbot.core.script import FieldKind

__all__ = ["perhaps_read_back"]

_REPLY = 3
"""Signs of the shortest answer, but for a yes or no."""


def perhaps_read_back(
    known: Known, book: Book, field: str, done: Mapping[str, Performed], heard: Sequence[Heard]
) -> Heard | None:
    """Words after the caller told the matter that ask for a yes to something nobody understood."""
    if known.fields[field].kind is not FieldKind.TOPIC:
        return None
    given = book.given[field][0].heard[-1].end
    used = {u for at in done.values() for u in at.heard}
    for item in heard:
        if item.leg is not Leg.OPERATOR or item.start < given or item in used:
            continue
        if (item.start, item.end) in book.explained or not trusted(item):
            continue
        tagged = confirms(item.text) or agreed(item.text)
        if tagged and len(left_of(without_tag(item.text))) >= _REPLY:
            return item
    return None
