"""Read-backs that are not over: only a piece so far, or overtaken by the caller's correction."""

from __future__ import annotations

from agentbot.core.judge import Judgement
from agentbot.core.known import Known
from agentbot.core.script import FieldKind

__all__ = ["corrected_since", "unfinished"]

_NEXT_GROUP = 3.5
"""Seconds within which the next group of digits comes."""


def unfinished(known: Known, said: Judgement, field: str, now: float) -> bool:
    """Whether the operator seems to be still reading this field's number back."""
    repeated = said.book.repeated.get(field)
    if not repeated or known.fields[field].kind is not FieldKind.PHONE:
        return False
    last, result = repeated[-1], said.facts[field].result
    piece = len(result.readback_value or "") < len(result.caller_value or "")
    return piece and last.confirmed is None and now - last.end < _NEXT_GROUP


def corrected_since(said: Judgement, field: str) -> bool:
    """Whether the caller has given another value after the last read-back."""
    given, repeated = said.book.given.get(field), said.book.repeated.get(field)
    return bool(given and repeated and given[-1].heard[0].start >= repeated[-1].start)
