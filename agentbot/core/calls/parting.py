"""Parties part, put each other on hold and move on; who still hears whom."""

from __future__ import annotations

from collections.abc import Iterable

from agentbot.core.calls.events import HoldBegan, HoldEnded, Role, TalkEnded, Transfer, TransferKind
from agentbot.core.calls.exchange import Exchange
from agentbot.core.calls.state import Call, Channel, Hold, Talk

__all__ = ["end", "hold_changed", "leave", "lose", "part", "reach", "settle", "transferred"]

_VAGUE = (
    TransferKind.REDIRECT, TransferKind.FORWARD, TransferKind.BLIND, TransferKind.ATTENDED, TransferKind.PICKUP,
    TransferKind.PARK,
)  # fmt: skip
"""One move may be told in several ways: the later of these says more."""
_OPEN = 1.0
"""Seconds after which parties that were parted and neither hung up nor met again are done."""


def reach(x: Exchange, start: Channel) -> dict[Channel, None]:
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
        if talk.caller not in reach(x, talk.operator):
            talk.left = x.time_in(talk.call, at)
            if channel is talk.caller and exten and exten != channel.place:
                talk.heading = exten
            x.parting.append(talk)
            if (moved := talk.call.moving) is not None and moved.source == talk.seat:
                end(x, talk, talk.left, moved)


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
    for line in talk.lines:
        if talk in (talks := x.talking.get(line, [])):
            talks.remove(talk)
            if not talks:
                del x.talking[line]
    x.said.append(
        TalkEnded(
            call=talk.call.id, talk=talk.id, seat=talk.seat, at=at, moved=moved, lost=lost
        )
    )  # fmt: skip


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
