"""What is known of channels, bridges, talks and calls while they last; inside the tracker only."""

from __future__ import annotations

from collections.abc import Iterator

from agentbot.core.calls.events import Direction, Role, Transfer
from agentbot.core.calls.names import ChannelName, parse_name

__all__ = ["Bridge", "Call", "Channel", "Hold", "Talk"]


class Channel:
    """One leg: a phone, a trunk line, or plumbing of the exchange."""

    __slots__ = (
        "account", "answered", "bridge", "call", "caller_name", "cause", "context", "cut", "dialled", "dialler", "ended", "exten",
        "exten_dialled", "heir", "held", "hung_up", "incoming", "linked", "listed", "music", "name", "number", "order", "parsed", "pbx_variables",
        "place", "queue", "rang", "rang_out", "role", "seat", "started", "state", "status", "talk", "touched", "uniqueid",
        "variables",
    )  # fmt: skip

    def __init__(
        self, uniqueid: str, name: str, linked: str, call: Call, order: int, at: float
    ) -> None:
        self.uniqueid, self.name, self.linked, self.call = uniqueid, name, linked, call
        self.parsed: ChannelName = parse_name(name)
        self.order = order
        """Counts channels as they come up, across calls."""
        self.started = at
        self.touched = at
        self.rang: float | None = None
        self.rang_out: float | None = None
        """When the ringing stopped."""
        self.answered: float | None = None
        self.ended: float | None = None
        self.state = ""
        self.number = self.caller_name = self.context = self.exten = ""
        self.account = ""
        """Account code it came up with: of phones often their own name."""
        self.place = ""
        """Extension of the dialplan it was in when it entered its bridge."""
        self.exten_dialled = ""
        """What the dialling channel had dialled."""
        self.incoming = False
        """It called the exchange, rather than being called by it."""
        self.dialled = False
        self.dialler: Channel | None = None
        self.queue: str | None = None
        """Queue that called this leg."""
        self.status = ""
        """First outcome of being dialled, as DialEnd says it."""
        self.cause = ""
        self.hung_up = self.cut = False
        """The phone hung up; the exchange ended it without that."""
        self.bridge: Bridge | None = None
        self.heir: Channel | None = None
        """Takes its place in its bridge when it goes, and nobody says so."""
        self.listed = False
        """It was found in its bridge by asking, not seen to enter."""
        self.held = self.music = False
        self.talk: Talk | None = None
        self.role: Role | None = None
        """Part it last played; None before anything is known."""
        self.seat: str | None = None
        self.variables: dict[str, str] = {}
        self.pbx_variables: tuple[str, ...] = ()
        """Lines `NAME=value` of the last event that carried some."""


class Bridge:
    """Channels that the exchange has connected."""

    __slots__ = ("deaf", "members", "uniqueid")

    def __init__(self, uniqueid: str) -> None:
        self.uniqueid = uniqueid
        self.members: dict[str, Channel] = {}
        self.deaf = False
        """Its members do not hear each other: parked, or waiting for someone."""


class Hold:
    """One party has put the other on hold."""

    __slots__ = ("began", "by", "ended")

    def __init__(self, by: Role, began: float) -> None:
        self.by, self.began = by, began
        self.ended: float | None = None


class Talk:
    """An operator and an outside party connected."""

    __slots__ = (
        "away", "began", "call", "caller", "ended", "heading", "holds", "id", "left", "operator", "picked_up", "seat",
    )  # fmt: skip

    def __init__(
        self, call: Call, caller: Channel, operator: Channel, seat: str, began: float
    ) -> None:
        self.call, self.caller, self.operator, self.seat, self.began = (
            call,
            caller,
            operator,
            seat,
            began,
        )
        self.id = f"{call.id}/{operator.uniqueid}"
        self.ended: float | None = None
        self.left: float | None = None
        """When they were parted; what became of it is not known yet."""
        self.heading = ""
        """Where the dialplan was told to take the caller, seen as they left."""
        self.away = False
        """The operator consults someone while the caller hears music."""
        self.holds: list[Hold] = []
        self.picked_up = False

    @property
    def lines(self) -> set[str]:
        """Phones that are busy with it."""
        return {channel.parsed.interface for channel in (self.caller, self.operator)}

    @property
    def hold(self) -> Hold | None:
        """The hold under way."""
        return self.holds[-1] if self.holds and self.holds[-1].ended is None else None


class Call:
    """What began with one channel and all that came of it."""

    __slots__ = (
        "abandoned", "aliases", "alive", "announced", "began", "bridged", "channels", "direction", "ended", "heard", "id", "last", "legs_dropped",
        "moving", "picked_up", "queue", "reason", "shift", "talks", "transfers",
    )  # fmt: skip

    def __init__(self, call: str, at: float) -> None:
        self.id = call
        self.aliases: list[str] = [call]
        self.channels: dict[str, Channel] = {}
        self.alive = 0
        """Channels still up."""
        self.announced = False
        self.began = self.last = at
        self.heard = 0.0
        """When the last message about it arrived, by our clock."""
        self.shift = 0.0
        """Seconds the exchange's clock has stepped back during this call."""
        self.ended: float | None = None
        self.reason = ""
        self.direction = Direction.INBOUND
        self.queue: str | None = None
        self.abandoned = False
        self.bridged = False
        """Two people were connected, whoever they were."""
        self.picked_up = False
        self.talks: list[Talk] = []
        self.transfers: list[Transfer] = []
        self.moving: Transfer | None = None
        """A transfer that was announced and has not reached anybody yet."""
        self.legs_dropped = 0

    @property
    def dialled(self) -> str:
        """What the caller from outside dialled to get here."""
        first = next(self.parties(), None)
        return first.exten if first is not None and first.incoming else ""

    def parties(self) -> Iterator[Channel]:
        """Legs with a person or line behind them, in order of appearance."""
        return (channel for channel in self.channels.values() if not channel.parsed.machine)
