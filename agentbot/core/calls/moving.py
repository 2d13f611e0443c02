"""Calls sent on, parked and picked up by others."""

from __future__ import annotations

from agentbot.core.calls.events import Transfer, TransferKind
from agentbot.core.calls.exchange import Exchange, Fact, Told, keys_of
from agentbot.core.calls.names import parse_name
from agentbot.core.calls.parting import transferred
from agentbot.core.calls.state import Channel

__all__ = ["MOVING"]


def _blind(x: Exchange, told: Told, at: float) -> None:
    """Success only says that the caller was sent off, not that anybody is there."""
    if told.headers.get("Result") != "Success":
        return
    seat, caller = _of(x, told, at, "Transferer"), _of(x, told, at, "Transferee")
    of = caller or seat
    if of is None:
        return
    transferred(
        x,
        of.call,
        Transfer(
            kind=TransferKind.BLIND,
            source=x.seats.seat(seat) if seat else None,
            target=told.headers.get("Extension"),
            at=x.time_in(of.call, at),
        ),
    )


def _of(x: Exchange, told: Told, at: float, *prefixes: str) -> Channel | None:
    """The first of these channels that the message speaks of, even when it has just gone."""
    for prefix in prefixes:
        if (found := x.seen(told, at, keys_of(prefix))) is not None:
            return found
        name = told.headers.get(f"{prefix}Channel")
        if name and (gone := x.remembered(told.headers.get(f"{prefix}Uniqueid", ""))) is not None:
            return gone
    return None


def _attended(x: Exchange, told: Told, at: float) -> None:
    if told.headers.get("Result") != "Success":
        return
    source = _of(x, told, at, "OrigTransferer", "SecondTransferer")
    caller = _of(x, told, at, "Transferee")
    target = _of(x, told, at, "TransferTarget")
    of = caller or target or source
    if of is None:
        return
    second = _of(x, told, at, "SecondTransferer")
    if second is not None and told.headers.get("DestType") == "App":
        # Transferred before the other seat's answer was through: the caller slips in unseen.
        second.heir = caller
    to = (
        x.seats.seat(target)
        if target
        else (second.exten if second else None) or told.headers.get("DestApp")
    )
    transferred(
        x, of.call,
        Transfer(
            kind=TransferKind.ATTENDED, source=x.seats.seat(source) if source else None, target=to or None,
            at=x.time_in(of.call, at),
        ),
    )  # fmt: skip


def _parked(x: Exchange, told: Told, at: float) -> None:
    caller, parker = _of(x, told, at, "Parkee"), _of(x, told, at, "Parker")
    if caller is None:
        return
    dialled = told.headers.get("ParkerDialString", "")
    source = x.seats.seat(parker) if parker else parse_name(dialled).endpoint if dialled else None
    transferred(
        x, caller.call,
        Transfer(
            kind=TransferKind.PARK, source=source, target=told.headers.get("ParkingSpace"),
            at=x.time_in(caller.call, at),
        ),
    )  # fmt: skip


def _pickup(x: Exchange, told: Told, at: float) -> None:
    """Somebody takes a call that rings elsewhere."""
    taker, rung = _of(x, told, at, ""), _of(x, told, at, "Target")
    if taker is None or rung is None:
        return
    transferred(
        x, rung.call,
        Transfer(
            kind=TransferKind.PICKUP, source=x.seats.seat(rung), target=x.seats.seat(taker),
            at=x.time_in(rung.call, at),
        ),
    )  # fmt: skip


MOVING: dict[str, Fact] = {
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "ParkedCall": _parked,
    "Pickup": _pickup,
}
