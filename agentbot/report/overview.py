"""The overview of a batch: four charts, the table of calls, what could not be judged.

The charts are bars, drawn by the template as SVG and HTML: they need no chart library
(a megabyte of script in every page, and inline styles that the content policy forbids),
can be read out, printed, and clicked to filter the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from statistics import fmean, median
from urllib.parse import quote

from agentbot.core.verdict import FieldVerdict, FindingKind, StepVerdict
from agentbot.report.render import render
from agentbot.report.summary import CallRow, Failure, score_bands

__all__ = ["overview_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Share:
    """One verdict's part of a bar, in shares of the whole bar."""

    verdict: str
    calls: int
    start: float
    width: float

    @property
    def readable(self) -> bool:
        """Wide enough for its number."""
        return self.width > 0.03 + 0.022 * len(str(self.calls))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bar:
    """One step or field over all calls of its script."""

    label: str
    shares: tuple[_Share, ...]


def overview_page(
    rows: Sequence[CallRow],
    failures: Sequence[Failure] = (),
    links: Mapping[str, str] | None = None,
    lang: str = "zh",
) -> str:
    """One HTML page that needs nothing else.

    `links` gives each call's page, by call id, as a path relative to the overview. Raises
    ConfigError for a language that the pages do not speak.
    """
    scores = [row.score for row in rows if row.score is not None]
    kinds = Counter(kind for row in rows for kind in set(row.kinds))
    return render(
        "overview.html",
        lang,
        ("base.css", "overview.css"),
        "overview.js",
        rows=rows,
        failures=failures,
        links={call: _address(path) for call, path in (links or {}).items()},
        mean=fmean(scores) if scores else None,
        middle=median(scores) if scores else None,
        grave=sum(row.tone == "bad" for row in rows),
        bands=score_bands(rows),
        unscored=len(rows) - len(scores),
        kinds=sorted(kinds.items(), key=lambda item: (-item[1], list(FindingKind).index(item[0]))),
        seats=sorted({row.seat or "" for row in rows}),
        scripts=[
            (
                script,
                _bars([row for row in rows if row.script == script]),
            )
            for script in dict.fromkeys(row.script for row in rows)
        ],
    )


def _address(path: str) -> str:
    """A path as a link: never with a scheme, whatever the call is named."""
    return "./" + quote(str(PurePosixPath(path)).lstrip("/"), safe="/")


def _bars(rows: Sequence[CallRow]) -> dict[str, list[_Bar]]:
    steps: dict[str, tuple[str, Counter[str]]] = {}
    fields: dict[str, tuple[str, Counter[str]]] = {}
    for row in rows:
        for step in row.steps:
            steps.setdefault(step.step, (step.label, Counter()))[1][step.verdict] += 1
        for field in row.fields:
            fields.setdefault(field.field, (field.label, Counter()))[1][field.verdict] += 1
    return {
        "steps": [_bar(label, count, StepVerdict) for label, count in steps.values()],
        "fields": [_bar(label, count, FieldVerdict) for label, count in fields.values()],
    }


def _bar(label: str, count: Counter[str], verdicts: type[StepVerdict | FieldVerdict]) -> _Bar:
    whole = count.total()
    shares = []
    start = 0
    for verdict in verdicts:
        calls = count[verdict]
        if calls:
            shares.append(
                _Share(
                    verdict=verdict.value,
                    calls=calls,
                    start=start / whole,
                    width=calls / whole,
                )
            )
        start += calls
    return _Bar(label=label, shares=tuple(shares))
