"""The batch as a CSV file that Excel opens as it is: BOM for Chinese, no cell a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from agentbot.report.files import write_atomically
from agentbot.report.summary import CallRow, Failure

__all__ = ["write_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Excel takes a cell that begins so for a formula, the full-width forms included."""
_FIRST = ("call_id", "script", "seat", "started_at", "duration", "engine", "score", "points")
_LAST = (
    "greeting_due",
    "greeting_said",
    "findings",
    "worst_severity",
    "worst",
    "cannot_tell",
    "warnings",
    "failed",
    "source",
)


def write_csv(path: Path, rows: Sequence[CallRow], failures: Sequence[Failure] = ()) -> None:
    """A line a call, a column for each step and field of any script; failed files last.

    Verdicts stand as in the JSON (`done`, `missed`, …), out of order and late behind a `;`.
    Raises ReportError.
    """
    steps = dict.fromkeys(f"step:{step.step}" for row in rows for step in row.steps)
    fields = dict.fromkeys(f"field:{field.field}" for row in rows for field in row.fields)
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [*_FIRST, *steps, *fields, *_LAST], restval="")
    table.writeheader()
    for line in (*_judged(rows), *_failed(failures)):
        table.writerow({name: _safe(value) for name, value in line.items()})
    clean = text.getvalue().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    write_atomically(path, clean.encode("utf-8-sig"))


def _judged(rows: Sequence[CallRow]) -> Iterator[dict[str, object]]:
    for row in rows:
        yield {
            "call_id": row.call_id,
            "script": row.script,
            "seat": row.seat,
            "started_at": row.started_at,
            "duration": round(row.duration, 3),
            "engine": row.engine,
            "score": row.score,
            "points": round(row.points, 3),
            **{
                f"step:{step.step}": ";".join(
                    (
                        step.verdict,
                        *(["out_of_order"] if step.out_of_order else []),
                        *(["late"] if step.late else []),
                    )
                )
                for step in row.steps
            },
            **{f"field:{field.field}": field.verdict.value for field in row.fields},
            "greeting_due": row.greeting_due,
            "greeting_said": row.greeting_said,
            "findings": ";".join(row.kinds),
            "worst_severity": row.worst_severity,
            "worst": row.worst,
            "cannot_tell": row.unknown,
            "warnings": ";".join(row.warnings),
        }


def _failed(failures: Sequence[Failure]) -> Iterator[dict[str, object]]:
    for failure in failures:
        yield {"call_id": failure.call_id, "failed": failure.reason, "source": failure.source}


def _safe(value: object) -> object:
    """A leading apostrophe makes Excel show the text instead of working it out."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value
