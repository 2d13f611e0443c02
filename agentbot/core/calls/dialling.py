"""Channels come up, ring, are dialled, answer and hang up."""

from __future__ import annotations

from agentbot.core.calls.events import CallRinging, Transfer, TransferKind
from agentbot.core.calls.exchange import Exchange, Fact, Told, keys_of
from agentbot.core.calls.names import parse_name
from agentbot.core.calls.parting import part, transferred
from agentbot.core.calls.state import Channel
from agentbot.core.calls.talks import enter

__all__ = ["DIALLING", "half_of"]

_DEST = keys_of("Dest")


def _channel(x: Exchange, told: Told, at: float) -> None:
    """A channel came up, or something about it changed."""
    channel = x.seen(told, at)
    if channel is not None:
        _ring(x, channel)


def _ring(x: Exchange, channel: Channel) -> None:
    """Announce the call, and the seat that rings for it."""
    if channel.parsed.machine:
        return
    if channel.incoming or channel.dialled or channel.rang is not None:
        x.announce(channel)
    if (
        channel.rang is not None and channel.rang_out is None and channel.answered is None
        and channel.seat is None and x.seats.lean(channel) >= 0
    ):  # fmt: skip
        channel.seat = x.seats.seat(channel)
        x.said.append(
            CallRinging(
                call=channel.call.id, seat=channel.seat, at=channel.rang, queue=channel.queue
            )
        )


def _rename(x: Exchange, told: Told, _at: float) -> None:
    channel = x.channels.get(told.headers.get("Uniqueid", ""))
    name = told.headers.get("Newname", "")
    if channel is not None and name and "<" not in name:
        if halves := x.halves.get(channel.parsed.pair):
            halves.remove(channel)
        channel.name, channel.parsed = name, parse_name(name)
        if channel.parsed.pair:
            x.halves.setdefault(channel.parsed.pair, []).append(channel)


def _hangup(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is None:
        return
    channel.cause = told.headers.get("Cause", "")
    if channel.rang is not None and channel.rang_out is None and channel.answered is None:
        channel.rang_out = x.time_in(channel.call, at)
    place, heir = channel.bridge, channel.heir
    part(x, channel, at)
    if place is not None and heir is not None and heir.ended is None and heir.bridge is None:
        enter(x, heir, place, at)
    x.forget(channel, at)
    if channel.call.alive <= 0:
        x.end(channel.call, at)


def _hangup_asked(x: Exchange, told: Told, at: float) -> None:
    """A phone hung up, or heard that the other one did."""
    channel = x.seen(told, at)
    if channel is not None:
        channel.hung_up = True


def _hangup_ordered(x: Exchange, told: Told, at: float) -> None:
    """Said after the phone hung up too; alone it means that the exchange ends the call."""
    channel = x.seen(told, at)
    if channel is not None and not channel.hung_up:
        channel.cut = True


def _dial_begin(x: Exchange, told: Told, at: float) -> None:
    dialler, dialled = x.seen(told, at), x.seen(told, at, _DEST)
    if dialler is not None:
        x.announce(dialler)
    if dialled is None:
        return
    dialled.dialled, dialled.incoming = True, False
    if dialler is not None and dialler is not dialled:
        dialled.dialler = _speaker(x, dialler)
        dialled.exten_dialled = told.headers.get("Exten", "")
        if dialled.queue is None and (half := half_of(x, dialler)) is not None:
            dialled.queue = half.queue
    _ring(x, dialled)


def half_of(x: Exchange, channel: Channel) -> Channel | None:
    """The other half of a Local channel."""
    return next((c for c in x.halves.get(channel.parsed.pair, ()) if c is not channel), None)


def _speaker(x: Exchange, channel: Channel) -> Channel:
    """Who dials, seen through Local channels."""
    for _ in range(8):
        half = half_of(x, channel) if channel.parsed.machine else None
        if half is None or half.dialler is None:
            return channel
        channel = half.dialler
    return channel


def _dial_state(x: Exchange, told: Told, at: float) -> None:
    dialled = x.seen(told, at, _DEST)
    if dialled is not None:
        if told.headers.get("DialStatus") == "RINGING" and dialled.rang is None:
            dialled.rang = x.time_in(dialled.call, at)
        _ring(x, dialled)


def _dial_end(x: Exchange, told: Told, at: float) -> None:
    """A leg answered or did not; of two such events only the first tells the truth."""
    x.seen(told, at)
    dialled = x.seen(told, at, _DEST)
    if dialled is None:
        return
    at = x.time_in(dialled.call, at)
    status = told.headers.get("DialStatus", "")
    dialled.status = dialled.status or status
    if status == "ANSWER":
        if dialled.answered is None:
            dialled.answered = at
    elif dialled.rang is not None and dialled.rang_out is None:
        dialled.rang_out = at
    forward = told.headers.get("Forward", "")
    if forward:
        target = forward.removeprefix("Local/").partition("@")[0]
        transferred(
            x, dialled.call,
            Transfer(kind=TransferKind.FORWARD, source=x.seats.seat(dialled), target=target, at=at),
        )  # fmt: skip


DIALLING: dict[str, Fact] = {
    "Newchannel": _channel,
    "Newstate": _channel,
    "NewCallerid": _channel,
    "Rename": _rename,
    "Hangup": _hangup,
    "HangupRequest": _hangup_asked,
    "SoftHangupRequest": _hangup_ordered,
    "DialBegin": _dial_begin,
    "DialState": _dial_state,
    "DialEnd": _dial_end,
}
