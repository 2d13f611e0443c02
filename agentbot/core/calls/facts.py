"""What each kind of message does: dialling, bridges, holds, queues, transfers, lists."""

from __future__ import annotations

from collections.abc import Callable

from agentbot.core.calls.events import CallRinging, Transfer, TransferKind
from agentbot.core.calls.exchange import Exchange, Told, keys_of
from agentbot.core.calls.names import parse_name
from agentbot.core.calls.resync import RESYNC
from agentbot.core.calls.state import Channel
from agentbot.core.calls.talks import enter, hold_changed, leave, part, transferred

__all__ = ["FACTS", "Fact"]

Fact = Callable[[Exchange, Told, float], None]
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
    part(x, channel, at)
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
        if dialled.queue is None and (half := _half(x, dialler)) is not None:
            dialled.queue = half.queue
    _ring(x, dialled)


def _half(x: Exchange, channel: Channel) -> Channel | None:
    """The other half of a Local channel."""
    return next((c for c in x.halves.get(channel.parsed.pair, ()) if c is not channel), None)


def _speaker(x: Exchange, channel: Channel) -> Channel:
    """Who dials, seen through Local channels."""
    for _ in range(8):
        half = _half(x, channel) if channel.parsed.machine else None
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


def _enter(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    uniqueid = told.headers.get("BridgeUniqueid")
    if channel is None or not uniqueid:
        return
    x.announce(channel)
    bridge = x.bridge(uniqueid)
    bridge.deaf = told.headers.get("BridgeTechnology") == "holding_bridge"
    channel.listed = False
    channel.place = told.headers.get("Exten", "")
    enter(x, channel, bridge, at)


def _leave(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is None:
        return
    bridge = told.headers.get("BridgeUniqueid")
    if channel.bridge is not None and channel.bridge.uniqueid == bridge:
        leave(x, channel, at, told.headers.get("Exten", ""))


def _merge(x: Exchange, told: Told, at: float) -> None:
    """All of one bridge are moved into another; said before or instead of their leaving and entering."""
    source = x.bridges.get(told.headers.get("FromBridgeUniqueid", ""))
    target = told.headers.get("ToBridgeUniqueid", "")
    if source is not None and target and source.uniqueid != target:
        for channel in list(source.members.values()):
            enter(x, channel, x.bridge(target), at)


def _destroy(x: Exchange, told: Told, at: float) -> None:
    bridge = x.bridges.pop(told.headers.get("BridgeUniqueid", ""), None)
    if bridge is not None:
        for channel in list(bridge.members.values()):
            leave(x, channel, at)


def _meetme_join(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        enter(x, channel, x.bridge("meetme/" + told.headers.get("Meetme", "")), at)


def _meetme_leave(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        leave(x, channel, at)


def _held(held: bool) -> Fact:
    def change(x: Exchange, told: Told, at: float) -> None:
        channel = x.seen(told, at)
        if channel is not None and channel.held != held:
            channel.held = held
            if not held and channel.talk is not None:
                channel.talk.caller.music = False
            _hold(x, channel, at)

    return change


def _music(music: bool) -> Fact:
    def change(x: Exchange, told: Told, at: float) -> None:
        channel = x.seen(told, at)
        if channel is not None and channel.music != music:
            channel.music = music
            _hold(x, channel, at)

    return change


def _hold(x: Exchange, channel: Channel, at: float) -> None:
    for talk in channel.call.talks:
        if talk.ended is None and talk.left is None and channel in (talk.caller, talk.operator):
            hold_changed(x, talk, x.time_in(talk.call, at))


def _queue_join(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        x.announce(channel)
        channel.call.queue = told.headers.get("Queue") or channel.call.queue
        channel.call.abandoned = False


def _queue_abandon(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        channel.call.queue = channel.call.queue or told.headers.get("Queue")
        channel.call.abandoned = True


def _agent_called(x: Exchange, told: Told, at: float) -> None:
    """A queue rings one of its members."""
    x.seats.learn_member(told.headers.get("Interface", ""))
    caller, member = x.seen(told, at), x.seen(told, at, _DEST)
    queue = told.headers.get("Queue")
    if caller is not None:
        caller.call.queue = caller.call.queue or queue
    if member is not None:
        member.queue = queue
        if (half := _half(x, member)) is not None:
            half.queue = queue


def _member(x: Exchange, told: Told, _at: float) -> None:
    headers = told.headers
    x.seats.learn_member(
        headers.get("StateInterface") or headers.get("Interface") or headers.get("Location", "")
    )


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


def _variable(x: Exchange, told: Told, at: float) -> None:
    name = told.headers.get("Variable", "")
    # A global variable is told as one of a channel called "none".
    if name.startswith("AGENTBOT_") and told.headers.get("Channel") != "none":
        channel = x.seen(told, at)
        if channel is not None:
            channel.variables[name] = told.headers.get("Value", "")


FACTS: dict[str, Fact] = {
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
    "BridgeEnter": _enter,
    "BridgeLeave": _leave,
    "BridgeMerge": _merge,
    "BridgeDestroy": _destroy,
    "MeetmeJoin": _meetme_join,
    "MeetmeLeave": _meetme_leave,
    "Hold": _held(True),
    "Unhold": _held(False),
    "MusicOnHoldStart": _music(True),
    "MusicOnHoldStop": _music(False),
    "QueueCallerJoin": _queue_join,
    "QueueCallerAbandon": _queue_abandon,
    "AgentCalled": _agent_called,
    "AgentConnect": _agent_called,
    "QueueMember": _member,
    "QueueMemberAdded": _member,
    "QueueMemberStatus": _member,
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "ParkedCall": _parked,
    "Pickup": _pickup,
    "VarSet": _variable,
} | RESYNC
