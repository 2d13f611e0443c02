"""How loud an utterance is beside the leg's usual: what tells a raised voice from a loud line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.speech.base import Signal

__all__ = ["Voice", "loudness", "voice_of", "with_loudness"]

_FRAME_SECONDS: Final = 0.02
_STRETCH: Final = 50
"""Frames: an utterance is as loud as its loudest second."""
_SHORTEST: Final = 25
"""Frames with voice; half a second at least, or its level says nothing."""
_ACTIVE_DB: Final = 25.0
"""Frames so far below the loudest one are pauses."""
_SPLIT, _TOP = 1_000.0, 3_400.0
"""Hertz: a raised voice gains more above the split than below; the telephone ends at the top."""
_BRIGHTER_DB: Final = 2.0
"""A louder line, or a microphone nearer to the mouth, leaves the balance of a voice as it is."""
_ENOUGH: Final = 4
"""Utterances before anything is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The voice of one utterance."""

    level: float
    """Of the loudest second, dB."""
    balance: float
    """Treble to bass, dB; the median of the voiced frames."""


def voice_of(samples: NDArray[np.float32], rate: int) -> Voice | None:
    """The voice in the sound of one utterance (`rate` in Hertz); None: too short to tell."""
    size = round(rate * _FRAME_SECONDS)
    count = len(samples) // size
    if count < _SHORTEST:
        return None
    frames = samples[: count * size].reshape(count, size)
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(size).astype(np.float32), axis=1)) ** 2
    hertz = np.fft.rfftfreq(size, 1 / rate)
    # Without the lowest bins: an offset or hum is no voice.
    bass = spectrum[:, (hertz >= 100) & (hertz < _SPLIT)].sum(axis=1) + 1e-9
    treble = spectrum[:, (hertz >= _SPLIT) & (hertz <= _TOP)].sum(axis=1) + 1e-9
    power = bass + treble
    active = power > power.max() * 10 ** (-_ACTIVE_DB / 10)
    if active.sum() < _SHORTEST:
        return None
    stretch = min(_STRETCH, count)
    loudest = np.convolve(power, np.full(stretch, 1 / stretch), "valid").max()
    return Voice(
        level=float(10 * np.log10(loudest)),
        balance=float(np.median(10 * np.log10(treble[active] / bass[active]))),
    )


def loudness(voice: Voice, usual: Sequence[Voice]) -> float | None:
    """How many dB the voice is raised above what the same leg's utterances usually are.

    None: nothing is usual yet, or the sound is louder without being brighter, so that the
    line or the microphone may have made it so.
    """
    if len(usual) < _ENOUGH:
        return None
    rise = voice.level - float(np.median([one.level for one in usual]))
    brighter = voice.balance - float(np.median([one.balance for one in usual]))
    return round(rise, 1) if rise <= 0 or brighter >= _BRIGHTER_DB else None


def with_loudness(
    heard: Sequence[Heard | AudioLost], legs: Mapping[Leg, Signal]
) -> list[Heard | AudioLost]:
    """The operator's utterances of a whole recording, each with its `loudness`."""
    signal = legs.get(Leg.OPERATOR)
    if signal is None:
        return list(heard)
    voices = {
        index: voice
        for index, item in enumerate(heard)
        if isinstance(item, Heard) and item.leg is Leg.OPERATOR
        if (voice := voice_of(_cut(signal, item), signal.rate))
    }
    usual = list(voices.values())
    return [
        replace(item, loudness=loudness(voices[index], usual))
        if isinstance(item, Heard) and index in voices
        else item
        for index, item in enumerate(heard)
    ]


def _cut(signal: Signal, item: Heard) -> NDArray[np.float32]:
    start, end = (max(0, round(at * signal.rate)) for at in (item.start, item.end))
    return signal.samples[start:end]
