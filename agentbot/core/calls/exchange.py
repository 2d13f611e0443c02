"""The exchange as the tracker sees it: channels coming and going, and the calls they make up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from agentbot.core.calls.events import CallBegan, CallEvent, CallOver, Direction
from agentbot.core.calls.names import is_short
from agentbot.core.calls.parties import Seats
from agentbot.core.calls.records import CallRecord, reason_of, record
from agentbot.core.calls.stamp import stamp
from agentbot.core.calls.state import Bridge, Call, Channel, Talk

__all__ = ["PLAIN", "Exchange", "Fact", "Keys", "Told", "keys_of"]


class Told(Protocol):
    """A message of the exchange: headers, those that came more than once, and when it came."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def repeated(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def at(self) -> float: ...


class Keys(NamedTuple):
    """Names of the headers that describe one channel; events about several give each a prefix."""

    channel: str
    uniqueid: str
    linked: str
    state: str
    number: str
    name: str
    context: str
    exten: str
    account: str
    variables: str


def keys_of(prefix: str) -> Keys:
    """`DestChannel`, `DestUniqueid` ... for `Dest`."""
    return Keys(
        *(
            prefix + key
            for key in (
                "Channel", "Uniqueid", "Linkedid", "ChannelState", "CallerIDNum", "CallerIDName", "Context", "Exten", "AccountCode",
                "ChanVariable",
            )
        )
    )  # fmt: skip


PLAIN = keys_of("")
_STEP = 2.0
"""Seconds an event may be late; what is older says that the clock was set back."""
_RING, _RINGING, _UP = "4", "5", "6"
_GONE_KEPT = 4_000
_LEGS_KEPT = 500
"""Legs remembered of one call; a queue that rings for hours makes thousands."""
_UNKNOWN = ("", "<unknown>", "unknown", "s")


