"""What the engine would like to hear again before it accuses anybody.

A second look answers a `ValueDoubt` with a `Rescored` event. Without an answer the verdict
is `cannot_tell` wherever it hangs on the doubt.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span

__all__ = ["Doubt", "Rival", "ValueDoubt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One value that may have been said, as the words that each leg would then have said."""

    value: str
    caller: str = ""
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDoubt:
    """Two values that differ, or hardly agree: which of the rivals fits each leg's sound?

    A telephone number's rivals are digits alone; more of them may be looked for in the sound.
    """

    field: str
    kind: FieldKind
    caller: tuple[Span, ...]
    operator: tuple[Span, ...]
    rivals: tuple[Rival, ...]


Doubt = ValueDoubt
