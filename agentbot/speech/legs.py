"""Which channel is whose: what sound tells of two channels, and what words tell.

Sound tells one channel from two, a silent channel, and the same signal twice (also late,
weaker or inverted). Who of two speakers is the operator only words can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

__all__ = ["Assignment", "Layout", "assign_by_words", "has_speech_level", "layout_of", "likeness"]

Samples = NDArray[np.float32]

_FRAME_SECONDS: Final = 0.02
_FRAMES_AT_ONCE: Final = 4_096
_SILENT_DB: Final = -60.0
"""Loudest half second below this (dB of full scale): nobody can be heard."""
_STEADY_DB: Final = 6.0
"""Loudest half second less than this above the quiet fifth: a hum or noise, not talk."""
_SAME: Final = 0.8
_WINDOW_SECONDS: Final = 8.0
_WINDOWS: Final = 12
_LAG_SECONDS: Final = 1.0


class Layout(StrEnum):
    """How the two legs lie in the recording."""

    APART = "apart"
    MONO = "mono"
    SAME_TWICE = "same_twice"
    LEFT_SILENT = "left_silent"
    RIGHT_SILENT = "right_silent"
    SILENT = "silent"


def layout_of(left: Samples, right: Samples, rate: int) -> Layout:
    """What two channels of one length hold, by their sound alone."""
    left_speaks, right_speaks = has_speech_level(left, rate), has_speech_level(right, rate)
    if not left_speaks and not right_speaks:
        return Layout.SILENT
    if left_speaks and right_speaks:
        return Layout.SAME_TWICE if likeness(left, right, rate) >= _SAME else Layout.APART
    return Layout.LEFT_SILENT if right_speaks else Layout.RIGHT_SILENT


def has_speech_level(samples: Samples, rate: int) -> bool:
    """Does the channel rise and fall as talk does, above the level of silence?"""
    frames = _frame_power(samples, max(1, round(rate * _FRAME_SECONDS)))
    half_second = round(0.5 / _FRAME_SECONDS)
    loud = np.sort(frames)[-half_second:]
    loud_db = 10 * np.log10(loud.mean() + 1e-12)
    quiet_db = 10 * np.log10(np.percentile(frames, 20) + 1e-12)
    return bool(loud_db > _SILENT_DB and loud_db - quiet_db > _STEADY_DB)


def _frame_power(samples: Samples, frame: int) -> NDArray[np.float64]:
    whole = len(samples) // frame * frame
    if whole == 0:
        return np.zeros(1)
    frames = samples[:whole].reshape(-1, frame)
    # A constant offset is no sound. Piece by piece: a long call is not copied as a whole.
    pieces = [
        frames[at : at + _FRAMES_AT_ONCE].astype(np.float64).var(axis=1)
        for at in range(0, len(frames), _FRAMES_AT_ONCE)
    ]
    return np.concatenate(pieces)


def likeness(first: Samples, second: Samples, rate: int) -> float:
    """How far one signal explains the other, 0..1, whatever delay (≤ 1 s), level or sign.

    Looks at the loudest stretches only, so that hours cost as little as minutes.
    """
    window = min(round(_WINDOW_SECONDS * rate), len(first), len(second))
    if window == 0:
        return 0.0
    starts = range(0, len(first) - window + 1, window)
    power = [
        float(np.var(first[at : at + window]) + np.var(second[at : at + window])) for at in starts
    ]
    loudest = sorted(np.argsort(power)[::-1][:_WINDOWS])
    size = 1 << (2 * window - 1).bit_length()
    cross = np.zeros(size // 2 + 1, np.complex128)
    energy = np.zeros(2)
    for index in loudest:
        at = starts[index]
        one, two = (signal[at : at + window].astype(np.float64) for signal in (first, second))
        one, two = one - one.mean(), two - two.mean()
        cross += np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size))
        energy += (one @ one, two @ two)
    if not energy.all():
        return 0.0
    lags = np.abs(np.fft.irfft(cross, size))
    most = min(round(_LAG_SECONDS * rate), window - 1)
    peak = max(lags[: most + 1].max(), lags[size - most :].max())
    return float(min(1.0, peak / np.sqrt(energy.prod())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who is the operator, by what was said."""

    operator: str | None
    """Name of the channel; None: the words do not tell."""
    confidence: float
    """0..1; below 0.5 `operator` is None."""
    why: str
    """One sentence."""


_GOOD: Final = 65.0
_ENOUGH: Final = 0.5
_FIRST_WEIGHT: Final = 0.5
_SHORTEST: Final = 4


def assign_by_words(
    texts: Mapping[str, Sequence[str]],
    operator_wordings: Sequence[str],
    first: str | None = None,
) -> Assignment:
    """Tell the operator's channel by the script's wordings.

    `texts` holds the utterances of both channels by channel name, `operator_wordings` what
    the script lets the operator say, `first` the channel that spoke first, which weighs
    half a wording for the operator (who answers, or opens an outbound call).
    """
    wordings = [
        syllables for text in operator_wordings if len(syllables := _syllables(text)) >= _SHORTEST
    ]
    evidence: dict[str, float] = {}
    found: dict[str, int] = {}
    for channel, lines in texts.items():
        said = [syllables for line in lines if (syllables := _syllables(line))]
        # Sentences are split and merged at the recogniser's will: neighbours count as one.
        said += [(*one, *two) for one, two in pairwise(said)]
        scores = [_best(wording, said) for wording in wordings]
        evidence[channel] = sum(scores)
        found[channel] = sum(score > 0 for score in scores)
    if first in evidence:
        evidence[first] += _FIRST_WEIGHT
    ranked = sorted(evidence, key=lambda channel: (-evidence[channel], channel))
    if len(ranked) < 2 or not wordings:
        return Assignment(operator=None, confidence=0.0, why="there is nothing to compare")
    best, other = ranked[:2]
    lead, total = evidence[best] - evidence[other], evidence[best] + evidence[other]
    # Little evidence is no certainty: a single wording heard well gives one half.
    confidence = lead / (total + 1.0)
    counts = (
        f"{best} says {found[best]} and {other} {found[other]} of the operator's {len(wordings)} wordings"
        + (f", {first} speaks first" if first else "")
    )
    if confidence < _ENOUGH:
        return Assignment(
            operator=None, confidence=confidence, why=f"the words do not tell: {counts}"
        )
    return Assignment(operator=best, confidence=confidence, why=counts)


@lru_cache(maxsize=4096)
def _syllables(text: str) -> tuple[str, ...]:
    letters = "".join(char for char in text if char.isalnum())
    return tuple(lazy_pinyin(letters))


def _best(wording: tuple[str, ...], said: Sequence[tuple[str, ...]]) -> float:
    """0..1: how well the wording was said by the best line; a line too short to hold it does not count."""
    enough = len(wording) * 0.6
    scores = (fuzz.partial_ratio(wording, line) for line in said if len(line) >= enough)
    return max(0.0, (max(scores, default=0.0) - _GOOD) / (100 - _GOOD))