class Exchange:
    """State and the steps that change it; what they have to say is put into `said`."""

    def __init__(self, seats: Seats, keep: int | None) -> None:
        self.seats = seats
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.calls: dict[str, Call] = {}
        """Calls under way by each of their ids."""
        self.halves: dict[str, list[Channel]] = {}
        """Halves of Local channels by what their names share."""
        self.talking: dict[str, list[Talk]] = {}
        """Talks under way by seat."""
        self.parting: list[Talk] = []
        """Talks whose parties were parted and whose fate is open."""
        self.finished: deque[CallRecord] = deque(maxlen=keep)
        self.said: list[CallEvent] = []
        self.dropped = 0
        """Calls let go because they were too old or too many."""
        self.skew = 0.0
        """Seconds the exchange's clock is ahead of ours."""
        self.arrived = 0.0
        """When the message now looked at arrived, by our clock."""
        self.listing: set[str] | None = None
        self.listed_from = 0.0
        self._gone: dict[str, Channel] = {}
        self._order = 0

    def clock(self, told: Told) -> float:
        """When it happened by the exchange's clock; replies carry no time, so ours plus the skew."""
        self.arrived = told.at
        at = stamp(told.headers.get("Timestamp", ""))
        if at is None:
            return told.at + self.skew
        self.skew = at - told.at
        return at

    def time_in(self, call: Call, at: float) -> float:
        """The same moment within a call, where time never runs backwards."""
        at += call.shift
        if at < call.last:
            if call.last - at > _STEP:
                call.shift += call.last - at
            return call.last
        call.last = at
        return at

    def seen(self, told: Told, at: float, keys: Keys = PLAIN) -> Channel | None:
        """The channel these headers describe, made known if it was not; None when it is gone or unnamed."""
        headers = told.headers
        name = headers.get(keys.channel)
        if not name:
            return None
        uniqueid = headers.get(keys.uniqueid) or name
        channel = self.channels.get(uniqueid)
        linked = headers.get(keys.linked) or uniqueid
        if channel is None:
            if uniqueid in self._gone:
                return None
            channel = self._begin(uniqueid, name, linked, headers.get(keys.account, ""), at)
        elif channel.linked != linked and headers.get(keys.linked):
            channel.linked = linked
            self.join(channel.call, self.calls.get(linked), at)
            if linked not in self.calls:
                self.calls[linked] = channel.call
                channel.call.aliases.append(linked)
        channel.touched = at
        channel.call.heard = self.arrived
        number = headers.get(keys.number, "")
        if number != channel.number and number not in _UNKNOWN:
            channel.number = number
            channel.caller_name = headers.get(keys.name, "").replace("<unknown>", "")
            if channel.incoming:
                self.seats.learn_line(channel)
        variables = told.repeated.get(keys.variables)
        if variables is not None:
            channel.pbx_variables = variables
        state = headers.get(keys.state, "")
        if state != channel.state:
            self._turn(channel, state, headers, at, keys)
        return channel

    def _begin(self, uniqueid: str, name: str, linked: str, account: str, at: float) -> Channel:
        call = self.calls.get(linked)
        if call is None:
            call = self.calls[linked] = Call(linked, at)
        self._order += 1
        at = self.time_in(call, at)
        channel = Channel(uniqueid, name, linked, call, self._order, at)
        self.channels[uniqueid] = call.channels[uniqueid] = channel
        call.alive += 1
        channel.account = account
        if channel.parsed.pair:
            self.halves.setdefault(channel.parsed.pair, []).append(channel)
        if len(call.channels) > _LEGS_KEPT:
            old = next(
                (c for c in call.channels.values() if c.ended is not None and c.answered is None),
                None,
            )
            if old is not None:
                del call.channels[old.uniqueid]
                call.legs_dropped += 1
        return channel

    def _turn(
        self, channel: Channel, state: str, headers: Mapping[str, str], at: float, keys: Keys
    ) -> None:
        met_up = not channel.state and state == _UP and keys is PLAIN
        channel.state = state
        channel.context = headers.get(keys.context, "") or channel.context
        exten = headers.get(keys.exten, "")
        if exten not in _UNKNOWN and exten != "h" and not channel.exten:
            channel.exten = exten
        at = self.time_in(channel.call, at)
        if met_up:
            channel.call.picked_up = True
        # Of a call that began before we listened: who is in the dialplan has called in.
        if (state == _RING or (met_up and channel.exten)) and not channel.dialled:
            channel.incoming = True
            self.seats.learn_line(channel)
        if state == _RINGING and channel.rang is None:
            channel.rang = at
        elif state == _UP and channel.answered is None:
            channel.answered = at

    def announce(self, channel: Channel) -> None:
        """Say that there is a call, once somebody is in it."""
        call = channel.call
        if call.announced or channel.parsed.machine:
            return
        call.announced = True
        if call.bridged:
            pass  # met as its parties part: who called whom was not seen
        elif not channel.incoming and channel.dialler is None:
            call.direction = Direction.OUTBOUND  # the exchange itself began it
        elif self.seats.lean(channel) > 0:
            call.direction = Direction.INTERNAL if is_short(channel.exten) else Direction.OUTBOUND
        self.said.append(CallBegan(call=call.id, at=call.began, direction=call.direction))

    def join(self, one: Call, other: Call | None, at: float) -> Call:
        """Two calls turn out to be one: the caller's stays, else the older."""
        if other is None or other is one:
            return one
        keep, give = (one, other) if _rank(one) <= _rank(other) else (other, one)
        for channel in give.channels.values():
            channel.call = keep
        keep.channels.update(give.channels)
        if len(give.channels) > 0:
            keep.channels = dict(sorted(keep.channels.items(), key=lambda item: item[1].order))
        keep.alive += give.alive
        for alias in give.aliases:
            self.calls[alias] = keep
        keep.aliases += give.aliases
        for talk in give.talks:
            talk.call = keep
        keep.talks = sorted([*keep.talks, *give.talks], key=lambda talk: talk.began)
        keep.transfers = sorted(
            [*keep.transfers, *give.transfers], key=lambda transfer: transfer.at
        )
        keep.moving = keep.moving or give.moving
        keep.queue = keep.queue or give.queue
        keep.last = max(keep.last, give.last)
        if give.announced:
            if keep.announced:
                self.said.append(CallOver(call=give.id, at=self.time_in(keep, at), reason="merged"))
            else:
                keep.announced = True
                self.said.append(CallBegan(call=keep.id, at=keep.began, direction=keep.direction))
                self.said.append(CallOver(call=give.id, at=self.time_in(keep, at), reason="merged"))
        return keep

    def bridge(self, uniqueid: str) -> Bridge:
        bridge = self.bridges.get(uniqueid)
        if bridge is None:
            bridge = self.bridges[uniqueid] = Bridge(uniqueid)
        return bridge

    def forget(self, channel: Channel, at: float) -> None:
        """The channel is gone; its leg stays in the call's record."""
        channel.ended = self.time_in(channel.call, at)
        del self.channels[channel.uniqueid]
        self._gone[channel.uniqueid] = channel
        if len(self._gone) > _GONE_KEPT:
            del self._gone[next(iter(self._gone))]
        if halves := self.halves.get(channel.parsed.pair):
            halves.remove(channel)
            if not halves:
                del self.halves[channel.parsed.pair]
        channel.call.alive -= 1

    def end(self, call: Call, at: float, reason: str | None = None) -> None:
        """The call is over: say so and keep its record."""
        call.ended = self.time_in(call, at)
        call.reason = reason or reason_of(call)
        for alias in call.aliases:
            if self.calls.get(alias) is call:
                del self.calls[alias]
        if call.announced:
            self.said.append(CallOver(call=call.id, at=call.ended, reason=call.reason))
            self.finished.append(record(call, self.seats))

    def remembered(self, uniqueid: str) -> Channel | None:
        """A channel that hung up a moment ago."""
        return self._gone.get(uniqueid)

    def restarted(self) -> None:
        """Names and ids begin anew."""
        self._gone.clear()


Fact = Callable[[Exchange, Told, float], None]
"""What one kind of message, that came at this second of the exchange's clock, does."""


def _rank(call: Call) -> tuple[bool, float]:
    """Which of two calls keeps its name: that with a talk or an outside caller, then the older."""
    return not call.talks, call.began
