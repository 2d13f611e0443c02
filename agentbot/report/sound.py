"""The sound of a call in a form that a page can carry: playable, seekable, bounded.

FLAC first: Chromium, Firefox and Safari play it, the file holds exactly what the
recogniser heard, it seeks to the sample, and it is packed some 2000 times faster than
real time. It takes about 0.8 MB a minute, so a long call becomes MP3 at a constant
bitrate instead, the other form that all three play (at 16 kHz: below that Safari is not
documented to). Opus would be smaller, but Safari plays its Ogg form only since 2025 and
libsndfile numbers Ogg streams at random, so the same call would give other bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Leg

__all__ = ["MOST_BYTES", "LegSound", "Sound", "sound"]

MOST_BYTES = 8 << 20
"""A page never carries more sound than this (before base64)."""

_RATES = (8000, 16000)
_MP3_RATE = 16000
_MP3_RANGE = (8, 160)
"""libsndfile spreads its compression level linearly over these kbit/s at 16 kHz."""
_MP3_BITRATES = (32, 24, 16)
"""kbit/s for both legs; the best that fits is taken."""
_PEAKS_PER_SECOND = 25
_MOST_PEAKS = 3000
_BLOCK = 1 << 20


class LegSound(Protocol):
    """What is asked of one leg's sound; `speech.base.Signal` is one."""

    @property
    def samples(self) -> NDArray[np.float32]:
        """Mono, -1..1."""

    @property
    def rate(self) -> int:
        """Hertz."""

    @property
    def seconds(self) -> float:
        """Length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Both legs, packed for a page."""

    audio: bytes
    """Caller left, operator right; empty when the call is too long for a page."""
    mime: str
    """`audio/flac` or `audio/mpeg`."""
    peaks: Mapping[Leg, tuple[tuple[int, int], ...]]
    """Lowest and highest sample per stretch, -100..100; stretches of equal length."""
    seconds: float
    """Length of the longer leg."""


def sound(legs: Mapping[Leg, LegSound]) -> Sound:
    """Pack the legs for a page; a leg that is missing or shorter is silent there.

    Deterministic: the same samples give the same bytes. Bounded: at most `MOST_BYTES`.
    """
    seconds = max((leg.seconds for leg in legs.values()), default=0.0)
    rate = _RATES[0] if all(leg.rate <= _RATES[0] for leg in legs.values()) else _RATES[1]
    stereo = _stereo(legs, rate, seconds)
    mime, audio = _packed(stereo, rate)
    return Sound(
        audio=audio,
        mime=mime,
        peaks={leg: _peaks(stereo[:, side], seconds) for side, leg in enumerate(Leg)},
        seconds=seconds,
    )


def _stereo(legs: Mapping[Leg, LegSound], rate: int, seconds: float) -> NDArray[np.float32]:
    stereo = np.zeros((max(1, round(seconds * rate)), len(Leg)), np.float32)
    for side, name in enumerate(Leg):
        if name not in legs or not len(legs[name].samples):
            continue
        samples = np.nan_to_num(legs[name].samples, posinf=1.0, neginf=-1.0)
        if legs[name].rate != rate:
            samples = soxr.resample(samples, legs[name].rate, rate)
        samples = samples[: len(stereo)]
        np.clip(samples, -1.0, 1.0, out=stereo[: len(samples), side])
    return stereo


def _packed(stereo: NDArray[np.float32], rate: int) -> tuple[str, bytes]:
    # FLAC takes 6 to 7 bits a sample on telephone lines; longer than this never fits.
    if stereo.size < 2 * MOST_BYTES:
        out = io.BytesIO()
        sf.write(out, stereo, rate, format="FLAC", subtype="PCM_16", compression_level=0.5)
        if out.tell() <= MOST_BYTES:
            return "audio/flac", out.getvalue()
    seconds = len(stereo) / rate
    for bitrate in _MP3_BITRATES:
        if bitrate * 125 * (seconds + 1) <= MOST_BYTES:
            return "audio/mpeg", _mp3(stereo, rate, bitrate)
    return "audio/mpeg", b""


def _mp3(stereo: NDArray[np.float32], rate: int, bitrate: int) -> bytes:
    """Block by block: calls that come here are long."""
    low, high = _MP3_RANGE
    out = io.BytesIO()
    up = soxr.ResampleStream(rate, _MP3_RATE, len(Leg), dtype="float32")
    with sf.SoundFile(
        out,
        "w",
        _MP3_RATE,
        len(Leg),
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",  # seeking by time is exact only so
        compression_level=(high - bitrate) / (high - low),
    ) as file:
        for at in range(0, len(stereo), _BLOCK):
            block = stereo[at : at + _BLOCK]
            file.write(up.resample_chunk(block, last=at + _BLOCK >= len(stereo)))
    return out.getvalue()


def _peaks(samples: NDArray[np.float32], seconds: float) -> tuple[tuple[int, int], ...]:
    count = int(min(_MOST_PEAKS, len(samples), max(1, seconds * _PEAKS_PER_SECOND)))
    starts = np.linspace(0, len(samples), count, endpoint=False).astype(np.intp)
    low = np.rint(np.minimum.reduceat(samples, starts) * 100).astype(int)
    high = np.rint(np.maximum.reduceat(samples, starts) * 100).astype(int)
    return tuple(zip(low.tolist(), high.tolist(), strict=True))
