"""How much of a known sound came through, how late, and whose it is. Pure arithmetic."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

__all__ = ["FRAME", "RATE", "Measured", "Piece", "measure", "noise"]

RATE: Final = 8_000
FRAME: Final = 160
"""Samples of 20 ms."""
_LOUD: Final = 6_000
_OLDEST: Final = 1.5
"""Seconds; sound that is later than this is taken for lost."""
_SURE: Final = 0.5
"""Likeness from which a piece is taken to be what was said; noise against other noise gives 0.3
at most on 160 samples."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What arrived at once."""

    at: float
    """Seconds of the clock by which the sound was sent."""
    samples: Samples
    rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One leg."""

    likeness: float
    """Correlation with what this party said, 0..1; the median of its pieces."""
    other: float
    """The same with what the other party said."""
    frames: int
    """Frames of 20 ms between the first and the last that came."""
    lost: int
    """Of these, how many did not."""
    delay_ms: float
    """From sending a frame to having it, the median."""
    worst_ms: float
    """The longest."""


def noise(seed: int, seconds: float) -> Samples:
    """Sound that is like no other, nor like itself at another moment."""
    samples = np.random.default_rng(seed).integers(-_LOUD, _LOUD, round(seconds * RATE))
    return samples.astype(np.int16)


def measure(
    pieces: Sequence[Piece], sent: Sequence[float], said: Samples, other: Samples
) -> Measured:
    """`sent`: when each frame of `said` went out, and of `other` too, near enough.

    Where nothing came, all is 0.
    """
    covered = np.zeros(len(said), bool)
    own, foreign, delays = [], [], []
    for piece in _at_8_khz(pieces):
        if len(piece.samples) < FRAME // 2 or not piece.samples.any():
            continue
        first, last = (bisect(sent, piece.at - back) * FRAME for back in (_OLDEST, 0.0))
        place, alike = _find(piece.samples, said[first:last])
        own.append(alike)
        foreign.append(_find(piece.samples, other[first:last])[1])
        if alike > _SURE:
            place += first
            covered[place : place + len(piece.samples)] = True
            delays.append(piece.at - sent[(place + len(piece.samples) // 2) // FRAME])
    heard = np.flatnonzero(covered)
    span = int(heard[-1] - heard[0]) + 1 if len(heard) else 0
    return Measured(
        likeness=_median(own),
        other=_median(foreign),
        frames=round(span / FRAME),
        lost=round((span - len(heard)) / FRAME),
        delay_ms=round(_median(delays) * 1000, 1),
        worst_ms=round(max(delays, default=0.0) * 1000, 1),
    )


def _median(values: Sequence[float]) -> float:
    return round(float(np.median(values)), 4) if values else 0.0


def _at_8_khz(pieces: Sequence[Piece]) -> list[Piece]:
    if not pieces or pieces[0].rate == RATE:
        return list(pieces)
    rate = pieces[0].rate
    whole = soxr.resample(np.concatenate([piece.samples for piece in pieces]), rate, RATE)
    made, start = [], 0.0
    for piece in pieces:
        end = start + len(piece.samples) * RATE / rate
        made.append(Piece(at=piece.at, samples=whole[round(start) : round(end)], rate=RATE))
        start = end
    return made


def _find(piece: Samples, within: Samples) -> tuple[int, float]:
    """Where it fits best, and how well."""
    a, b = piece.astype(float), within.astype(float)
    if len(b) < len(a):
        return 0, 0.0
    size = len(a) + len(b)
    product = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    place = int(np.argmax(product[: len(b) - len(a) + 1]))
    there = b[place : place + len(a)]
    scale = float(np.sqrt((a @ a) * (there @ there)))
    return place, float(product[place]) / scale if scale else 0.0
