"""What the speech tests share: tiny models, talk that is no speech, a folder for models."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))

Talk = Callable[..., NDArray[np.float32]]


@pytest.fixture
def talk() -> Talk:
    """Makes syllables of coloured noise with pauses between them, other ones for each seed."""

    def make(seed: int, seconds: float = 6.0, rate: int = 8_000) -> NDArray[np.float32]:
        random = np.random.default_rng(seed)
        samples = np.zeros(round(seconds * rate), np.float32)
        at = 0
        while at < len(samples):
            length = round(random.uniform(0.15, 0.4) * rate)
            noise = np.convolve(random.normal(size=length), [0.25, 0.5, 0.25], "same")
            syllable = (0.1 * np.hanning(length) * noise).astype(np.float32)
            end = min(at + length, len(samples))
            samples[at:end] = syllable[: end - at]
            at += length + round(random.uniform(0.1, 0.8) * rate)
        return samples

    return make


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder, and no model of this machine in sight."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AGENTBOT_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("VOSK_MODEL_PATH", str(tmp_path / "vosk"))
    return tmp_path / "models"
