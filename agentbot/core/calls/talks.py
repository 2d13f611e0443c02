"""Who hears whom: from bridges and the Local channels between them to talks."""

from __future__ import annotations

from agentbot.core.calls.events import Direction, Party, Role, TalkBegan, Transfer, TransferKind
from agentbot.core.calls.exchange import Exchange
from agentbot.core.calls.parties import cast
from agentbot.core.calls.parting import end, hold_changed, leave, reach
from agentbot.core.calls.records import rang_for
from agentbot.core.calls.state import Bridge, Call, Channel, Talk

__all__ = ["enter", "meet"]


def enter(x: Exchange, channel: Channel, bridge: Bridge, at: float) -> None:
    """A channel joins a bridge."""
    if channel.bridge is bridge:
        return
    if channel.bridge is not None:
        leave(x, channel, at)
    channel.bridge = bridge
    bridge.members[channel.uniqueid] = channel
    meet(x, bridge, at)


def meet(x: Exchange, bridge: Bridge, at: float) -> None:
    """See who can hear each other now."""
    if len(bridge.members) < 2 or bridge.deaf:
        return
    hearing = reach(x, next(iter(bridge.members.values())))
    people = [c for c in hearing if not c.parsed.machine and c.heir is None]
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
        if talk.left is None and not talk.away and talk.caller in reach(x, operator):
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
    for line in talk.lines:
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
        if old.left is None and not old.away and old.operator in reach(x, caller):
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
