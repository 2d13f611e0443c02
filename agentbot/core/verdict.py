"""What comes out: the verdict on one call, as QA signs it and as JSON carries it.

Field names are those of the published JSON (`agentbot schema`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "CallVerdict",
    "Difference",
    "FieldResult",
    "FieldVerdict",
    "Finding",
    "FindingKind",
    "GreetingResult",
    "Line",
    "Severity",
    "Span",
    "StepResult",
    "StepVerdict",
]


class StepVerdict(StrEnum):
    """Was the step taken? `cannot_tell` is no accusation."""

    DONE = "done"
    MISSED = "missed"
    WRONG = "wrong"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"


class FieldVerdict(StrEnum):
    """Did the operator's repetition carry the caller's value?"""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NOT_READ_BACK = "not_read_back"
    CANNOT_TELL = "cannot_tell"
    ANSWERED = "answered"
    """For a field that is asked and not read back (a choice, a score)."""
    NOT_APPLICABLE = "not_applicable"
    """The caller never gave it, or the script's path did not come by."""


class Severity(StrEnum):
    """How much a finding weighs; the worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class FindingKind(StrEnum):
    """What a finding is about."""

    MISSED_STEP = "missed_step"
    WRONG_GREETING = "wrong_greeting"
    WRONG_WORDING = "wrong_wording"
    READBACK_MISMATCH = "readback_mismatch"
    READBACK_SLIP = "readback_slip"
    """A wrong read-back that was then put right."""
    FORBIDDEN_PHRASE = "forbidden_phrase"
    OUT_OF_ORDER = "out_of_order"
    LATE = "late"
    LONG_SILENCE = "long_silence"
    INTERRUPTION = "interruption"
    SHOUTING = "shouting"
    SLOW_ANSWER = "slow_answer"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of the call, in seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingResult:
    """Which greeting was due and which was said (None: none was, or it cannot be told)."""

    variant_due: str | None
    variant_said: str | None
    text_due: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step of the script on this call."""

    step: str
    label: str
    verdict: StepVerdict
    out_of_order: bool = False
    late: bool = False
    start: float | None = None
    end: float | None = None
    heard: str | None = None
    """The words that decided it."""
    confidence: float = 0.0
    """0..1, of the verdict."""
    reason: str = ""
    """One sentence, in the language of the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where two values part."""

    place: str
    """Machine-readable: `digit 7`, `community`, `building`, `unit`, `room`, `surname`, `given`, `term`."""
    caller: str
    operator: str
    text: str
    """The same as a sentence, in the language of the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldResult:
    """What the caller gave and what the operator repeated."""

    label: str
    caller_value: str | None
    readback_value: str | None
    verdict: FieldVerdict
    confirmed: bool | None = None
    """The caller agreed (True), objected (False), or neither was heard (None)."""
    difference: Difference | None = None
    confidence: float = 0.0
    caller_at: Span | None = None
    readback_at: Span | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing QA should look at, with the place to listen."""

    kind: FindingKind
    step: str | None
    field: str | None
    at: float | None
    """Seconds from the start of the call; None: nowhere in particular (a missed step)."""
    severity: Severity
    points: float
    """Taken off the score."""
    evidence: str
    """The words heard, or why the absence is certain."""
    message: str
    """One sentence, in the language of the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the transcript."""

    channel: str
    start: float
    end: float
    text: str
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVerdict:
    """Everything agentbot says of one call."""

    call_id: str
    script: str
    seat: str | None
    started_at: str | None
    """ISO 8601."""
    engine: str
    """Recogniser and model that heard the call, or `transcript`."""
    greeting: GreetingResult
    steps: tuple[StepResult, ...]
    fields: dict[str, FieldResult]
    findings: tuple[Finding, ...]
    score: float | None
    """100 less the points of the findings, at least 0; None: nothing could be judged."""
    transcript: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
    """About the recording (mono, swapped legs), the calendar, and the like."""
    duration: float = 0.0
    """Seconds."""
    audio: dict[str, str] = field(default_factory=dict)
    """How the recording came: `channels`, `operator_channel`, … as found out or given."""
