"""The picture of a call's sound: one outline per leg, marks of time, in SVG terms."""

from __future__ import annotations

from collections.abc import Sequence

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
            return _times(step, seconds)
    step = _TICK_STEPS[-1] * (1 + int(seconds / _TICK_STEPS[-1] / _MOST_TICKS))
    return _times(step, seconds)


def _times(step: int, seconds: float) -> list[int]:
    # The last figures would be cut off at the very edge.
    return list(range(step, int(seconds * 0.98) + 1, step))


def spread(shares: Sequence[float], apart: float) -> list[float]:
    """Move marks (0..1) no further than needed for `apart` between neighbours, all inside.

    With more marks than there is room for they come as close as they must.
    """
    count = len(shares)
    apart = min(apart, 1 / (count + 1))
    order = sorted(range(count), key=shares.__getitem__)
    moved = [0.0] * count
    least = apart / 2
    for index in order:
        moved[index] = least = max(shares[index], least)
        least += apart
    most = 1 - apart / 2
    for index in reversed(order):
        moved[index] = most = min(moved[index], most)
        most -= apart
    return moved
