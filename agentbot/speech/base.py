"""The one protocol all recognisers speak, for recordings and for live sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg

__all__ = [
    "Aside",
    "Partial",
    "Recogniser",
    "Rehearing",
    "Signal",
    "SpeechEnded",
    "SpeechEvent",
    "SpeechStarted",
    "Stream",
    "Unrecognised",
    "Utterance",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """The sound of one leg."""

    samples: NDArray[np.float32]
    """Mono, -1..1."""
    rate: int
    """Hertz."""

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted:
    """The leg began to speak at `at` seconds."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """What has been understood so far of the utterance under way (`heard.final` is False)."""

    heard: Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A finished utterance with word times and confidences where the engine has them."""

    heard: Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded:
    """The leg fell silent at `at` seconds."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    """Somebody spoke, and no words came of it: what was said there cannot be judged."""

    start: float
    end: float


SpeechEvent = SpeechStarted | Partial | Utterance | Unrecognised | SpeechEnded


class Stream(Protocol):
    """One leg being recognised as its sound arrives."""

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples, at the rate the stream was opened with."""

    def finish(self) -> list[SpeechEvent]:
        """The leg is over: whatever is still in the works."""


class Recogniser(Protocol):
    """A loaded engine and model; safe to use from one thread at a time."""

    name: str
    """Engine and model for reports, e.g. `whisper-base`."""

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """All utterances of a whole recording, by start time. Deterministic."""

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Stream:
        """Begin to recognise one leg live."""


@runtime_checkable
class Aside(Protocol):
    """A recogniser whose library decodes in threads of its own."""

    def aside(self) -> Recogniser:
        """The same engine with threads that have the priority of the thread that asks."""


@runtime_checkable
class Rehearing(Protocol):
    """A recogniser that can take a second, stronger look at doubtful stretches."""

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """Answers to the doubts it can settle, as events for the engine."""
