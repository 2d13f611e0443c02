"""A batch of verdicts as one small row a call, and the counts over all of them.

Rows are made one verdict at a time and hold no transcript, so a batch may be any length.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from agentbot.core.verdict import (
    CallVerdict,
    FieldVerdict,
    FindingKind,
    Severity,
    StepVerdict,
)
from agentbot.report.glance import glance, worst_first

__all__ = [
    "CallRow",
    "Failure",
    "FieldMark",
    "StepMark",
    "score_bands",
    "summary_json",
    "summary_row",
    "summary_rows",
]

_BANDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A recording of the batch that could not be judged."""

    call_id: str
    source: str
    """The file or manifest line it came from."""
    reason: str
    """One line."""

    @property
    def short(self) -> str:
        """The reason without the file it begins with, for where that stands beside it."""
        return self.reason.removeprefix(f"{self.source}: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMark:
    """How one step of one call went."""

    step: str
    label: str
    verdict: StepVerdict
    out_of_order: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMark:
    """How one field of one call went."""

    field: str
    label: str
    verdict: FieldVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call in a table."""

    call_id: str
    script: str
    seat: str | None
    started_at: str | None
    duration: float
    engine: str
    score: float | None
    tone: str
    """As `glance.Glance.tone`."""
    worst: str | None
    """Message of the gravest finding."""
    worst_severity: Severity | None
    points: float
    """Taken off by all findings."""
    unknown: int
    """Steps and fields that cannot be told."""
    kinds: tuple[FindingKind, ...]
    """Of every finding, the gravest first."""
    steps: tuple[StepMark, ...]
    fields: tuple[FieldMark, ...]
    greeting_due: str | None
    greeting_said: str | None
    warnings: tuple[str, ...]


def summary_rows(verdicts: Iterable[CallVerdict]) -> list[CallRow]:
    """A row for each verdict, in the order given."""
    return [summary_row(verdict) for verdict in verdicts]


def summary_row(verdict: CallVerdict) -> CallRow:
    """What a table keeps of a verdict."""
    look = glance(verdict)
    findings = worst_first(verdict.findings)
    return CallRow(
        call_id=verdict.call_id,
        script=verdict.script,
        seat=verdict.seat,
        started_at=verdict.started_at,
        duration=verdict.duration,
        engine=verdict.engine,
        score=verdict.score,
        tone=look.tone,
        worst=look.worst.message if look.worst else None,
        worst_severity=look.worst.severity if look.worst else None,
        points=sum(finding.points for finding in findings),
        unknown=look.unknown,
        kinds=tuple(finding.kind for finding in findings),
        steps=tuple(
            StepMark(
                step=step.step,
                label=step.label,
                verdict=step.verdict,
                out_of_order=step.out_of_order,
                late=step.late,
            )
            for step in verdict.steps
        ),
        fields=tuple(
            FieldMark(field=name, label=field.label, verdict=field.verdict)
            for name, field in verdict.fields.items()
        ),
        greeting_due=verdict.greeting.variant_due,
        greeting_said=verdict.greeting.variant_said,
        warnings=verdict.warnings,
    )


def score_bands(rows: Sequence[CallRow]) -> list[int]:
    """How many calls scored 0-9, 10-19, … and, in the last of the ten, 90-100."""
    bands = [0] * _BANDS
    for row in rows:
        if row.score is not None:
            bands[max(0, min(_BANDS - 1, int(row.score // (100 / _BANDS))))] += 1
    return bands


def summary_json(rows: Sequence[CallRow], failures: Sequence[Failure] = ()) -> bytes:
    """The counts over a batch as UTF-8 JSON; the same rows always give the same bytes."""
    scores = [row.score for row in rows if row.score is not None]
    counts: dict[str, Any] = {
        "calls": len(rows),
        "failed": len(failures),
        "unscored": len(rows) - len(scores),
        "score": {
            "mean": round(fmean(scores), 3) if scores else None,
            "median": round(median(scores), 3) if scores else None,
            "lowest": min(scores, default=None),
            "highest": max(scores, default=None),
            "bands": dict(zip(_band_names(), score_bands(rows), strict=True)),
        },
        "findings": _findings(rows),
        "scripts": {
            script: _script([row for row in rows if row.script == script])
            for script in dict.fromkeys(row.script for row in rows)
        },
        "failures": [
            {"call_id": failure.call_id, "source": failure.source, "reason": failure.reason}
            for failure in failures
        ],
    }
    text = json.dumps(counts, ensure_ascii=False, indent=2) + "\n"
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _band_names() -> list[str]:
    width = 100 // _BANDS
    names = [f"{low}-{low + width - 1}" for low in range(0, 100 - width, width)]
    return [*names, f"{100 - width}-100"]


def _findings(rows: Sequence[CallRow]) -> dict[str, dict[str, int]]:
    """{kind: {findings, calls}}, every kind named."""
    every = Counter(kind for row in rows for kind in row.kinds)
    calls = Counter(kind for row in rows for kind in set(row.kinds))
    return {kind.value: {"findings": every[kind], "calls": calls[kind]} for kind in FindingKind}


def _script(rows: Sequence[CallRow]) -> dict[str, Any]:
    """Steps and fields of one script: {id: {verdict: calls}}."""
    steps: dict[str, Counter[str]] = {}
    fields: dict[str, Counter[str]] = {}
    for row in rows:
        for step in row.steps:
            count = steps.setdefault(step.step, Counter())
            count[step.verdict] += 1
            count["out_of_order"] += step.out_of_order
            count["late"] += step.late
        for field in row.fields:
            fields.setdefault(field.field, Counter())[field.verdict] += 1
    named = [*(verdict.value for verdict in StepVerdict), "out_of_order", "late"]
    return {
        "calls": len(rows),
        "steps": {step: {name: count[name] for name in named} for step, count in steps.items()},
        "fields": {
            field: {verdict.value: count[verdict] for verdict in FieldVerdict}
            for field, count in fields.items()
        },
    }
