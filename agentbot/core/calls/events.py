"""What the tracker says of the calls it follows: who talks to whom, and when.

Times are seconds since 1970 (`float`), as the exchange gives them, else of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "CallBegan",
    "CallEvent",
    "CallOver",
    "CallRinging",
    "Direction",
    "HoldBegan",
    "HoldEnded",
    "Party",
    "Role",
    "TalkBegan",
    "TalkEnded",
    "Transfer",
    "TransferKind",
]


class Role(StrEnum):
    """Who a leg belongs to."""

    CALLER = "caller"
    """The outside party, whoever dialled."""
    OPERATOR = "operator"
    """A seat."""
    OTHER = "other"


class Direction(StrEnum):
    """Who began the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class TransferKind(StrEnum):
    """How a call moved on."""

    BLIND = "blind"
    ATTENDED = "attended"
    REDIRECT = "redirect"
    PARK = "park"
    PICKUP = "pickup"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One end of a talk."""

    channel: str
    """Full channel name, as the exchange spells it."""
    uniqueid: str
    number: str = ""
    """Private: never in logs or metrics."""
    name: str = ""
    """Private: never in logs or metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A call moving from one seat to another."""

    kind: TransferKind
    source: str | None
    """Seat it came from."""
    target: str | None
    """Seat or extension it went to."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBegan:
    """A call has come up."""

    call: str
    """Call id: the Linkedid of its first channel, unique for one exchange."""
    at: float
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRinging:
    """A seat's phone rings for this call."""

    call: str
    seat: str
    at: float
    queue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkBegan:
    """An operator and an outside party can hear each other."""

    call: str
    talk: str
    """Id of this talk, unique within the service: call id and operator's uniqueid."""
    seat: str
    at: float
    caller: Party
    operator: Party
    direction: Direction
    queue: str | None = None
    ring_seconds: float | None = None
    """How long this seat rang before it answered."""
    transfer: Transfer | None = None
    """Set when the call came from another seat."""
    picked_up: bool = False
    """The talk was under way when it was first seen: what came before was not heard."""
    variables: dict[str, str] = field(default_factory=dict)
    """Channel variables `AGENTBOT_*` known of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded:
    """The operator and the outside party part; the call may go on elsewhere."""

    call: str
    talk: str
    seat: str
    at: float
    moved: Transfer | None = None
    """Where the call went, when it did not end."""
    lost: bool = False
    """The exchange or the connection to it went away: how the talk ended is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBegan:
    """One party of the talk put the other on hold."""

    call: str
    talk: str
    at: float
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded:
    """The hold is over."""

    call: str
    talk: str
    at: float
    by: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOver:
    """No channel of the call is left."""

    call: str
    at: float
    reason: str
    """`answered`, `abandoned`, `busy`, `no_answer`, `unreachable`, `lost` (the exchange or the connection went away),
    `merged` (it became part of another call, as a consultation does when it ends in a transfer)."""


CallEvent = CallBegan | CallRinging | TalkBegan | TalkEnded | HoldBegan | HoldEnded | CallOver
