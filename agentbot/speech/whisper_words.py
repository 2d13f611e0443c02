"""Utterances and the words decoded from them: whose is a word, and is it a loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Decoded", "Piece", "Placed", "loops", "owner", "unstopped"]

_AHEAD: Final = 0.25
"""Seconds by which the alignment's times lead; tried 0 to 0.4 s on recorded calls, the words
dealt to the wrong utterance were fewest here (syllable errors 24.5 % at 0, 16.6 % at 0.25)."""
_LOOP: Final = 4
"""So many repetitions in a row of the same one to four tokens are a loop."""


_STRAY: Final = frozenset("?,.!，。？！、… ")
"""Stops at the beginning belong to the utterance before."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One utterance to be decoded: seconds in the leg, and its sound at 16 kHz."""

    start: float
    end: float
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placed:
    """A word at its time in the leg."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """The words of one piece."""

    piece: Piece
    words: tuple[Placed, ...]
    looped: bool = False

    @property
    def text(self) -> str:
        """All words."""
        return "".join(w.text for w in self.words).strip()

    @property
    def confidence(self) -> float:
        """The words' geometric mean probability, 0..1."""
        if not self.words:
            return 0.0
        return float(np.exp(np.mean([np.log(max(w.probability, 1e-6)) for w in self.words])))


def owner(word: Placed, spans: Sequence[tuple[float, float]]) -> int:
    """The piece whose sound a word overlaps most; in a silence, the next one.

    The alignment runs ahead of the sound by `_AHEAD`.
    """
    overlaps = [
        min(word.end + _AHEAD, end) - max(word.start + _AHEAD, start) for start, end in spans
    ]
    best = max(range(len(spans)), key=lambda i: (overlaps[i], i))
    if overlaps[best] > 0:
        return best
    return next((i for i, (_, end) in enumerate(spans) if word.end + _AHEAD <= end), len(spans) - 1)


def unstopped(words: Sequence[Placed]) -> tuple[Placed, ...]:
    """Words without the stops that the utterance before has left at their head."""
    kept = list(words)
    while kept and set(kept[0].text) <= _STRAY:
        kept.pop(0)
    return tuple(kept)


def loops(tokens: Sequence[int]) -> bool:
    """Whether the same few tokens come again and again without end."""
    for size in (1, 2, 3, 4):
        run = 1
        for i in range(size, len(tokens) - size + 1, size):
            run = run + 1 if tokens[i : i + size] == tokens[i - size : i] else 1
            if run > _LOOP:
                return True
    return False
