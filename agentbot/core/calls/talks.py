"""Who hears whom: from bridges and the Local channels between them to talks and holds."""

from __future__ import annotations

from collections.abc import Iterable

from agentbot.core.calls.events import (
    Direction,
    HoldBegan,
    HoldEnded,
    Party,
    Role,
    TalkBegan,
    TalkEnded,
    Transfer,
    TransferKind,
)  # fmt: skip
from agentbot.core.calls.exchange import Exchange
from agentbot.core.calls.parties import cast
from agentbot.core.calls.records import rang_for
from agentbot.core.calls.state import Bridge, Call, Channel, Hold, Talk

__all__ = ["enter", "hold_changed", "leave", "lose", "meet", "part", "settle", "transferred"]

_VAGUE = (
    TransferKind.REDIRECT, TransferKind.FORWARD, TransferKind.BLIND, TransferKind.ATTENDED, TransferKind.PICKUP,
    TransferKind.PARK,
)  # fmt: skip
"""One move may be told in several ways: the later of these says more."""
_OPEN = 1.0
"""Seconds after which parties that were parted and neither hung up nor met again are done."""


def enter(x: Exchange, channel: Channel, bridge: Bridge, at: float) -> None:
    """A channel joins a bridge."""
    if channel.bridge is bridge:
        return
    if channel.bridge is not None:
        leave(x, channel, at)
    channel.bridge = bridge
    bridge.members[channel.uniqueid] = channel
    meet(x, bridge, at)


def leave(x: Exchange, channel: Channel, at: float, exten: str = "") -> None:
    """A channel leaves its bridge; what that means for its talks shows a moment later."""
    bridge = channel.bridge
    if bridge is None:
        return
    channel.bridge = None
    channel.listed = False
    bridge.members.pop(channel.uniqueid, None)
    if not bridge.members:
        x.bridges.pop(bridge.uniqueid, None)
    for talk in [t for t in channel.call.talks if t.ended is None and t.left is None]:
        if talk.caller not in (reach := _reach(x, talk.operator)) or talk.operator not in reach:
            talk.left = x.time_in(talk.call, at)
            if channel is talk.caller and exten and exten != channel.place:
                talk.heading = exten
            x.parting.append(talk)
            if (moved := talk.call.moving) is not None and moved.source == talk.seat:
                end(x, talk, talk.left, moved)


def meet(x: Exchange, bridge: Bridge, at: float) -> None:
    """See who can hear each other now."""
    if len(bridge.members) < 2 or bridge.deaf:
        return
    hearing = _reach(x, next(iter(bridge.members.values())))
    people = [channel for channel in hearing if not channel.parsed.machine]
    if len(people) < 2:
        return
    people.sort(key=lambda channel: channel.order)
    roles = cast(x.seats, people)
    caller = next((c for c in people if roles[c] is Role.CALLER), None)
    people[0].call.bridged = True
    if caller is None:
        return
    inside = x.seats.lean(caller) > 0
    for operator in people:
        if roles[operator] is Role.OPERATOR and not (inside and _consulting(x, caller, operator)):
            _connect(x, caller, operator, at)


def _reach(x: Exchange, start: Channel) -> dict[Channel, None]:
    """All channels that hear this one, through bridges and Local channels."""
    found = {start: None}
    todo = [start]
    while todo:
        channel = todo.pop()
        near: Iterable[Channel] = ()
        if channel.bridge is not None and not channel.bridge.deaf:
            near = channel.bridge.members.values()
        if channel.parsed.pair:
            near = [*near, *x.halves.get(channel.parsed.pair, ())]
        for other in near:
            if other not in found:
                found[other] = None
                todo.append(other)
    return found


def _consulting(x: Exchange, caller: Channel, operator: Channel) -> bool:
    """A seat asks another about a call it has on another line."""
    if caller.talk is not None:
        return True
    ours = {caller, operator}
    return any(
        ours.isdisjoint((talk.operator, talk.caller))
        for channel in (caller, operator)
        for talk in x.talking.get(channel.parsed.interface, ())
    )


