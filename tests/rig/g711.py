"""A-law, from the definition of G.711: what a phone sends and hears."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FRAME = 160
"""Samples in 20 ms at 8 kHz."""


def _expand() -> NDArray[np.int16]:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = np.where(
        exponent == 0, mantissa * 16 + 8, (mantissa * 16 + 264) << np.maximum(exponent - 1, 0)
    )
    return np.where(code & 0x80, size, -size).astype(np.int16)


TO_SAMPLES = _expand()
_ORDER = np.argsort(TO_SAMPLES, kind="stable")
_BETWEEN = (TO_SAMPLES[_ORDER][1:].astype(int) + TO_SAMPLES[_ORDER][:-1]) / 2
SILENCE = bytes((0xD5,)) * FRAME


def encode(samples: NDArray[np.int16]) -> bytes:
    """Each sample as the nearest of the 256 there are."""
    return _ORDER[np.searchsorted(_BETWEEN, samples)].astype(np.uint8).tobytes()


def decode(payload: bytes) -> NDArray[np.int16]:
    return TO_SAMPLES[np.frombuffer(payload, np.uint8)]
