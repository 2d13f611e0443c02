"""What the simulated exchange does on each AMI action."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal

from agentbot.pbx.message import Message
from agentbot.simulate.call import Transfer
from agentbot.simulate.door import Reply
from agentbot.simulate.switch import Channel, Switch
from agentbot.simulate.taps import TapOrder

__all__ = ["Actions"]

_VERSION = "22.0.0-simulated"
_COMMANDS = (
    *("CoreShowChannels", "DBPut", "Hangup", "ModuleCheck", "Originate", "ParkedCalls"),
    *("Setvar", "Status", "UserEvent"),
)
"""Actions that whoever asks is told of."""
_OK = Reply(headers=(("Message", "OK"),))


class Actions:
    """Answers for one switch."""

    def __init__(
        self,
        switch: Switch,
        *,
        modules: Iterable[str],
        queues: Iterable[str],
        tap: Callable[[TapOrder, str, str], None],
        move: Callable[[str, Transfer], bool],
    ) -> None:
        """`tap` starts a tap: order, ActionID, data.

        `move` passes the caller of a channel on; False: that channel is in no talk.
        """
        self._switch = switch
        self._modules = frozenset(modules)
        self._queues = tuple(queues)
        self._tap, self._move = tap, move
        self._globals: dict[str, str] = {}
        self._known: dict[str, Callable[[Message], Reply]] = {
            "atxfer": partial(self._transfer, "attended", "Atxfer successfully queued"),
            "blindtransfer": partial(self._transfer, "blind", "Transfer succeeded"),
            "bridgeinfo": self._bridge_info,
            "bridgelist": self._bridge_list,
            "command": self._command,
            "coresettings": self._core_settings,
            "coreshowchannels": self._channels,
            "corestatus": self._core_status,
            "dbput": lambda _: _OK,
            "events": lambda _: _OK,
            "getvar": self._get_variable,
            "hangup": self._hang_up,
            "listcommands": self._list_commands,
            "modulecheck": self._module_check,
            "originate": self._originate,
            "park": self._park,
            "parkedcalls": lambda _: _listed("Parked calls will follow", "ParkedCallsComplete", []),
            "ping": lambda _: Reply(
                headers=(("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}"))
            ),
            "queuestatus": self._queue_status,
            "redirect": partial(self._transfer, "redirect", "Redirect successful"),
            "setvar": self._set_variable,
            "status": self._status,
            "userevent": self._user_event,
        }

    def __call__(self, action: Message) -> Reply | None:
        """Carry out one action; None where it is not known."""
        known = self._known.get(action.get("Action").lower())
        return known(action) if known else None

    def _channels(self, _: Message) -> Reply:
        items = [
            (
                "CoreShowChannel",
                [
                    *channel.headers(),
                    ("Application", channel.application[0]),
                    ("ApplicationData", channel.application[1]),
                    ("Duration", _duration(channel)),
                    ("BridgeId", channel.bridge.id if channel.bridge else ""),
                ],
            )
            for channel in self._switch.channels.values()
        ]
        return _listed("Channels will follow", "CoreShowChannelsComplete", items)

    def _status(self, action: Message) -> Reply:
        wanted = action.get("Channel")
        if wanted and wanted not in self._switch.channels:
            return Reply(error="No such channel")
        items = [
            (
                "Status",
                [
                    *channel.headers(),
                    ("Type", channel.name.partition("/")[0]),
                    ("DNID", channel.exten),
                    ("BridgeID", channel.bridge.id if channel.bridge else ""),
                    ("Application", channel.application[0]),
                    ("Data", channel.application[1]),
                    ("Seconds", f"{time.time() - channel.born:.0f}"),
                ],
            )
            for channel in self._switch.channels.values()
            if not wanted or channel.name == wanted
        ]
        return _listed("Channel status will follow", "StatusComplete", items)

    def _bridge_list(self, _: Message) -> Reply:
        items = [("BridgeListItem", bridge.headers()) for bridge in self._switch.bridges.values()]
        return _listed("Bridge listing will follow", "BridgeListComplete", items)

    def _bridge_info(self, action: Message) -> Reply:
        bridge = self._switch.bridges.get(action.get("BridgeUniqueid"))
        if bridge is None:
            return Reply(error="Specified BridgeUniqueid not found")
        items = [("BridgeInfoChannel", channel.headers()) for channel in bridge.channels]
        return _listed("Bridge channel listing will follow", "BridgeInfoComplete", items)

    def _queue_status(self, _: Message) -> Reply:
        items: list[tuple[str, list[tuple[str, str]]]] = []
        for queue in self._queues:
            waiting = [
                channel
                for channel in self._switch.channels.values()
                if channel.application == ("Queue", queue) and channel.bridge is None
            ]
            items.append(("QueueParams", [("Queue", queue), ("Calls", str(len(waiting)))]))
            items += [
                (
                    "QueueEntry",
                    [
                        ("Queue", queue),
                        ("Position", str(place)),
                        ("Channel", channel.name),
                        ("Uniqueid", channel.uniqueid),
                        ("CallerIDNum", channel.number),
                        ("CallerIDName", channel.person),
                        ("Wait", f"{time.time() - channel.born:.0f}"),
                    ],
                )
                for place, channel in enumerate(waiting, 1)
            ]
        return _listed("Queue status will follow", "QueueStatusComplete", items)

    def _core_settings(self, _: Message) -> Reply:
        return Reply(
            headers=(
                ("AMIversion", "11.0.0"),
                ("AsteriskVersion", _VERSION),
                ("SystemName", "sim"),
            )
        )

    def _core_status(self, _: Message) -> Reply:
        return Reply(headers=(("CoreCurrentCalls", str(len(self._switch.channels))),))

    def _module_check(self, action: Message) -> Reply:
        if action.get("Module").removesuffix(".so") in self._modules:
            return Reply(headers=(("Version", ""),))
        return Reply(error="Module not loaded")

    def _list_commands(self, _: Message) -> Reply:
        return Reply(headers=tuple((name, "(simulated)") for name in _COMMANDS))

    def _command(self, action: Message) -> Reply:
        said = action.get("Command").split()
        match said:
            case ["core", "show", "version"]:
                lines = [f"Asterisk {_VERSION}"]
            case ["core", "show", "channels", *_]:
                lines = [channel.name for channel in self._switch.channels.values()]
            case ["core", "show", "application", name]:
                known = f"app_{name.lower()}" in self._modules
                lines = [
                    f"  -= Info about Application '{name}' =- "
                    if known
                    else f"Your application(s) is (are) not registered: {name}"
                ]
            case ["module", "show", "like", part]:
                lines = [module for module in sorted(self._modules) if part in module]
            case _:
                return Reply(error=f"No such command '{action.get('Command')}'")
        return Reply(
            headers=(("Message", "Command output follows"), *(("Output", line) for line in lines))
        )

    def _get_variable(self, action: Message) -> Reply:
        found = self._variables(action)
        name = action.get("Variable")
        if found is None:
            return Reply(error="No such channel")
        return Reply(headers=(("Variable", name), ("Value", found.get(name, ""))))

    def _set_variable(self, action: Message) -> Reply:
        found = self._variables(action)
        if found is None:
            return Reply(error="No such channel")
        name, value = action.get("Variable"), action.get("Value")
        channel = self._switch.channels.get(action.get("Channel"))
        if channel is None:
            found[name] = value
        else:
            self._switch.set_variable(channel, name, value)
        return Reply(headers=(("Message", "Variable Set"),))

    def _variables(self, action: Message) -> dict[str, str] | None:
        name = action.get("Channel")
        if not name:
            return self._globals
        channel = self._switch.channels.get(name)
        return channel.variables if channel else None

    def _hang_up(self, action: Message) -> Reply:
        channel = self._switch.channels.get(action.get("Channel"))
        if channel is None:
            return Reply(error="No such channel")
        channel.asked_to_go.set()
        return Reply(headers=(("Message", "Channel Hungup"),))

    def _originate(self, action: Message) -> Reply:
        needed = {"app_chanspy", "chan_audiosocket", "res_audiosocket"}
        data = action.get("Data")
        order = TapOrder.read(action.get("Channel"), data, action.get("ChannelId"))
        if action.get("Application") != "ChanSpy" or order is None:
            return Reply(error="The simulated exchange originates AudioSocket taps only")
        if not needed <= self._modules:
            return Reply(error="Originate failed")
        self._tap(order, action.get("ActionID"), data)
        return Reply(headers=(("Message", "Originate successfully queued"),))

    def _transfer(
        self, kind: Literal["blind", "attended", "redirect"], done: str, action: Message
    ) -> Reply:
        seat = action.get("Exten")
        if not seat:
            return Reply(error="No Extension specified")
        if not self._move(action.get("Channel"), Transfer(at=0.0, seat=seat, kind=kind)):
            return Reply(error="Channel specified does not exist")
        return Reply(headers=(("Message", done),))

    def _park(self, action: Message) -> Reply:
        """Comes back to the seat of `TimeoutChannel` after `Timeout` milliseconds."""
        back = self._switch.channels.get(action.get("TimeoutChannel"))
        if back is None or not action.get("Timeout", "2000").isdigit():
            return Reply(error="Channel does not exist")
        seconds = min(3600.0, int(action.get("Timeout", "2000")) / 1000)
        order = Transfer(at=0.0, seat=back.number, kind="park", consult=seconds)
        if not self._move(action.get("Channel"), order):
            return Reply(error="Channel does not exist")
        return Reply(headers=(("Message", "Park successful"),))

    def _user_event(self, action: Message) -> Reply:
        if not action.get("UserEvent"):
            return Reply(error="UserEvent name not specified")
        more = [pair for pair in action.headers.items() if pair[0] not in {"Action", "UserEvent"}]
        self._switch.tell("UserEvent", [("UserEvent", action.get("UserEvent")), *more])
        return Reply(headers=(("Message", "Event Sent"),))


def _listed(message: str, end: str, items: list[tuple[str, list[tuple[str, str]]]]) -> Reply:
    return Reply(headers=(("Message", message),), items=tuple(items), end=end)


def _duration(channel: Channel) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(time.time() - channel.born))
