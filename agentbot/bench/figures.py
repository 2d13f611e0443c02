"""Marks counted: precision and recall, coverage, catches and false alarms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from agentbot.bench.marks import Mark, Measure

__all__ = ["detection", "figures"]

Figures = dict[str, Any]


def figures(marks: Sequence[Mark], calls: int) -> Figures:
    """All figures of these marks on so many calls; None where nothing was there to count."""
    missed = _of(marks, Measure.MISSED)
    return {
        "calls": calls,
        "missed": {
            **_split(missed, lambda some: detection(some, calls)),
            "confusion": _confusion(missed),
        },
        "coverage": _split(missed, _coverage),
        "readback": _split(_of(marks, Measure.READBACK), _catches),
        "greeting": _split(_of(marks, Measure.GREETING), detection),
        "out_of_order": _split(_of(marks, Measure.ORDER), detection),
        "forbidden": _split(_of(marks, Measure.FORBIDDEN), detection),
        "long_silence": _split(_of(marks, Measure.SILENCE), detection),
        "answers": _split(_of(marks, Measure.ANSWER), _exact),
    }


def detection(marks: Iterable[Mark], calls: int | None = None) -> Figures:
    """Precision, recall and F1 of the fault; with `calls`, false claims per 100 calls too."""
    count = Counter((mark.expected, mark.claimed) for mark in marks)
    hits, false, overlooked = count[True, True], count[False, True], count[True, False]
    found: Figures = {
        "true": hits,
        "false": false,
        "overlooked": overlooked,
        "precision": _ratio(hits, hits + false),
        "recall": _ratio(hits, hits + overlooked),
        "f1": _ratio(2 * hits, 2 * hits + false + overlooked),
    }
    if calls is not None:
        found["false_per_100_calls"] = _ratio(100 * false, calls)
    return found


def _of(marks: Iterable[Mark], measure: Measure) -> list[Mark]:
    return [mark for mark in marks if mark.measure is measure]


def _split(marks: Sequence[Mark], measure: Callable[[Sequence[Mark]], Figures]) -> Figures:
    """Over all, and by step, field or kind."""
    names = dict.fromkeys(mark.of for mark in marks)
    each = {name: measure([mark for mark in marks if mark.of == name]) for name in names}
    return {"all": measure(marks), "each": each}


def _coverage(marks: Sequence[Mark]) -> Figures:
    told = sum(not mark.open for mark in marks)
    return {"steps": len(marks), "told": told, "share": _ratio(told, len(marks))}


def _confusion(marks: Sequence[Mark]) -> Figures:
    """How often each truth got each verdict."""
    count = Counter((mark.truth, mark.verdict) for mark in marks)
    table: dict[str, dict[str, int]] = {}
    for (truth, verdict), number in sorted(count.items()):
        table.setdefault(truth, {})[verdict] = number
    return table


def _catches(marks: Sequence[Mark]) -> Figures:
    """Wrong read-backs caught, and mismatches claimed of right ones."""
    wrong = [mark for mark in marks if mark.expected]
    right = [mark for mark in marks if mark.truth == "done"]
    caught, alarms = sum(m.claimed for m in wrong), sum(m.claimed for m in right)
    return {
        "wrong": len(wrong),
        "caught": caught,
        "caught_share": _ratio(caught, len(wrong)),
        "right": len(right),
        "false_alarms": alarms,
        "false_alarm_rate": _ratio(alarms, len(right)),
        "claimed_without_readback": sum(
            m.claimed for m in marks if not m.expected and m.truth != "done"
        ),
        "cannot_tell": sum(m.open for m in marks),
    }


def _exact(marks: Sequence[Mark]) -> Figures:
    exact = sum(mark.fits for mark in marks)
    unsure = sum(mark.open for mark in marks)
    return {
        "answers": len(marks),
        "exact": exact,
        "cannot_tell": unsure,
        "wrong": len(marks) - exact - unsure,
        "exact_share": _ratio(exact, len(marks)),
    }


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
