"""What the seat's page shows: one frozen picture, drawn anew with each change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agentbot.core.verdict import FieldVerdict, Severity
from agentbot.core.wording import LANGUAGES

__all__ = [
    "Alert",
    "AlertKind",
    "FieldView",
    "LineView",
    "Outcome",
    "Piece",
    "PromptView",
    "SeatState",
    "SeatView",
    "StepState",
    "StepView",
]


class SeatState(StrEnum):
    """What goes on at the seat."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"
    HELD = "held"
    TRANSFERRED = "transferred"
    """The call has left this seat for another."""
    ENDED = "ended"
    OFFLINE = "offline"
    """The exchange cannot be reached: what is shown may be old."""


class StepState(StrEnum):
    """A step as the operator sees it while the call is live."""

    TODO = "todo"
    NOW = "now"
    DONE = "done"
    MISSED = "missed"
    WRONG = "wrong"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"


class AlertKind(StrEnum):
    """What an alert is about, the most urgent first."""

    READBACK_MISMATCH = "readback_mismatch"
    FORBIDDEN_PHRASE = "forbidden_phrase"
    WRONG_GREETING = "wrong_greeting"
    CLOSING_EARLY = "closing_early"
    """The closing is being said (or is next) and a step was skipped."""
    MISSED_STEP = "missed_step"
    DEAD_AIR = "dead_air"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a line; `uncertain` ones are marked on the page."""

    text: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """The one line to say next."""

    step: str
    label: str
    pieces: tuple[Piece, ...]
    again: bool = False
    """The step was skipped or done wrongly before: one goes back to it."""

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the script."""

    step: str
    label: str
    state: StepState
    field: str = ""
    """The field it asks for or repeats, if any."""
    by_hand: bool = False
    """The operator marked it with a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One field, as heard or as the operator typed it."""

    field: str
    label: str
    value: str
    """Empty: not heard yet."""
    uncertain: bool = False
    edited: bool = False
    readback: str = ""
    verdict: FieldVerdict | None = None
    choices: tuple[str, ...] = ()
    """The answers there are, where the script names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something the operator should mend while the caller is on the line."""

    id: str
    """Stable while the alert stands, e.g. `readback_mismatch:phone:2`."""
    kind: AlertKind
    severity: Severity
    texts: tuple[str, ...]
    """One short sentence, in each of `core.wording.LANGUAGES`."""
    at: float
    """Seconds from the start of the talk."""
    caller: str = ""
    """For a mismatch: the value as the caller said it."""
    operator: str = ""
    """For a mismatch: the value as the operator repeated it."""

    def text(self, lang: str) -> str:
        """The sentence in the reader's language."""
        return self.texts[LANGUAGES.index(lang)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of the live transcript."""

    channel: str
    start: float
    text: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is said of a call once it is over."""

    score: float | None
    """0..100; None: nothing could be judged."""
    findings: tuple[tuple[Severity, str], ...]
    """Severity and sentence, the worst first; few."""
    more: int = 0
    """Findings beside these."""
    unsure: int = 0
    """Steps that cannot be told."""
    whole: bool = False
    """The whole recording was judged again; False: what was heard live."""
    provisional: bool = False
    """The recording is still to be judged, and that verdict will count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatView:
    """All a seat's page needs; nothing of another seat is ever in it."""

    seat: str
    version: int
    """Grows with each change at this seat, across calls; the `id` of the event stream."""
    state: SeatState
    call: str | None = None
    started_at: float | None = None
    """When the talk began (seconds since 1970)."""
    elapsed: float = 0.0
    """Seconds of talk at this version, by the events."""
    script: str = ""
    """Its title."""
    prompt: PromptView | None = None
    steps: tuple[StepView, ...] = ()
    fields: tuple[FieldView, ...] = ()
    alerts: tuple[Alert, ...] = ()
    """Ranked, the most urgent first; few."""
    transcript: tuple[LineView, ...] = ()
    """The last lines."""
    behind: float = 0.0
    """Seconds recognition lags, when it is overloaded; 0: it keeps up."""
    outcome: Outcome | None = None
    """Once the call is over."""
    notices: tuple[str, ...] = ()
    """Keys of short sentences about the state of things (`swapped`, `caller`: is not heard)."""
