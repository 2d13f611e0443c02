"""A call as data: who calls whom, what is said, and what else happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from agentbot.core.events import Leg
from agentbot.speech.base import Signal

__all__ = ["SimulatedCall", "Transfer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The caller is passed on to another seat."""

    at: float
    """Seconds of talk."""
    seat: str
    kind: Literal["blind", "attended", "redirect", "park"] = "blind"
    """A parked caller is fetched by `seat`; the parker's own seat is rung again by itself."""
    consult: float = 2.0
    """Seconds the two operators talk first, where attended; that the caller is parked."""
    rings: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCall:
    """One inbound call.

    The talk lasts as long as its sound; a hold or a transfer holds the sound up, so that nothing
    of it is lost.
    """

    seat: str = "1001"
    caller: str = "13800138000"
    name: str = ""
    """Of the caller, as the line gives it: any text, bytes that are no UTF-8 by surrogates."""
    queue: str | None = None
    """Through this queue; None: the seat is dialled directly."""
    unanswered: tuple[str, ...] = ()
    """Seats of the queue that let it ring first."""
    rings: float = 1.0
    """Seconds each seat's phone rings."""
    answered: bool = True
    """False: the caller gives up while it rings."""
    sound: Mapping[Leg, Signal] | None = None
    """What both say; None: both are silent."""
    seconds: float | None = None
    """Length of the talk; None: of the sound."""
    lead: float = 0.5
    """Seconds from answer to the first word: a tap needs some 0.1 s to come up."""
    holds: tuple[tuple[float, float], ...] = ()
    """When the operator holds the caller, in seconds of talk, and for how many seconds."""
    transfer: Transfer | None = None
    ended_by: Leg = Leg.CALLER
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables of the caller's channel, e.g. `AGENTBOT_SCRIPT`."""

    @property
    def talk_seconds(self) -> float:
        """How long the two talk, without holds."""
        if self.seconds is not None:
            return self.seconds
        longest = max((signal.seconds for signal in (self.sound or {}).values()), default=10.0)
        return self.lead + longest