def _connect(x: Exchange, caller: Channel, operator: Channel, at: float) -> None:
    talk = operator.talk
    if talk is not None and talk.ended is None:
        if talk.caller is caller:
            _together_again(x, talk, at)
            return
        if talk.left is None and not talk.away and talk.caller in _reach(x, operator):
            return
    call = caller.call
    if operator.call is not call:
        call = x.join(call, operator.call, at)
    at = x.time_in(call, at)
    came = _finish_others(x, call, caller, operator, at)
    seat = x.seats.seat(operator)
    talk = Talk(call, caller, operator, seat, at)
    talk.picked_up = operator.listed or caller.listed
    caller.role, operator.role = Role.CALLER, Role.OPERATOR
    operator.talk, operator.seat = talk, seat
    for line in _lines(talk):
        x.talking.setdefault(line, []).append(talk)
    call.talks.append(talk)
    call.moving = None
    if x.seats.lean(caller) > 0:
        call.direction = Direction.INTERNAL
    else:
        call.direction = Direction.INBOUND if caller.incoming else Direction.OUTBOUND
    for channel in (caller, operator):
        channel.held = channel.music = False
    x.announce(caller)
    x.said.append(
        TalkBegan(
            call=call.id, talk=talk.id, seat=seat, at=at, caller=_party(caller), operator=_party(operator),
            direction=call.direction, queue=operator.queue or (call.queue if not came else None),
            ring_seconds=rang_for(operator), transfer=came, picked_up=talk.picked_up,
            variables=_variables(caller) | _variables(operator),
        )
    )  # fmt: skip


def _lines(talk: Talk) -> set[str]:
    """Phones that are busy with this talk."""
    return {channel.parsed.interface for channel in (talk.caller, talk.operator)}


def _together_again(x: Exchange, talk: Talk, at: float) -> None:
    if talk.left is not None:
        talk.left, talk.heading = None, ""
        x.parting.remove(talk)
    if talk.away:
        talk.away = False
        hold_changed(x, talk, x.time_in(talk.call, at))


def _finish_others(
    x: Exchange, call: Call, caller: Channel, operator: Channel, at: float
) -> Transfer | None:
    """End the talks the caller comes from; says which move brought the caller here."""
    came = call.moving
    seat = x.seats.seat(operator)
    for old in call.talks:
        if old.ended is not None or (old.caller is caller) == (old.operator is operator):
            continue
        if old.left is None and not old.away and old.operator in _reach(x, caller):
            continue
        if came is None and old.caller is caller:
            came = Transfer(
                kind=_kind(x, old, operator), source=old.seat, target=seat, at=old.left or at
            )
            call.transfers.append(came)
        end(x, old, old.left or at, came)
    if came is not None and came.target != seat:
        came = Transfer(kind=came.kind, source=came.source, target=seat, at=came.at)
        if came.kind is TransferKind.PARK:
            call.transfers = [
                came if t.kind is came.kind and t.at == came.at else t for t in call.transfers
            ]
    return came


def _kind(x: Exchange, old: Talk, operator: Channel) -> TransferKind:
    """Attended, where the new operator was asked by the old one before."""
    asked = operator.dialler
    if old.away or (
        asked is not None and asked is not old.caller and x.seats.seat(asked) == old.seat
    ):
        return TransferKind.ATTENDED
    return TransferKind.REDIRECT


def transferred(x: Exchange, call: Call, transfer: Transfer) -> None:
    """The exchange says that a call moved on; it may have been seen already."""
    for index, known in enumerate(call.transfers):
        if known.source == transfer.source and abs(known.at - transfer.at) < _OPEN:
            vaguer = _VAGUE.index(known.kind) < _VAGUE.index(transfer.kind)
            if vaguer:
                call.transfers[index] = transfer
                if call.moving is known:
                    call.moving = transfer
            return
    call.transfers.append(transfer)
    arrived = any(
        t.ended is None and t.left is None and t.seat == transfer.target for t in call.talks
    )
    if not arrived:
        call.moving = transfer
    for talk in [t for t in x.parting if t.call is call]:
        end(x, talk, talk.left or transfer.at, transfer)


