"""Where somebody speaks: Silero's detector over a whole leg, as faster-whisper ships it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "speech_spans"]

RATE: Final = 16_000
"""Hertz; Silero knows no telephone rate."""
_OPTIONS: Final = {
    "threshold": 0.45,
    "min_speech_duration_ms": 120,
    "min_silence_duration_ms": 300,
    "speech_pad_ms": 150,
}
_LONGEST: Final = 25.0
"""Seconds; a longer stretch (music, noise) is cut, for a Whisper window holds 30."""
_BLOCK_SECONDS: Final = 300
"""The detector takes ten times the memory of its samples, so a long leg is given in blocks."""
_SEAM_SECONDS: Final = 60
_SILENT: Final = 1e-4
"""Peak below which a leg holds nothing but quantisation noise."""


def speech_spans(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Start and end (seconds) of each utterance of one leg, sampled at `RATE`."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 - an extra

    if not len(samples) or float(np.abs(samples).max()) < _SILENT:
        return []
    found: list[tuple[float, float]] = []
    for first, last in _blocks(samples):
        for span in get_speech_timestamps(samples[first:last], VadOptions(**_OPTIONS)):
            start, end = (first + span["start"]) / RATE, (first + span["end"]) / RATE
            while end - start > _LONGEST:
                found.append((start, start + _LONGEST))
                start += _LONGEST
            found.append((start, end))
    return found


def _blocks(samples: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """First and last sample of each block; the seams lie in the quietest half seconds."""
    half, seam = RATE // 2, _SEAM_SECONDS * RATE
    at = 0
    while len(samples) - at > _BLOCK_SECONDS * RATE + seam:
        begin = at + _BLOCK_SECONDS * RATE - seam
        powers = samples[begin : begin + seam].reshape(-1, half).var(axis=1)
        end = begin + int(powers.argmin()) * half + half // 2
        yield at, end
        at = end
    yield at, len(samples)
