"""What the engine would like to hear again before it accuses anybody.

A second look answers a `ValueDoubt` with a `Rescored` event and a `StepDoubt` with `Sought`. Without an answer the verdict
is `cannot_tell` wherever it hangs on the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span

__all__ = ["Doubt", "StepDoubt", "ValueDoubt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDoubt:
    """Two values that differ, or hardly agree: which one fits each leg's sound?"""

    field: str
    kind: FieldKind
    caller: tuple[Span, ...]
    operator: tuple[Span, ...]
    """Empty: not read back yet."""
    rivals: tuple[str, ...] = ()
    """Values that may have been said; more of them may be looked for in the sound."""
    caller_leads: tuple[str, ...] = ()
    """The caller's words up to where the value may stand, the likeliest place first."""
    operator_leads: tuple[str, ...] = ()
    """The same of the operator's words."""

    @property
    def until(self) -> float:
        """Seconds at which all its sound is there."""
        return max(span.end for span in (*self.caller, *self.operator))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDoubt:
    """Sound of the operator that was not understood: which steps not heard were said there?"""

    operator: Span
    steps: tuple[tuple[str, tuple[str, ...]], ...]
    """Steps that may have been said there: id, and what the script lets the operator say."""

    @property
    def until(self) -> float:
        """Seconds at which all its sound is there."""
        return self.operator.end


Doubt = ValueDoubt | StepDoubt
