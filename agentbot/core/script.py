"""A script as the engine knows it: steps, cues, fields, rules. Made by `authoring`.

Nothing here knows any particular script; files under `scripts/` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agentbot.core.verdict import Severity

__all__ = [
    "Branch",
    "Choice",
    "Condition",
    "Cue",
    "Deadline",
    "Direction",
    "Field",
    "FieldKind",
    "FollowUp",
    "Forbidden",
    "HandOver",
    "Listening",
    "Script",
    "Step",
    "StepKind",
]


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


class HandOver(StrEnum):
    """What becomes of the script when the call moves to another seat."""

    CONTINUE = "continue"
    """The new operator goes on where the other stopped."""
    RESTART = "restart"
    """The new operator begins anew."""
    GREET = "greet"
    """What the caller said stays known; the new operator greets and reads back."""


class StepKind(StrEnum):
    GREETING = "greeting"
    SAY = "say"
    ASK = "ask"
    READ_BACK = "read_back"


class FieldKind(StrEnum):
    """How a value is understood and compared."""

    PHONE = "phone"
    NUMBER = "number"
    ADDRESS = "address"
    NAME = "name"
    TOPIC = "topic"
    """Free talk, known by key terms (an issue)."""
    CHOICE = "choice"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One way to say a step.

    Either `text` (a wording, matched whole by sound) or `words`: groups of which each must
    be heard within one turn, any member counting (`[[地址, 住址], [请问, 哪, 多少]]`).
    """

    text: str = ""
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer and how callers say it; also a topic and its key terms."""

    value: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something the caller gives."""

    id: str
    label: str
    kind: FieldKind
    choices: tuple[Choice, ...] = ()
    """CHOICE: the answers. TOPIC: the topics with their key terms."""
    minimum: int | None = None
    maximum: int | None = None
    digits: tuple[int, ...] = ()
    """PHONE: lengths that count as complete (11, or 7 and 8 for land lines)."""
    unit: tuple[str, ...] = ()
    """NUMBER: what is counted, in all words for it (`瓶`, `罐`), the usual one first."""
    known: tuple[str, ...] = ()
    """ADDRESS: communities and streets of the district, for recognition and comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A field has one of these values, or a number of at most / at least so much."""

    field: str
    is_in: tuple[str, ...] = ()
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Where to go from a step; without `when`, always."""

    goto: str
    """A step id, or `end`."""
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The step should have begun `within` seconds `after` the answer or another step."""

    within: float
    after: str = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing the operator must do."""

    id: str
    kind: StepKind
    label: str
    say: str = ""
    """The house's words, as a template (`{{ seat }}`, `{{ address }}`), for the prompt."""
    cues: tuple[Cue, ...] = ()
    field: str | None = None
    """ASK: what is asked for. READ_BACK: what is repeated."""
    next: tuple[Branch, ...] = ()
    """Empty: the next step of the file (the last one: `end`)."""
    needed: bool = True
    """False: never reported as missed."""
    volunteer: bool = True
    """ASK: not needed when the caller gave the value unasked."""
    any_time: bool = False
    """True: never out of order."""
    only_on: tuple[str, ...] = ()
    """Greeting variants of the day on which the step is due; empty: every day."""
    deadline: Deadline | None = None
    severity: Severity = Severity.MAJOR
    points: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """Words the operator must not say."""

    id: str
    label: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()
    """Wordings around a phrase that make it harmless (`您知道…吗`); `…` stands for anything."""
    severity: Severity = Severity.MAJOR
    points: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """An answer that somebody must act on."""

    id: str
    label: str
    when: Condition
    severity: Severity = Severity.INFO
    points: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """When silence, interruption, slow answering (seconds) and shouting become findings."""

    long_silence: float = 15.0
    interruption: float = 1.5
    answer_within: float | None = None
    """Ringing time allowed before the answer."""
    shouting: float = 10.0
    """dB above the operator's usual voice. A raised voice is 6 dB above a normal one, a loud
    one 12, a shout 20 (ANSI S3.5-1997)."""
    shouting_severity: Severity = Severity.MAJOR
    shouting_points: float = 10.0
    silence_points: float = 2.0
    interruption_points: float = 2.0
    slow_answer_points: float = 5.0
    order_points: float = 2.0
    late_points: float = 2.0
    slip_points: float = 1.0
    wording_points: float = 2.0
    """Another number than the seat's in the greeting."""
    mismatch_points: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One house script."""

    id: str
    title: str
    direction: Direction
    steps: tuple[Step, ...]
    fields: tuple[Field, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    greeting: str | None = None
    """Id of the greeting set under `greetings/`."""
    hot_words: tuple[str, ...] = ()
    """Words the recogniser should expect, beside those of the cues."""
    listening: Listening = Listening()
    transfer: HandOver = HandOver.CONTINUE
