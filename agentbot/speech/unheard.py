"""Speech that the recogniser made nothing of: what was said there cannot be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.speech.base import Signal
from agentbot.speech.voice import VoiceDetector

__all__ = ["unheard"]

_RATE: Final = 16_000
_FRAME: Final = 512
_STEP: Final = _FRAME / _RATE
_NEAR_FRAMES: Final = 6
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
    floors = {leg: _floor(signal) for leg, signal in legs.items()}
    lost = [
        AudioLost(leg=leg, start=start, end=end, cause=LossCause.UNRECOGNISED)
        for leg, signal in legs.items()
        for gap in _gaps([item for item in heard if item.leg == leg], signal.seconds)
        for start, end in _voiced(
            gap, signal, [legs[other] for other in legs if other != leg], floors[leg]
        )
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
    gap: tuple[float, float], signal: Signal, others: Sequence[Signal], floor: float
) -> list[tuple[float, float]]:
    samples = _cut(signal, gap)
    frames = len(samples) // _FRAME
    own = _power(samples, frames)
    talked = own > floor
    for other in others:
        talked &= _power(_cut(other, gap), frames) <= own * _LEAK
    if talked.sum() * _STEP < _SHORTEST_SECONDS:
        return []
    # The detector remembers: it hears a little before and after as well.
    near = np.convolve(talked, np.ones(2 * _NEAR_FRAMES + 1), "same") > 0
    voice = VoiceDetector()
    runs: list[list[float]] = []
    for index in np.flatnonzero(near):
        frame = samples[index * _FRAME : (index + 1) * _FRAME]
        if voice.process_samples(frame.tolist()) < _VOICED or not talked[index]:
            continue
        at = gap[0] + float(index) * _STEP
        if runs and at - runs[-1][1] <= _JOIN_SECONDS:
            runs[-1][1] = at + _STEP
            runs[-1][2] += _STEP
        else:
            runs.append([at, at + _STEP, _STEP])
    return [(start, end) for start, end, spoken in runs if spoken >= _SHORTEST_SECONDS]


def _floor(signal: Signal) -> float:
    """Power below which this leg is only background: 6 dB above its quiet fifth."""
    frame = max(1, round(signal.rate * _STEP))
    power = _power(signal.samples, len(signal.samples) // frame, frame)
    return float(4 * np.percentile(power, 20)) + 1e-9 if len(power) else 0.0


def _cut(signal: Signal, gap: tuple[float, float]) -> NDArray[np.float32]:
    start, end = (round(at * signal.rate) for at in gap)
    part: NDArray[np.float32] = soxr.resample(signal.samples[start:end], signal.rate, _RATE, "MQ")
    return part


def _power(samples: NDArray[np.float32], frames: int, size: int = _FRAME) -> NDArray[np.float32]:
    whole = np.zeros(frames * size, np.float32)
    whole[: len(samples)] = samples[: len(whole)]
    power: NDArray[np.float32] = whole.reshape(frames, size).var(axis=1)
    return power
