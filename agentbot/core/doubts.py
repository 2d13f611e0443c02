"""What the engine would like to hear again before it accuses anybody.

A second look answers a `ValueDoubt` with a `Rescored` event. Without an answer the verdict
is `cannot_tell` wherever it hangs on the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span

__all__ = ["Doubt", "ValueDoubt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDoubt:
    """Two values that differ, or hardly agree: which one fits each leg's sound?"""

    field: str
    kind: FieldKind
    caller: tuple[Span, ...]
    operator: tuple[Span, ...]
    rivals: tuple[str, ...] = ()
    """Values that may have been said; more of them may be looked for in the sound."""
    caller_leads: tuple[str, ...] = ()
    """The caller's words up to where the value may stand, the likeliest place first."""
    operator_leads: tuple[str, ...] = ()
    """The same of the operator's words."""


Doubt = ValueDoubt
