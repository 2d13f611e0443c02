"""Sound that can be told apart, and how much of it came through."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rig.g711 import FRAME, TO_SAMPLES, encode
from rig.rtp import Rtp

Samples = NDArray[np.int16]


def noise(seed: int, seconds: float) -> Samples:
    """Never the same for two seeds, each level one that G.711 has, each frame unlike any other."""
    levels = TO_SAMPLES[np.abs(TO_SAMPLES) < 8_000]
    return np.random.default_rng(seed).choice(levels, round(seconds * 8_000))


def likeness(heard: Samples, said: Samples) -> float:
    """Correlation where they fit best, -1..1."""
    a, b = heard.astype(float), said.astype(float)
    size = len(a) + len(b)
    product = np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size))
    lag = int(np.argmax(np.fft.irfft(product, size)))
    lag = lag - size if lag >= len(a) else lag
    a, b = (a[lag:], b) if lag >= 0 else (a, b[-lag:])
    length = min(len(a), len(b))
    return float(np.corrcoef(a[:length], b[:length])[0, 1]) if length > FRAME else 0.0


def broken(speaker: Rtp, listener: Rtp, said: Samples) -> str:
    """What the listener lost of this noise, frame by frame; empty when it lost nothing.

    Every frame between the first and the last that came must have come, once and in order.
    """
    sent = [payload for _, payload in speaker.sent]
    number = {payload: at for at, payload in enumerate(sent) if payload in _frames(said)}
    came = [number[packet.payload] for packet in listener.heard if packet.payload in number]
    if len(came) < len(number) / 2:
        return f"{len(came)} of {len(number)} frames came"
    wrong = [(a, b) for a, b in pairwise(came) if b != a + 1]
    return f"after frame {wrong[0][0]} came {wrong[0][1]} ({len(wrong)} breaks)" if wrong else ""


def longest_gap(listener: Rtp) -> float:
    """Seconds without a packet, at worst."""
    return max(b.at - a.at for a, b in pairwise(listener.heard))


def _frames(said: Samples) -> set[bytes]:
    raw = encode(said)
    return {raw[start : start + FRAME] for start in range(0, len(raw), FRAME)}
