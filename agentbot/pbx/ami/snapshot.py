"""What goes on at an exchange right now: asked for after each login."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentbot.errors import PbxError
from agentbot.pbx.message import Message

__all__ = ["Snapshot", "take"]

_LISTS = ("CoreShowChannels", "Status", "BridgeList", "QueueStatus", "ParkedCalls")
_NEEDED = frozenset({"CoreShowChannels"})
"""Without these nothing can be picked up; the others depend on modules and rights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Answers to the lists, item by item.

    The exchange goes on while it is asked: the lists may differ by a channel, and events of the
    same moment come as well.
    """

    channels: tuple[Message, ...]
    """`CoreShowChannel`: one for each channel, with `BridgeId` and `Duration`."""
    statuses: tuple[Message, ...] = ()
    """`Status`: the same channels with `Seconds`, `Type` and `DNID`."""
    bridges: tuple[Message, ...] = ()
    """`BridgeListItem`."""
    members: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    """`BridgeInfoChannel` by bridge, where the channels do not say what is in the bridge."""
    queues: tuple[Message, ...] = ()
    """`QueueParams`, `QueueMember`, `QueueEntry`."""
    parked: tuple[Message, ...] = ()
    """`ParkedCall`."""
    missing: Mapping[str, str] = field(default_factory=dict)
    """Action: why it gave nothing (module not loaded, no right)."""

    def in_order(self, at: float) -> Iterator[Message]:
        """As a tracker understands them: who is a seat, then channels, then who hears whom."""
        yield from self.queues
        yield from self.statuses
        yield Message({"Event": "StatusComplete"}, {}, at)
        yield from self.channels
        channels = str(len(self.channels))
        yield Message({"Event": "CoreShowChannelsComplete", "ListItems": channels}, {}, at)
        for bridge, members in self.members.items():
            for member in members:
                headers = {**member.headers, "BridgeUniqueid": bridge}
                yield Message(headers, member.repeated, member.at)
        yield from self.bridges


Ask = Callable[[str, Mapping[str, str]], Coroutine[Any, Any, list[Message]]]


async def take(ask: Ask) -> Snapshot:
    """Ask for all lists.

    Raises:
        PbxError: the channels cannot be listed.
    """
    answers = await asyncio.gather(*(ask(action, {}) for action in _LISTS), return_exceptions=True)
    lists: dict[str, tuple[Message, ...]] = {}
    missing = {}
    for action, answer in zip(_LISTS, answers, strict=True):
        if isinstance(answer, PbxError) and action not in _NEEDED:
            missing[action] = str(answer)
            lists[action] = ()
        elif isinstance(answer, BaseException):
            raise answer
        else:
            lists[action] = tuple(answer)
    return Snapshot(
        channels=lists["CoreShowChannels"],
        statuses=lists["Status"],
        bridges=lists["BridgeList"],
        members=await _members(ask, lists),
        queues=lists["QueueStatus"],
        parked=lists["ParkedCalls"],
        missing=missing,
    )


async def _members(
    ask: Ask, lists: Mapping[str, tuple[Message, ...]]
) -> dict[str, tuple[Message, ...]]:
    """Members of bridges that the channels do not account for, one bridge after the other."""
    seen: dict[str, int] = {}
    for channel in lists["CoreShowChannels"]:
        bridge = channel.get("BridgeId")
        seen[bridge] = seen.get(bridge, 0) + 1
    members = {}
    for item in lists["BridgeList"]:
        bridge = item.get("BridgeUniqueid")
        if str(seen.get(bridge, 0)) == item.get("BridgeNumChannels"):
            continue
        try:
            members[bridge] = tuple(await ask("BridgeInfo", {"BridgeUniqueid": bridge}))
        except PbxError:  # it went away meanwhile
            members[bridge] = ()
    return members
