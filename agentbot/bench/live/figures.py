"""Measured figures beside what they should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import Any

import numpy as np
from rich.table import Table

__all__ = ["Figure", "Target", "delays", "not_measured", "table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A limit; `least`: the figure should not be below it, else not above."""

    key: str
    limit: float
    least: bool = False

    def met(self, value: float) -> bool:
        """Whether the figure is good enough."""
        return value >= self.limit if self.least else value <= self.limit

    def __str__(self) -> str:
        return f"{self.key.replace('_', ' ')} {'≥' if self.least else '≤'} {self.limit:,g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table."""

    name: str
    unit: str
    targets: tuple[Target, ...]
    values: dict[str, float]
    """Empty: it was not measured."""
    note: str = ""
    """How many, with what; or why it was not measured."""

    @property
    def met(self) -> bool | None:
        """Whether all targets are met; None: not measured."""
        if not self.values:
            return None
        return all(target.met(self.values[target.key]) for target in self.targets)

    def as_data(self) -> dict[str, Any]:
        """For JSON, which knows no infinity: null stands for what never came."""
        targets = {target.key: target.limit for target in self.targets}
        values = {key: None if isinf(value) else value for key, value in self.values.items()}
        return {
            "name": self.name, "unit": self.unit, "targets": targets, "values": values,
            "met": self.met, "note": self.note,
        }  # fmt: skip


def delays(
    name: str, seconds: Sequence[float], targets: tuple[Target, ...], note: str, missing: str
) -> Figure:
    """A figure in milliseconds from delays in seconds; `missing`: what to say if there are none.

    An infinite delay is something that never came.
    """
    if not seconds:
        return not_measured(name, "ms", targets, missing)
    found = np.percentile(seconds, [50, 95, 99, 100], method="inverted_cdf")
    p50, p95, p99, most = (float(np.round(1000 * one)) for one in found)
    return Figure(
        name=name, unit="ms", targets=targets, note=f"{len(seconds)} {note}",
        values={"p50": p50, "p95": p95, "p99": p99, "most": most},
    )  # fmt: skip


def not_measured(name: str, unit: str, targets: tuple[Target, ...], why: str) -> Figure:
    """A line that says why there is no figure."""
    return Figure(name=name, unit=unit, targets=targets, values={}, note=f"not measured: {why}")


def table(figures: Sequence[Figure]) -> Table:
    """All of them, for the terminal."""
    shown = Table(title="how fast, live", title_justify="left", show_lines=True)
    for column in ("figure", "measured", "should be", "", "how"):
        shown.add_column(column, overflow="fold")
    for figure in figures:
        measured = ", ".join(f"{k.replace('_', ' ')} {v:,g}" for k, v in figure.values.items())
        wanted = ", ".join(map(str, figure.targets))
        met = {True: "yes", False: "NO", None: "-"}[figure.met]
        unit = f" ({figure.unit})" if figure.unit else ""
        shown.add_row(figure.name + unit, measured or "-", wanted, met, figure.note)
    return shown
