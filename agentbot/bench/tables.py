"""The figures as tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

__all__ = ["error_table", "pairs", "tables"]

_SETS = {"all": "all calls", "good_lines": "lines of 20 dB and better", "bad_lines": "worse lines"}
_DETECTIONS = {
    "greeting": "wrong greeting",
    "forbidden": "forbidden phrase",
    "out_of_order": "out of order",
    "long_silence": "long silence",
}


def tables(report: Mapping[str, Any]) -> RenderableType:
    """Everything but the list of errors."""
    parts: list[RenderableType] = []
    for name, title in _SETS.items():
        if name in report and (name == "all" or report[name]["calls"] < report["all"]["calls"]):
            parts += _one_set(report[name], f"{title} ({report[name]['calls']})")
    if len(report["scripts"]) > 1:
        parts.append(_scripts(report["scripts"]))
    parts.append(pairs("speed and memory", report["speed"]))
    return Group(f"engine: {report['engine']}", *parts)


def _one_set(figures: Mapping[str, Any], title: str) -> list[RenderableType]:
    missed = _table(f"{title}: missed steps", _COLUMNS)
    coverage = figures["coverage"]
    for step, row in [*figures["missed"]["each"].items(), ("all", figures["missed"]["all"])]:
        told = coverage["all"] if step == "all" else coverage["each"][step]
        missed.add_row(
            step, *_detection(row), _number(row["false_per_100_calls"]), _share(told["share"])
        )
    confusion = _confusion(figures["missed"]["confusion"])
    fields = _table("read-backs", ("field", "wrong", "caught", "", "right", "alarms", "", "unsure"))
    for field, row in [*figures["readback"]["each"].items(), ("all", figures["readback"]["all"])]:
        fields.add_row(
            field,
            str(row["wrong"]),
            str(row["caught"]),
            _share(row["caught_share"]),
            str(row["right"]),
            str(row["false_alarms"]),
            _share(row["false_alarm_rate"]),
            str(row["cannot_tell"]),
        )
    others = _table("other faults", _COLUMNS[:-2])
    for key, label in _DETECTIONS.items():
        others.add_row(label, *_detection(figures[key]["all"]))
    parts: list[RenderableType] = [missed, confusion, fields, others]
    if figures["answers"]["each"]:
        parts.append(_answers(figures["answers"]))
    spelling = _table("error rates of the words", ("leg", "CER", "pinyin"))
    for leg, rates in figures["spelling"].items():
        spelling.add_row(leg, _share(rates["cer"]), _share(rates["pinyin"]))
    return [*parts, spelling]


_COLUMNS = (
    "step", "hit", "false", "over", "prec.", "recall", "F1", "false/100", "cover."
)  # fmt: skip


def _scripts(scripts: Mapping[str, Mapping[str, Any]]) -> Table:
    table = _table(
        "by script",
        ("script", "calls", "prec.", "recall", "false/100", "cover.", "exact", "open", "wrong"),
    )
    for script, row in scripts.items():
        missed, answers = row["missed"]["all"], row["answers"]["all"]
        table.add_row(
            script,
            str(row["calls"]),
            *(_share(missed[key]) for key in ("precision", "recall")),
            _number(missed["false_per_100_calls"]),
            _share(row["coverage"]["all"]["share"]),
            *(str(answers[key]) for key in ("exact", "cannot_tell", "wrong")),
        )
    return table


def _detection(row: Mapping[str, Any]) -> list[str]:
    counts = [str(row[key]) for key in ("true", "false", "overlooked")]
    return [*counts, *(_share(row[key]) for key in ("precision", "recall", "f1"))]


def _confusion(counts: Mapping[str, Mapping[str, int]]) -> Table:
    verdicts = sorted({verdict for row in counts.values() for verdict in row})
    table = _table("steps: truth against verdict", ("truth", *verdicts))
    for truth, row in counts.items():
        table.add_row(truth, *(str(row.get(verdict, "")) for verdict in verdicts))
    return table


def _answers(answers: Mapping[str, Any]) -> Table:
    table = _table("answers", ("field", "calls", "exact", "", "cannot tell", "wrong"))
    for field, row in [*answers["each"].items(), ("all", answers["all"])]:
        table.add_row(
            field,
            *(str(row[key]) for key in ("answers", "exact")),
            _share(row["exact_share"]),
            *(str(row[key]) for key in ("cannot_tell", "wrong")),
        )
    return table


def error_table(errors: Sequence[Mapping[str, Any]]) -> Table:
    """One row for each point on which verdict and truth differ."""
    table = _table("differences", ("call", "about", "of", "truth", "verdict", "heard", "reason"))
    for error in errors:
        table.add_row(
            *(str(error[key]) for key in ("call", "measure", "of", "truth", "verdict", "heard")),
            error["reason"],
        )
    return table


def pairs(title: str, figures: Mapping[str, Any]) -> Table:
    """Names and values, one a line."""
    table = _table(title, ("", ""))
    for name, value in figures.items():
        table.add_row(name.replace("_", " "), str(value))
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for number, column in enumerate(columns):
        text = number == 0 or column in {"about", "of", "truth", "verdict", "heard", "reason"}
        table.add_column(
            column, justify="left" if text else "right", overflow="fold", no_wrap=number == 0
        )
    return table


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
