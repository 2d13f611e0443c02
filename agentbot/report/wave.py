"""The picture of a call's sound: one outline per leg, marks of time, in SVG terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

__all__ = ["HALF_HEIGHT", "outline", "spread", "ticks"]

HALF_HEIGHT = 100
"""An outline runs from -100 to 100 around the line of silence."""

_STRONGEST_GAIN = 6.0
"""A quiet leg is drawn larger, but its noise not as speech."""
_TICK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 9


def outline(peaks: Sequence[tuple[int, int]]) -> str:
    """A closed SVG path over x 0..len(peaks), scaled so that the loudest fills the height."""
    if not peaks:
        return ""
    loudest = max(max(-low, high) for low, high in peaks)
    gain = min(_STRONGEST_GAIN, HALF_HEIGHT / max(loudest, 1))
    upper = [f"{x} {-max(1, round(high * gain))}" for x, (_, high) in enumerate(peaks)]
    lower = [f"{x} {max(1, round(-low * gain))}" for x, (low, _) in enumerate(peaks)]
    return f"M{'L'.join(upper)}L{'L'.join(reversed(lower))}Z"


def ticks(seconds: float) -> list[int]:
    """Round times for the axis, the start left out; few enough to be read."""
    for step in _TICK_STEPS:
        if seconds / step <= _MOST_TICKS:
            return list(range(step, int(seconds) + 1, step))
    step = _TICK_STEPS[-1] * (1 + int(seconds / _TICK_STEPS[-1] / _MOST_TICKS))
    return list(range(step, int(seconds) + 1, step))


def spread(places: Sequence[float], apart: float) -> list[int]:
    """A row (0 or 1) for each mark, so that neighbours closer than `apart` do not cover."""
    order = sorted(range(len(places)), key=places.__getitem__)
    rows = [0] * len(places)
    for before, after in pairwise(order):
        if places[after] - places[before] < apart:
            rows[after] = 1 - rows[before]
    return rows
