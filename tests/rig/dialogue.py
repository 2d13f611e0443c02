"""What the two parties of a call say: from the sample calls, changed and cut, as lines and as sound."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rig.tones import RATE, seconds, sound

from agentbot.core.events import Leg

__all__ = ["Dialogue", "Line"]

SAMPLES: Final = Path(__file__).parents[1] / "samples"
_PAUSE: Final = 0.35
"""Seconds between two lines."""
_LEAD: Final = 1.2
"""Seconds before the first; by then both legs are tapped."""


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance."""

    leg: Leg
    text: str
    shouted: bool = False


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Lines one after the other."""

    lines: tuple[Line, ...]

    @classmethod
    def sample(cls, name: str, seat: str = "") -> Dialogue:
        """A bundled call; `seat`: the number its operator says instead."""
        truth = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
        lines = [Line(Leg(u["channel"]), u["text"]) for u in truth["utterances"]]
        if seat:
            own, other = (_spoken(str(n)) for n in (truth["agent_no"], seat))
            assert own in lines[0].text
            lines[0] = replace(lines[0], text=lines[0].text.replace(own, other))
        return cls(tuple(lines))

    @classmethod
    def of(cls, *said: tuple[Leg, str]) -> Dialogue:
        return cls(tuple(Line(leg, text) for leg, text in said))

    def __add__(self, other: Dialogue) -> Dialogue:
        return Dialogue(self.lines + other.lines)

    def __getitem__(self, part: slice) -> Dialogue:
        return Dialogue(self.lines[part])

    def without(self, *words: str) -> Dialogue:
        """Without each line that has one of these words, and the answer to it."""
        kept = list(self.lines)
        for word in words:
            at = next(n for n, line in enumerate(kept) if word in line.text)
            del kept[at : at + 2]
        return Dialogue(tuple(kept))

    def shouted(self, word: str) -> Dialogue:
        """With the line that has this word said in a raised voice."""
        return Dialogue(tuple(replace(li, shouted=word in li.text) for li in self.lines))

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def sounds(self, book: list[str]) -> dict[Leg, NDArray[np.int16]]:
        """Both legs, equally long."""
        length = _LEAD + sum(seconds(line.text) + _PAUSE for line in self.lines)
        legs = {leg: np.zeros(round(length * RATE), np.int16) for leg in Leg}
        at = _LEAD
        for line in self.lines:
            said = sound(book.index(line.text), line.text, shouted=line.shouted)
            start = round(at * RATE)
            legs[line.leg][start : start + len(said)] = said
            at += seconds(line.text) + _PAUSE
        return legs


def _spoken(number: str) -> str:
    return number.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
