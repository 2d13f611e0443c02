"""Small calls made for these tests: as transcripts, and as recordings with known speech."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg
from agentbot.speech.base import Signal

RATE = 8_000
LOUD = {Leg.CALLER: 0.1, Leg.OPERATOR: 0.3}
"""Peak by which `Listed` knows who is on a channel."""

GOOD = (
    ("operator", "您好，大龙供暖报修，幺零八号为您服务，请问您有什么问题？"),
    ("caller", "我家暖气不热。"),
    ("operator", "您家暖气不热，对吗？"),
    ("caller", "对。"),
    ("operator", "请问您的具体地址？"),
    ("caller", "幸福里小区三号楼二单元五零一。"),
    ("operator", "幸福里小区三号楼二单元五零一，对吗？"),
    ("caller", "对。"),
    ("operator", "请问您的姓名？"),
    ("caller", "我叫张伟。"),
    ("operator", "张伟，对吗？"),
    ("caller", "对。"),
    ("operator", "请留一下联系电话？"),
    ("caller", "幺三八零零幺三八零零零。"),
    ("operator", "幺三八零零幺三八零零零，对吗？"),
    ("caller", "对。"),
    ("operator", "好！维修人员会尽快跟您联系。感谢您的来电。再见！"),
)


def utterances(lines: Sequence[tuple[str, str]] = GOOD) -> list[dict[str, Any]]:
    """The lines one after the other, a quarter of a second a character."""
    at, said = 0.5, []
    for channel, text in lines:
        end = at + 0.25 * len(text)
        said.append({"channel": channel, "start": at, "end": end, "text": text})
        at = end + 0.5
    return said


def heard(lines: Sequence[tuple[str, str]] = GOOD) -> list[Heard]:
    """The same as events, as sure as a good recogniser."""
    return [
        Heard(leg=Leg(u["channel"]), start=u["start"], end=u["end"], text=u["text"], confidence=0.9)
        for u in utterances(lines)
    ]


def write_transcript(path: Path, lines: Sequence[tuple[str, str]] = GOOD) -> Path:
    """A transcript file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"utterances": utterances(lines)}), encoding="utf-8")
    return path


def write_recording(
    path: Path, left: Leg = Leg.CALLER, lines: Sequence[tuple[str, str]] = GOOD
) -> Path:
    """A recording with noise where somebody speaks, each leg at its own loudness."""
    said = utterances(lines)
    random = np.random.default_rng(1)
    legs = {leg: np.zeros(round((said[-1]["end"] + 1) * RATE), np.float32) for leg in Leg}
    for one in said:
        leg = Leg(one["channel"])
        start, end = round(one["start"] * RATE), round(one["end"] * RATE)
        syllables = np.abs(np.sin(np.arange(end - start) * 4 * np.pi / RATE))
        legs[leg][start:end] = LOUD[leg] * syllables * random.uniform(-1, 1, end - start)
    right = Leg.OPERATOR if left is Leg.CALLER else Leg.CALLER
    soundfile.write(path, np.stack([legs[left], legs[right]], axis=1), RATE, subtype="PCM_16")
    return path


class Listed:
    """A recogniser that hears what it was told, on the channel that is loud enough for it."""

    def __init__(self, events: Sequence[Heard], answers: Mapping[str, Event] | None = None) -> None:
        self.name = "listed"
        self.events, self.answers = events, dict(answers or {})
        self.asked: list[Doubt] = []

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        assert all(isinstance(word, str) for word in hot_words)
        real = {
            leg: Leg.CALLER if np.abs(legs[leg].samples).max() < 0.2 else Leg.OPERATOR
            for leg in legs
        }
        return [
            Heard(
                leg=leg,
                start=event.start,
                end=event.end,
                text=event.text,
                confidence=event.confidence,
            )
            for event in self.events
            for leg in legs
            if real[leg] is event.leg
        ]

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        assert set(legs) == set(Leg)
        self.asked.extend(doubts)
        return []
