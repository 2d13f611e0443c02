"""Speech made of two tones, for models that know two words: 低 (400 Hz) and 高 (2,500 Hz)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HERTZ = {"低": 400.0, "高": 2_500.0}


def say(
    text: str, rate: int = 8_000, seconds: float = 0.5, pause: float = 0.0
) -> NDArray[np.float32]:
    """The words in turn, each `seconds` long, `pause` between them; a blank is a second of silence."""
    time = np.arange(round(seconds * rate)) / rate
    quiet = np.zeros(round(pause * rate), np.float32)
    parts: list[NDArray[np.float32]] = []
    for word in text:
        if word == " ":
            parts.append(np.zeros(rate, np.float32))
        else:
            parts += [
                np.float32(0.3) * np.sin(2 * np.pi * HERTZ[word] * time).astype(np.float32),
                quiet,
            ]
    return np.concatenate(parts)
