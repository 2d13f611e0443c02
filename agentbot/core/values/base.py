"""The one shape that all kinds of value share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = [
    "CERTAIN",
    "DOUBTFUL",
    "SLIP",
    "Comparison",
    "Reading",
    "ValueKind",
    "corrects",
    "last_match",
]

import re

SLIP = r"(?<![没不])(?:[看瞅瞧]我这?(?:记性|脑子|嘴|眼神)|口误|嘴瓢|看串行|[说念记看写搞弄](?:岔|反|串|混|漏)了?|错了错了|不好意思[，,]?(?:应该)?是)"
"""What people say who find that they said something wrong."""
_CORRECTION = re.compile(
    rf"{SLIP}|不对|不是|不不|(?<![没不])(?:错了|[说听弄搞记写]错)|更正|纠正|改成|改为|应该是|哦不|噢不|不，|没听清"
)


CERTAIN = 0.96
"""Trust from which words are as good as written down; below it a recogniser may have garbled them."""
DOUBTFUL = 0.38
"""How alike values are whose difference may be the recogniser's; the caller's objection settles it."""


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place where a pattern fits."""
    found = list(pattern.finditer(text))
    return found[-1] if found else None


def corrects(text: str) -> re.Match[str] | None:
    """The last word of correction in a text (`不对`, `说错了`), if there is one."""
    return last_match(_CORRECTION, text)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as understood from one or several utterances of one leg."""

    value: str
    """Normal form, for people and for comparison."""
    parts: tuple[tuple[str, str], ...]
    """(place, text) in order: `("building", "12")`."""
    strength: float
    """0..1: how surely the words are such a value at all, whatever was asked."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A caller's reading against an operator's."""

    same: float
    """0..1: 1 is certainly the same, 0 certainly another, 0.5 cannot be told."""
    place: str = ""
    caller: str = ""
    operator: str = ""
    values: tuple[str, str] | None = None
    """Whole values that a second look found likelier than those first heard."""


class ValueKind(Protocol):
    """How one kind of value is understood. All methods are pure."""

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The value in a text; `asked`: it answers the question for it."""

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The value after the speaker corrected it with `text`; None: no correction of it."""

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The operator's repetition of `given` in `text`; None: there is none."""

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Same value or not; `trust` 0..1 is how far the words can be believed."""
