"""A telephone number said again: in groups, over several turns if need be."""

from __future__ import annotations

from agentbot.core.progress import Progress
from agentbot.core.readback.enter import enter
from agentbot.core.turns import Turn
from agentbot.core.values.base import Reading
from agentbot.core.values.digits import digits_of
from agentbot.core.values.phone import Phone

__all__ = ["repeat_pieces"]

_FEW = 5
"""Fewer digits than this are of another number, once the whole one was said."""
_MOST = 8
"""Digits that are most of a telephone number."""


def repeat_pieces(
    progress: Progress, field_id: str, kind: Phone, value: Reading, turn: Turn
) -> bool:
    """A telephone number is repeated in groups, over several turns if need be."""
    before = progress.book.repeated.get(field_id)
    right = kind.put_right(before[-1].reading, value, turn.text) if before else None
    if right:
        told = tuple(h for h in turn.heard if digits_of(h.text))
        enter(progress, field_id, right, told or turn.heard)
        return True
    whole = kind.repeat(value, turn.text)
    if whole is None:
        return False
    if before and before[-1].confirmed is not False and _settled(kind, before[-1].reading, whole):
        return False
    texts = [h for h in turn.heard if kind.repeat(value, h.text)]
    said, heard = progress.pieces.setdefault(field_id, ([], []))
    joined = kind.join([*said, (turn.text, False)])
    if kind.complete(whole.value) or (len(whole.value) >= _MOST and not kind.complete(joined)):
        said.clear()
        heard.clear()
    last = progress.last_repeat
    said.append((turn.text, bool(last and last.field == field_id and last.confirmed is False)))
    heard.extend(texts or turn.heard)
    enter(progress, field_id, kind.reading(kind.join(said)), tuple(heard))
    return True


def _settled(kind: Phone, before: Reading, now: Reading) -> bool:
    """A whole number was repeated already: a few digits more are a door or an hour."""
    return kind.complete(before.value) and len(now.value) < _FEW and now.value not in before.value
