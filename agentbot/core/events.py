"""What can come in: everything the engine ever learns of a call.

Times are seconds from the start of the call (the moment of answer), as `float`.
Time itself is an event (`Tick`): the engine never reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "AudioLost",
    "CallEnded",
    "CallStarted",
    "Event",
    "GreetingDue",
    "GreetingVariant",
    "Heard",
    "Held",
    "Leg",
    "LossCause",
    "Rescored",
    "Resumed",
    "Sought",
    "Tick",
    "Word",
]


class Leg(StrEnum):
    """The two sides of a call."""

    CALLER = "caller"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingVariant:
    """One wording of the greeting, filled in for this seat."""

    id: str
    """Name of the variant: `plain`, `new-year`, …"""
    text: str
    """What must be said, the operator's number filled in."""
    marks: tuple[str, ...] = ()
    """Words that only this variant has (`新年好`); none for the everyday one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingDue:
    """The greeting that the house wants on this call, and what else might be said."""

    variant: str
    """Id of the variant that is due."""
    why: str
    """One sentence: notice, holiday, hour or plain day."""
    variants: tuple[GreetingVariant, ...]
    """All variants of the set, the due one among them."""
    warning: str | None = None
    """Set when the calendar of that year is not known and a rule was used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word (or character) as the recogniser timed it."""

    text: str
    start: float
    end: float
    confidence: float
    """0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """The call was answered; `at` is 0 by definition of the time axis."""

    call_id: str
    seat: str | None = None
    """The operator's number, as said in the greeting."""
    greeter: str | None = None
    """The number said in the greeting, where another operator greeted and put the call through."""
    started_at: datetime | None = None
    greeting: GreetingDue | None = None
    ring_seconds: float | None = None
    """How long it rang before the answer; None: unknown."""
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance of one leg, as recognised.

    A later `Heard` with the same leg and start replaces the earlier one (a partial that
    grew, or a second look that heard better). A partial without text takes back what was heard.
    """

    leg: Leg
    start: float
    end: float
    text: str
    confidence: float | None = None
    """0..1; None: the source gives none (a transcript of a person)."""
    words: tuple[Word, ...] = ()
    alternatives: tuple[str, ...] = ()
    """Other readings of the same sound, best first, without `text` itself."""
    final: bool = True
    at: float | None = None
    """Arrival; None: at `end`."""
    loudness: float | None = None
    """dB above what this leg's voice usually is; None: not measured, or it cannot be told."""


class LossCause(StrEnum):
    """Why speech may have been there and not been heard."""

    GAP = "gap"
    NOISE = "noise"
    UNRECOGNISED = "unrecognised"
    NOT_TAPPED = "not_tapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLost:
    """A stretch of one leg in which speech may have been missed by the recogniser."""

    leg: Leg
    start: float
    end: float
    cause: LossCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """A second look's answer to a `core.doubts.ValueDoubt`.

    For each candidate value: the natural log of its likelihood on the caller's and on the
    operator's sound. Only differences between candidates on one leg mean anything.
    """

    field: str
    scores: tuple[tuple[str, float, float], ...]
    """(candidate value, caller log-likelihood, operator log-likelihood)."""
    at: float
    caller: tuple[str, ...] = ()
    """Other readings of the caller's stretch that are hardly less likely, the best first."""
    operator: tuple[str, ...] = ()
    """The same of the operator's stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A second look's answer to a `core.doubts.StepDoubt`."""

    step: str
    start: float
    """Where the stretch began that was listened to again."""
    likelihood: float
    """Natural log of the likelihood a token of the step's likeliest wording there."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A party was put on hold: what is said until `Resumed` may not be heard."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The hold ended."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed."""

    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """The call is over; the verdict is final after it."""

    at: float


Event = CallStarted | Heard | AudioLost | Rescored | Sought | Held | Resumed | Tick | CallEnded
