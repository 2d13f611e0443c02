"""What a supervisor sees first: how it went, the worst problem, how much is unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentbot.core.verdict import CallVerdict, FieldVerdict, Finding, Severity, StepVerdict

__all__ = ["Glance", "glance", "unknown_count", "worst_first"]

_WEIGHT = {severity: weight for weight, severity in enumerate(Severity)}
_GRAVE = (Severity.CRITICAL, Severity.MAJOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A call in one look."""

    tone: str
    """`bad`, `fair`, `good`, `unknown`: chooses icon and colour."""
    worst: Finding | None
    missed: int
    wrong: int
    mismatched: int
    unknown: int
    """Steps and fields of which nothing can be said."""


def glance(verdict: CallVerdict) -> Glance:
    """Sum a verdict up."""
    findings = worst_first(verdict.findings)
    steps = [step.verdict for step in verdict.steps]
    fields = [field.verdict for field in verdict.fields.values()]
    unknown = unknown_count(verdict)
    if any(finding.severity in _GRAVE for finding in findings):
        tone = "bad"
    elif findings:
        tone = "fair"
    else:
        tone = "unknown" if unknown or verdict.score is None else "good"
    return Glance(
        tone=tone,
        worst=findings[0] if findings else None,
        missed=steps.count(StepVerdict.MISSED),
        wrong=steps.count(StepVerdict.WRONG),
        mismatched=fields.count(FieldVerdict.MISMATCHED),
        unknown=unknown,
    )


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """By severity, points and time; what has no time comes before what has."""
    return sorted(
        findings,
        key=lambda finding: (_WEIGHT[finding.severity], -finding.points, finding.at or 0.0),
    )


def unknown_count(verdict: CallVerdict) -> int:
    """Steps and fields that cannot be told."""
    return sum(step.verdict is StepVerdict.CANNOT_TELL for step in verdict.steps) + sum(
        field.verdict is FieldVerdict.CANNOT_TELL for field in verdict.fields.values()
    )
