"""Where somebody speaks: Silero's detector over a whole leg, as faster-whisper ships it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.speech.base import Signal

__all__ = ["RATE", "at_16k", "speech_spans"]

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
_FRAME: Final = 512
_AT_ONCE: Final = 4_096
_NEAR: Final = 5
"""Frames around a loud one that belong to it: soft ends of words."""
_HUSH_SECONDS: Final = 0.6
"""So long below the voice, people in the background talk and not the one on the line."""
_BELOW: Final = 16.0
"""dB below the leg's loud syllables from which sound may be the background's."""
_LOUD_FRAMES: Final = 3
"""Less than this above the background is a knock."""


def at_16k(signal: Signal) -> NDArray[np.float32]:
    """The leg at the detector's rate, which is Whisper's too."""
    if signal.rate == RATE:
        return signal.samples
    return np.asarray(soxr.resample(signal.samples, signal.rate, RATE, quality="HQ"), np.float32)


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
    return _near_by(samples, found)


def _near_by(
    samples: NDArray[np.float32], spans: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The spans without what is far below the voice: the detector hears people in the background.

    The border lies half way (in dB) between the leg's quiet and its loud syllables; a clean leg's
    quiet is so quiet that nothing lies between.
    """
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not spans or not len(whole):
        return spans
    # Piece by piece: a long leg is not copied as a whole.
    power = [whole[at : at + _AT_ONCE].var(axis=1) for at in range(0, len(whole), _AT_ONCE)]
    level = 10 * np.log10(np.concatenate(power) + 1e-10)
    inside = [level[int(s * RATE / _FRAME) : int(e * RATE / _FRAME) + 1] for s, e in spans]
    loudest, quiet = np.percentile(np.concatenate(inside), 95), np.percentile(level, 15)
    loud = level >= min((loudest + quiet) / 2, loudest - _BELOW)
    return [kept for start, end in spans for kept in _runs(loud, start, end)]


def _runs(loud: NDArray[np.bool_], start: float, end: float) -> Iterator[tuple[float, float]]:
    """The span cut at every hush."""
    step = _FRAME / RATE
    at = np.flatnonzero(loud[int(start / step) : int(end / step) + 1]) + int(start / step)
    hushes = np.flatnonzero(np.diff(at) * step > _HUSH_SECONDS)
    for run in np.split(at, hushes + 1):
        if len(run) < _LOUD_FRAMES:
            continue
        first, last = (run[0] - _NEAR) * step, (run[-1] + 1 + _NEAR) * step
        hushed = first - start > _HUSH_SECONDS, end - last > _HUSH_SECONDS
        yield (float(first) if hushed[0] else start, float(last) if hushed[1] else end)


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
