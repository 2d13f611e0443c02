"""What the speech tests share: tiny models, talk that is no speech, a folder for models."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
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


@pytest.fixture(scope="session")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], NDArray[np.float32]]:
    """Synthetic Korean speech: text and rate to samples."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng, which makes the speech, is not installed")
    folder = tmp_path_factory.mktemp("korean")

    def speak(text: str, rate: int) -> NDArray[np.float32]:
        file = folder / "said.wav"
        subprocess.run(["espeak-ng", "-v", "ko", "-s", "130", "-w", file, text], check=True)
        samples, own = soundfile.read(file, dtype="float32")
        return soxr.resample(samples, own, rate)

    return speak
