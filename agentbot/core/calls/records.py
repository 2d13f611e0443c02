"""Calls as they are told afterwards: frozen records of legs, talks, transfers and holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agentbot.core.calls.events import Direction, Role, Transfer
from agentbot.core.calls.parties import Seats, cast
from agentbot.core.calls.state import Call, Channel

__all__ = ["CallRecord", "HoldRecord", "LegRecord", "TalkRecord", "rang_for", "reason_of", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRecord:
    """One phone or line of a call."""

    channel: str
    role: Role
    seat: str | None
    started: float
    answered: float | None
    ended: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRecord:
    """An operator and a caller connected; `ended` is None while they are."""

    caller_channel: str
    operator_channel: str
    began: float
    ended: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRecord:
    """One party made the other wait."""

    seat: str
    by: Role
    began: float
    ended: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """All that is known of one call; times are seconds, as in the events."""

    call_id: str
    direction: Direction
    caller: str | None
    """Number of the outside party. Private: never in logs or metrics."""
    legs: tuple[LegRecord, ...]
    talks: tuple[TalkRecord, ...]
    transfers: tuple[Transfer, ...]
    holds: tuple[HoldRecord, ...]
    queue: str | None
    ring_seconds: float | None
    """From the first ring at any seat to the first answer; where none answered, to the last ring.

    In a queue that tries one seat after the other it is the caller's wait, not one seat's ringing:
    that is `TalkBegan.ring_seconds`."""
    began: float
    ended: float | None
    reason: str | None
    """As in `CallOver`; None while the call lasts."""
    picked_up: bool

    def as_json(self) -> dict[str, Any]:
        """With the keys that `agentbot calls --json` promises."""
        return {
            "call_id": self.call_id,
            "direction": self.direction.value,
            "caller": self.caller,
            "legs": [
                {
                    "channel": leg.channel, "role": leg.role.value, "seat": leg.seat, "started": _s(leg.started),
                    "answered": _s(leg.answered), "ended": _s(leg.ended),
                }
                for leg in self.legs
            ],
            "talks": [
                {
                    "caller_channel": talk.caller_channel, "operator_channel": talk.operator_channel,
                    "from": _s(talk.began), "to": _s(talk.ended),
                }
                for talk in self.talks
            ],
            "transfers": [
                {"kind": t.kind.value, "from": t.source, "to": t.target, "at": _s(t.at)} for t in self.transfers
            ],
            "holds": [
                {"seat": hold.seat, "by": hold.by.value, "from": _s(hold.began), "to": _s(hold.ended)}
                for hold in self.holds
            ],
            "queue": self.queue,
            "ring_seconds": _s(self.ring_seconds),
            "started": _s(self.began),
            "ended": _s(self.ended),
            "reason": self.reason,
            "picked_up": self.picked_up,
        }  # fmt: skip


def _s(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def record(call: Call, seats: Seats) -> CallRecord:
    """The call as it stands now."""
    legs = list(call.parties())
    roles = _roles(call, legs, seats)
    caller = next((leg for leg in legs if roles[leg] is Role.CALLER), None)
    return CallRecord(
        call_id=call.id,
        direction=call.direction,
        caller=(caller.number or None) if caller else None,
        legs=tuple(
            LegRecord(
                channel=leg.name, role=roles[leg],
                seat=seats.seat(leg) if roles[leg] is Role.OPERATOR or seats.lean(leg) > 0 else None,
                started=leg.started, answered=leg.answered, ended=leg.ended,
            )
            for leg in legs
        ),
        talks=tuple(
            TalkRecord(
                caller_channel=t.caller.name, operator_channel=t.operator.name, began=t.began,
                ended=t.left if t.ended is None and not t.away else t.ended,
            )
            for t in call.talks
        ),
        transfers=tuple(call.transfers),
        holds=tuple(
            HoldRecord(seat=t.seat, by=h.by, began=h.began, ended=h.ended) for t in call.talks for h in t.holds
        ),
        queue=call.queue,
        ring_seconds=_ring_seconds(call, legs),
        began=call.began,
        ended=call.ended,
        reason=call.reason or None,
        picked_up=call.picked_up,
    )  # fmt: skip


def _roles(call: Call, legs: list[Channel], seats: Seats) -> dict[Channel, Role]:
    """As they talked, where they did; else as they look."""
    roles = cast(seats, legs)
    for talk in call.talks:
        for old in (c for c, role in roles.items() if role is Role.CALLER and c is not talk.caller):
            roles[old] = Role.OPERATOR if seats.lean(old) > 0 else Role.OTHER
        roles[talk.caller], roles[talk.operator] = Role.CALLER, Role.OPERATOR
    return roles


def _ring_seconds(call: Call, legs: Iterable[Channel]) -> float | None:
    if call.talks:
        first = call.talks[0]
        answered = first.caller if first.operator.incoming else first.operator
        rang, end = answered.rang, answered.answered
        if rang is not None and end is not None:
            # Phones that let it ring before, and the pauses between, are part of the wait.
            before = (leg.rang for leg in legs if leg.answered is None and not leg.incoming)
            return max(0.0, end - min([rang, *(at for at in before if at is not None)]))
    rung = [leg for leg in legs if leg.rang is not None and not leg.incoming]
    if not rung:
        return None
    ends = [leg.answered or leg.rang_out or leg.ended or call.last for leg in rung]
    return max(0.0, max(ends) - min(leg.rang for leg in rung if leg.rang is not None))


def rang_for(channel: Channel) -> float | None:
    """Seconds a leg rang before it was answered or given up."""
    if channel.rang is None:
        return None
    end = channel.answered or channel.rang_out or channel.ended
    return None if end is None else max(0.0, end - channel.rang)


_UNREACHABLE = frozenset({"CHANUNAVAIL", "CONGESTION", "INVALIDARGS"})
_NO_ROUTE = frozenset(
    {
        "1",
        "2",
        "3",
        "6",
        "18",
        "20",
        "21",
        "22",
        "27",
        "28",
        "31",
        "34",
        "38",
        "41",
        "42",
        "44",
        "50",
        "58",
        "88",
    }
)
"""Q.850 causes of a number that cannot be reached at all."""


def reason_of(call: Call) -> str:
    """Why a call ended, for `CallOver`.

    A busy member of a queue is told as not answering; only the cause of its hang-up, 17, says busy.
    """
    if call.talks or call.bridged:
        return "answered"
    legs = list(call.parties())
    # A queue whose time is up says QueueCallerAbandon as well: then nobody has hung up.
    cut = any(leg.cut for leg in legs if leg.incoming)
    if call.abandoned and not cut:
        return "abandoned"
    dialled = [leg for leg in legs if not leg.incoming]
    outbound = call.direction is Direction.OUTBOUND
    outcomes = [_outcome(leg, outbound) for leg in dialled]
    for reason in ("abandoned", "no_answer", "busy", "unreachable"):
        if reason in outcomes:
            return reason
    cause = next((leg.cause for leg in legs if leg.incoming), "")
    if cause == "17":
        return "busy"
    if cause in _NO_ROUTE:
        return "unreachable"
    return "no_answer" if cause == "19" or outbound or call.abandoned else "abandoned"


def _outcome(leg: Channel, outbound: bool) -> str:
    if leg.answered is not None:
        return ""
    if leg.cause == "17" or leg.status == "BUSY":
        return "busy"
    if leg.status == "NOANSWER":
        return "no_answer"
    if leg.status in _UNREACHABLE or (leg.cause in _NO_ROUTE and not leg.status):
        return "unreachable"
    if leg.status == "CANCEL":
        return "no_answer" if outbound else "abandoned"
    return "no_answer" if leg.rang is not None and outbound else ""
