"""Whether a frame of a leg may be speech: its power first, the voice detector where that is worth its cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.speech.vad import RATE
from agentbot.speech.voice import VoiceDetector

__all__ = ["Background", "Voice"]

_VOICED: Final = 0.35
"""Low: a shut gate loses words, an open one costs only time."""
_MEMORY: Final = 250
"""Frames (8 s) of which the quiet tenth is the background."""
_BACKGROUND: Final = 1e-6
"""Power (-60 dB) of the background until it is known."""
_KNOWN: Final = 30
"""Frames after which it is."""


class Background:
    """The power of a leg where nobody speaks."""

    def __init__(self) -> None:
        self._powers: deque[float] = deque(maxlen=_MEMORY)
        self._floor = _BACKGROUND
        self._age = 0

    def after(self, power: float) -> float:
        """The background once a frame of this power was heard."""
        self._powers.append(power)
        self._age += 1
        if len(self._powers) >= _KNOWN and self._age % 8 == 0:
            self._floor = sorted(self._powers)[len(self._powers) // 10]
        return self._floor


class Voice:
    """Silero's detector where it is worth its cost: a frame that is loud, and some before it."""

    def __init__(self, rate: int) -> None:
        self._up: Callable[[NDArray[np.float32]], NDArray[np.float32]] = (
            (lambda frame: frame) if rate == RATE else lambda frame: soxr.resample(frame, rate, RATE, "QQ")
        )  # fmt: skip
        self._detector = VoiceDetector()
        self._before: deque[NDArray[np.float32]] = deque(maxlen=3)
        self._warm = 0

    def heard(self, frame: NDArray[np.float32], *, loud: bool) -> bool:
        """Whether somebody speaks in a frame; frames come one after the other."""
        if not loud:
            # Some frames on, so that the detector hears how a sound goes on.
            self._warm = max(0, self._warm - 1)
            if not self._warm:
                self._before.append(frame)
                return False
        elif not self._warm:
            self._detector.reset()
            self._ask(self._before)
            self._before.clear()
        if loud:
            self._warm = 6
        return self._ask((frame,)) >= _VOICED

    def _ask(self, frames: Sequence[NDArray[np.float32]] | deque[NDArray[np.float32]]) -> float:
        found = 0.0
        for frame in frames:
            up = np.zeros(512, np.float32)
            sound = self._up(frame)[:512]
            up[: len(sound)] = sound
            found = self._detector.process_samples(up.tolist())
        return found
