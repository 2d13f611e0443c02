"""Whisper base, loaded once for all tests, and the bundled sample calls as it takes them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import soundfile

from agentbot.core.events import Heard, Leg
from agentbot.speech.base import Signal
from agentbot.speech.models import whisper_base_folder
from agentbot.speech.whisper import WhisperRecogniser

SAMPLES = Path(__file__).parent.parent / "samples"
WRONG_DIGIT = "repair-wrong-digit.ogg"


@lru_cache(maxsize=1)
def whisper() -> WhisperRecogniser:
    """The recogniser of these tests; both legs at once."""
    return WhisperRecogniser(whisper_base_folder(), threads=2)


def legs(name: str, start: float = 0.0, end: float | None = None) -> dict[Leg, Signal]:
    """Both legs of a sample, from `start` to `end` seconds."""
    both, rate = soundfile.read(SAMPLES / name, dtype="float32", always_2d=True)
    last = len(both) if end is None else round(end * rate)
    cut = both[round(start * rate) : last]
    return {leg: Signal(samples=cut[:, at].copy(), rate=rate) for at, leg in enumerate(Leg)}


def truth(name: str, end: float = float("inf")) -> list[Heard]:
    """What is said in a sample up to `end` seconds."""
    said = json.loads((SAMPLES / name).with_suffix(".json").read_text(encoding="utf-8"))
    return [
        Heard(leg=Leg(u["channel"]), start=u["start"], end=u["end"], text=u["text"])
        for u in said["utterances"]
        if u["end"] < end
    ]
