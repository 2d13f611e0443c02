"""The simulated exchange's channels and bridges, and the events that tell of them."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

from agentbot.core.events import Leg
from agentbot.simulate.playback import Clock, Playback

__all__ = ["UNKNOWN", "Bridge", "Channel", "Pairs", "Switch"]

UNKNOWN = "<unknown>"
_STATES = {0: "Down", 4: "Ring", 5: "Ringing", 6: "Up"}
_CAUSES = {0: "Unknown", 16: "Normal Clearing", 17: "User busy", 19: "No Answer"}
_TOLD = ("AGENTBOT_CALL", "AGENTBOT_OPERATOR", "AGENTBOT_SCRIPT", "AGENTBOT_STATE")
"""Variables that come with each event, as the sample manager.conf asks."""

Pairs = Iterable[tuple[str, str]]


@dataclass(slots=True, eq=False)
class Bridge:
    """Where channels hear each other."""

    id: str = field(default_factory=lambda: str(uuid4()))
    channels: list[Channel] = field(default_factory=list)

    def headers(self, prefix: str = "") -> list[tuple[str, str]]:
        """As events name it."""
        return [
            (f"{prefix}BridgeUniqueid", self.id),
            (f"{prefix}BridgeType", "basic"),
            (f"{prefix}BridgeTechnology", "simple_bridge"),
            (f"{prefix}BridgeCreator", UNKNOWN),
            (f"{prefix}BridgeName", UNKNOWN),
            (f"{prefix}BridgeNumChannels", str(len(self.channels))),
            (f"{prefix}BridgeVideoSourceMode", "none"),
        ]


@dataclass(slots=True, eq=False)
class Channel:
    """One phone on one call."""

    name: str
    uniqueid: str
    linkedid: str
    number: str
    person: str
    context: str
    exten: str
    state: int
    connected: tuple[str, str] = (UNKNOWN, UNKNOWN)
    variables: dict[str, str] = field(default_factory=dict)
    application: tuple[str, str] = ("", "")
    bridge: Bridge | None = None
    born: float = field(default_factory=time.time)
    says: tuple[Playback, Leg] | None = None
    """What its party says; None: silence."""
    mute: bool = False
    """Its phone holds the call: not even silence comes."""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    asked_to_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody wants it hung up (AMI Hangup)."""

    def headers(self, prefix: str = "") -> list[tuple[str, str]]:
        """As events show it."""
        pairs = [
            ("Channel", self.name),
            ("ChannelState", str(self.state)),
            ("ChannelStateDesc", _STATES[self.state]),
            ("CallerIDNum", self.number or UNKNOWN),
            ("CallerIDName", self.person or UNKNOWN),
            ("ConnectedLineNum", self.connected[0]),
            ("ConnectedLineName", self.connected[1]),
            ("Language", "en"),
            ("AccountCode", ""),
            ("Context", self.context),
            ("Exten", self.exten),
            ("Priority", "1"),
            ("Uniqueid", self.uniqueid),
            ("Linkedid", self.linkedid),
            *(("ChanVariable", f"{name}={self.variables.get(name, '')}") for name in _TOLD),
        ]
        # A spied channel is called "SpyeeChannel", but the first of a dial just "Channel".
        return [(prefix + key, value) for key, value in pairs]


class Switch:
    """Makes, joins and ends channels, and says so."""

    def __init__(self, clock: Clock, tell: Callable[[str, Pairs], None]) -> None:
        """`tell` takes each event's name and headers."""
        self.clock = clock
        self.tell = tell
        self.channels: dict[str, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self._numbers = itertools.count()

    def channel(
        self,
        line: str,
        *,
        number: str,
        person: str,
        context: str,
        exten: str,
        state: int,
        linked: Channel | None = None,
        unique: str = "",
    ) -> Channel:
        """A new channel of `line` (`trunk`, a seat, or a full name with a slash)."""
        count = next(self._numbers)
        unique = unique or f"sim-{int(time.time())}.{count}"
        channel = Channel(
            name=line if "/" in line else f"PJSIP/{line}-{count:08x}",
            uniqueid=unique,
            linkedid=linked.linkedid if linked else unique,
            number=number,
            person=person,
            context=context,
            exten=exten,
            state=state,
        )
        self.channels[channel.name] = channel
        self.tell("Newchannel", channel.headers())
        return channel

    def seat(self, seat: str, caller: Channel) -> Channel:
        """The phone of a seat, about to ring."""
        channel = self.channel(
            seat,
            number=seat,
            person=f"Seat {seat}",
            context="from-seats",
            exten="s",
            state=0,
            linked=caller,
        )
        channel.exten = caller.exten
        channel.application = ("AppDial", "(Outgoing Line)")
        channel.connected = (caller.number, caller.person or UNKNOWN)
        self.tell("NewConnectedLine", channel.headers())
        return channel

    def about(self, event: str, channel: Channel, *more: tuple[str, str]) -> None:
        """An event of one channel."""
        self.tell(event, [*channel.headers(), *more])

    def between(self, event: str, channel: Channel, other: Channel, *more: tuple[str, str]) -> None:
        """An event of a channel that dials and the one dialled."""
        self.tell(event, [*channel.headers(), *other.headers("Dest"), *more])

    def state(self, channel: Channel, state: int) -> None:
        """Down, ringing, up."""
        channel.state = state
        self.about("Newstate", channel)

    def set_variable(self, channel: Channel, name: str, value: str) -> None:
        """Set and tell."""
        channel.variables[name] = value
        self.about("VarSet", channel, ("Variable", name), ("Value", value))

    def join(self, *channels: Channel) -> Bridge:
        """Bridge channels, the one that answered first."""
        bridge = Bridge()
        self.bridges[bridge.id] = bridge
        self.tell("BridgeCreate", bridge.headers())
        for channel in channels:
            self.enter(bridge, channel)
        return bridge

    def enter(self, bridge: Bridge, channel: Channel) -> None:
        """Into a bridge."""
        bridge.channels.append(channel)
        channel.bridge = bridge
        self.tell("BridgeEnter", [*bridge.headers(), *channel.headers()])

    def leave(self, channel: Channel) -> None:
        """Out of its bridge, which ends with its last channel."""
        bridge = channel.bridge
        if bridge is None:
            return
        bridge.channels.remove(channel)
        channel.bridge = None
        self.tell("BridgeLeave", [*bridge.headers(), *channel.headers()])
        if not bridge.channels:
            self.bridges.pop(bridge.id, None)
            self.tell("BridgeDestroy", bridge.headers())

    def end(self, channel: Channel, cause: int = 16) -> None:
        """Hang up, once."""
        if channel.gone.is_set():
            return
        self.leave(channel)
        channel.gone.set()
        self.channels.pop(channel.name, None)
        self.about("Hangup", channel, ("Cause", str(cause)), ("Cause-txt", _CAUSES[cause]))
