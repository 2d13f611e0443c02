"""Where somebody speaks: Silero's detector over a whole leg, as faster-whisper ships it."""

from __future__ import annotations

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
_SILENT: Final = 1e-4
"""Peak below which a leg holds nothing but quantisation noise."""


def speech_spans(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Start and end (seconds) of each utterance of one leg, sampled at `RATE`."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415 - an extra

    if not len(samples) or float(np.abs(samples).max()) < _SILENT:
        return []
    found: list[tuple[float, float]] = []
    for span in get_speech_timestamps(samples, VadOptions(**_OPTIONS)):
        start, end = span["start"] / RATE, span["end"] / RATE
        while end - start > _LONGEST:
            found.append((start, start + _LONGEST))
            start += _LONGEST
        found.append((start, end))
    return found
