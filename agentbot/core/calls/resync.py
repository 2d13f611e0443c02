"""Asking what is going on: lists of channels and bridges taken for truth, and restarts."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from agentbot.core.calls.exchange import Exchange, Fact, Told
from agentbot.core.calls.parting import leave, lose, part
from agentbot.core.calls.talks import enter, meet

__all__ = ["RESYNC", "resync"]

_SETTLED = 0.5
"""Seconds: a channel seen so shortly before a list may have come up while it was made."""


def _listed(x: Exchange, told: Told, at: float) -> None:
    """One channel of `CoreShowChannels` or `Status`."""
    headers = told.headers
    if x.listing is None:
        x.listing, x.listed_from = set(), at
    uniqueid = headers.get("Uniqueid") or headers.get("Channel", "")
    known = x.channels.get(uniqueid)
    channel = x.seen(told, at)
    if channel is None:
        return
    x.listing.add(uniqueid)
    if known is None:
        if channel.exten and not channel.dialled:
            channel.incoming = True
        channel.started -= _seconds(headers.get("Duration") or headers.get("Seconds", ""))
        channel.call.began = min(channel.call.began, channel.started)
        channel.call.picked_up = True
    x.announce(channel)
    bridge = headers.get("BridgeId") or headers.get("BridgeID") or ""
    _place(x, told, at, bridge)


def _place(x: Exchange, told: Told, at: float, uniqueid: str) -> None:
    """Put a listed channel where the list has it."""
    channel = x.seen(told, at)
    if channel is None or (channel.bridge.uniqueid if channel.bridge else "") == uniqueid:
        return
    if not uniqueid:
        leave(x, channel, at)
        return
    channel.listed = True
    enter(x, channel, x.bridge(uniqueid), at)


def _bridge_channel(x: Exchange, told: Told, at: float) -> None:
    uniqueid = told.headers.get("BridgeUniqueid", "")
    if uniqueid:
        _place(x, told, at, uniqueid)


def _bridge(x: Exchange, told: Told, at: float) -> None:
    """One bridge of `BridgeList`."""
    bridge = x.bridges.get(told.headers.get("BridgeUniqueid", ""))
    if bridge is not None:
        bridge.deaf = told.headers.get("BridgeTechnology") == "holding_bridge"
        meet(x, bridge, at)


def _complete(x: Exchange, told: Told, at: float) -> None:
    """The list is whole: whatever it lacks is gone."""
    listed, began = x.listing or set(), x.listed_from if x.listing else at
    x.listing = None
    if told.headers.get("EventList") == "cancelled" or told.headers.get("ListItems") != str(
        len(listed)
    ):
        return
    _sweep(x, listed, began, at)


def _sweep(x: Exchange, listed: AbstractSet[str], began: float, at: float) -> None:
    for channel in list(x.channels.values()):
        if channel.uniqueid not in listed and channel.touched < began - _SETTLED:
            part(x, channel, at, lost=True)
            x.forget(channel, at)
            if channel.call.alive <= 0:
                x.end(channel.call, at, "lost")


def resync(
    x: Exchange,
    channels: Iterable[Told],
    bridges: Iterable[Told],
    members: Iterable[Told],
    at: float,
) -> None:
    """Take whole lists for truth: pick up what is new, end what is gone."""
    for told in bridges:
        uniqueid = told.headers.get("BridgeUniqueid")
        if uniqueid:
            x.bridge(uniqueid).deaf = told.headers.get("BridgeTechnology") == "holding_bridge"
    x.listing, x.listed_from = set(), at
    # The oldest first: who began a call is its caller where nothing else tells.
    for told in sorted(channels, key=lambda t: -_seconds(t.headers.get("Duration", ""))):
        _listed(x, told, at)
    for told in members:
        _bridge_channel(x, told, at)
    listed, x.listing = x.listing, None
    _sweep(x, listed, at, at)
    for bridge in [b for b in x.bridges.values() if not b.members]:
        del x.bridges[bridge.uniqueid]


def _shutdown(x: Exchange, _told: Told, at: float) -> None:
    """The exchange stops: its calls are cut."""
    _lose_before(x, at, at)


def _booted(x: Exchange, told: Told, at: float) -> None:
    """Said at every login; `Uptime` tells whether what we knew is from before."""
    uptime = told.headers.get("Uptime", "")
    if uptime.isascii() and uptime.isdecimal():
        _lose_before(x, at - int(uptime) - 1.0, at)


def _lose_before(x: Exchange, before: float, at: float) -> None:
    for call in list(dict.fromkeys(x.calls.values())):
        if call.last - call.shift <= before:
            lose(x, call, at)
            x.restarted()


def _seconds(text: str) -> float:
    """Seconds of `00:01:05` or `65`."""
    total = 0.0
    for part_ in text.split(":"):
        if not (part_.isascii() and part_.isdecimal()):
            return 0.0
        total = total * 60 + int(part_)
    return total


RESYNC: dict[str, Fact] = {
    "CoreShowChannel": _listed,
    "Status": _listed,
    "CoreShowChannelsComplete": _complete,
    "StatusComplete": lambda x, _told, _at: setattr(x, "listing", None),
    "BridgeInfoChannel": _bridge_channel,
    "BridgeListItem": _bridge,
    "Shutdown": _shutdown,
    "FullyBooted": _booted,
}
