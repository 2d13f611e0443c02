"""The book of one call: what the operator did and what the caller gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentbot.core.cues import CueHit
from agentbot.core.events import Heard, Leg
from agentbot.core.values.base import Reading

__all__ = ["Book", "Given", "Hit", "Repeated"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A step's cue heard from the operator."""

    step: str
    heard: Heard
    cue: CueHit
    """Its places are counted in signs from the beginning of the turn."""
    order: int
    """Position among all that was heard."""
    rest: str = ""
    """The words of the same sentence from the cue on."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value given or corrected by the caller."""

    field: str
    reading: Reading
    heard: tuple[Heard, ...]
    correction: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Repeated:
    """A value repeated by the operator."""

    field: str
    reading: Reading
    heard: tuple[Heard, ...]
    order: int
    confirmed: bool | None = None

    @property
    def start(self) -> float:
        """Seconds."""
        return self.heard[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.heard[-1].end


@dataclass(slots=True)
class Book:
    """Everything that was found out."""

    hits: list[Hit] = field(default_factory=list)
    doubtful: list[Hit] = field(default_factory=list)
    given: dict[str, list[Given]] = field(default_factory=dict)
    repeated: dict[str, list[Repeated]] = field(default_factory=dict)
    retold: set[str] = field(default_factory=set)
    """Fields whose read-back the caller objected to, and the operator took it in words not understood."""
    pointed: set[str] = field(default_factory=set)
    """Numbers that the caller pointed to and did not say (就这个号码)."""
    refused: set[str] = field(default_factory=set)
    replied: dict[str, tuple[Heard, ...]] = field(default_factory=dict)
    """Field id to the words that answered its question without being understood."""
    explained: set[tuple[float, float]] = field(default_factory=set)
    """Operator utterances (start, end) that did something known."""
    order: dict[tuple[Leg, float, float], int] = field(default_factory=dict)
    """(leg, start, end) of each utterance to its position in the call."""
    answered: dict[str, Heard] = field(default_factory=dict)
    """Field id to an operator's utterance, of no known step, straight before it was given."""

    def has(self, step: str) -> bool:
        """Whether a cue of the step was heard."""
        return any(h.step == step for h in self.hits)
