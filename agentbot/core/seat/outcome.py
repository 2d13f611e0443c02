"""A call's verdict, as short as its operator wants it right after the call."""

from __future__ import annotations

from agentbot.core.seat.view import Outcome
from agentbot.core.verdict import CallVerdict, Severity, StepVerdict

__all__ = ["outcome"]

_MOST = 3
"""Findings that are named; the report has them all."""
_WORST_FIRST = tuple(Severity)


def outcome(verdict: CallVerdict, *, whole: bool, provisional: bool = False) -> Outcome:
    """Score, the worst findings, how much could not be told; `whole`, `provisional`: see `Outcome`."""
    found = sorted(
        verdict.findings, key=lambda f: (_WORST_FIRST.index(f.severity), -f.points, f.at or 0.0)
    )
    return Outcome(
        score=verdict.score,
        findings=tuple((f.severity, f.message) for f in found[:_MOST]),
        more=max(0, len(found) - _MOST),
        unsure=sum(step.verdict is StepVerdict.CANNOT_TELL for step in verdict.steps),
        whole=whole,
        provisional=provisional,
    )
