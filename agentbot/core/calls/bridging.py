"""Channels enter and leave bridges, hold each other and hear music."""

from __future__ import annotations

from agentbot.core.calls.exchange import Exchange, Fact, Told
from agentbot.core.calls.parting import hold_changed, leave
from agentbot.core.calls.state import Channel
from agentbot.core.calls.talks import enter

__all__ = ["BRIDGING"]


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
    elif (
        channel.call.picked_up and bridge not in x.bridges
        and told.headers.get("BridgeNumChannels", "0") != "0"
    ):  # fmt: skip
        # They met before we listened; since when, nobody knows.
        channel.call.bridged = True
        x.announce(channel)


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


BRIDGING: dict[str, Fact] = {
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
}