def part(x: Exchange, channel: Channel, at: float, *, lost: bool = False) -> None:
    """The channel hangs up, or is found gone (`lost`): it leaves, and its talks are over."""
    leave(x, channel, at)
    for talk in [
        t for t in channel.call.talks if t.ended is None and channel in (t.operator, t.caller)
    ]:
        end(x, talk, talk.left or at, channel.call.moving, lost=lost)


def lose(x: Exchange, call: Call, at: float) -> None:
    """The exchange or the connection went away under this call."""
    for channel in [c for c in call.channels.values() if c.ended is None]:
        part(x, channel, at, lost=True)
        x.forget(channel, at)
    x.end(call, at, "lost")


def settle(x: Exchange, at: float) -> None:
    """Give up on talks that were parted a while ago; on hold where the caller hears music."""
    for talk in list(x.parting):
        if talk.left is None or at + talk.call.shift - talk.left > _OPEN:
            if talk.caller.music and talk.operator.ended is None and talk.caller.ended is None:
                left, talk.left, talk.heading = talk.left or at, None, ""
                talk.away = True
                x.parting.remove(talk)
                hold_changed(x, talk, left)
            else:
                end(x, talk, talk.left or at, talk.call.moving)


def end(x: Exchange, talk: Talk, at: float, moved: Transfer | None, *, lost: bool = False) -> None:
    """The talk is over."""
    at = max(at, talk.began)
    if talk in x.parting:
        x.parting.remove(talk)
    if (hold := talk.hold) is not None:
        hold.ended = max(at, hold.began)
        x.said.append(HoldEnded(call=talk.call.id, talk=talk.id, at=hold.ended, by=hold.by))
    if moved is None and talk.heading and talk.caller.ended is None:
        moved = Transfer(
            kind=TransferKind.REDIRECT, source=talk.seat, target=talk.heading, at=talk.left or at
        )
        talk.call.transfers.append(moved)
        talk.call.moving = moved
    talk.ended, talk.left, talk.away = at, None, False
    if talk.operator.talk is talk:
        talk.operator.talk = None
    for line in _lines(talk):
        if talk in (talks := x.talking.get(line, [])):
            talks.remove(talk)
            if not talks:
                del x.talking[line]
    x.said.append(
        TalkEnded(
            call=talk.call.id, talk=talk.id, seat=talk.seat, at=at, moved=moved, lost=lost
        )
    )  # fmt: skip


def hold_changed(x: Exchange, talk: Talk, at: float) -> None:
    """Begin or end a hold, as phones and music say."""
    by: Role | None = None
    if talk.operator.held or talk.caller.music or talk.away:
        by = Role.OPERATOR
    elif talk.caller.held or talk.operator.music:
        by = Role.CALLER
    hold = talk.hold
    if by is not None and hold is None:
        talk.holds.append(Hold(by, at))
        x.said.append(HoldBegan(call=talk.call.id, talk=talk.id, at=at, by=by))
    elif by is None and hold is not None:
        hold.ended = at
        x.said.append(HoldEnded(call=talk.call.id, talk=talk.id, at=at, by=hold.by))


def _party(channel: Channel) -> Party:
    return Party(
        channel=channel.name,
        uniqueid=channel.uniqueid,
        number=channel.number,
        name=channel.caller_name,
    )


def _variables(channel: Channel) -> dict[str, str]:
    told = (line.partition("=") for line in channel.pbx_variables)
    known = {name: value for name, _, value in told if value and name.startswith("AGENTBOT_")}
    return known | channel.variables
