"""Queues: who waits, who is called, who is a member."""

from __future__ import annotations

from agentbot.core.calls.dialling import half_of
from agentbot.core.calls.exchange import Exchange, Fact, Told, keys_of

__all__ = ["QUEUEING"]

_DEST = keys_of("Dest")


def _queue_join(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        x.announce(channel)
        channel.call.queue = told.headers.get("Queue") or channel.call.queue
        channel.call.abandoned = False


def _queue_abandon(x: Exchange, told: Told, at: float) -> None:
    channel = x.seen(told, at)
    if channel is not None:
        channel.call.queue = channel.call.queue or told.headers.get("Queue")
        channel.call.abandoned = True


def _agent_called(x: Exchange, told: Told, at: float) -> None:
    """A queue rings one of its members."""
    x.seats.learn_member(told.headers.get("Interface", ""))
    caller, member = x.seen(told, at), x.seen(told, at, _DEST)
    queue = told.headers.get("Queue")
    if caller is not None:
        caller.call.queue = caller.call.queue or queue
    if member is not None:
        member.queue = queue
        if (half := half_of(x, member)) is not None:
            half.queue = queue


def _member(x: Exchange, told: Told, _at: float) -> None:
    headers = told.headers
    x.seats.learn_member(
        headers.get("StateInterface") or headers.get("Interface") or headers.get("Location", "")
    )


QUEUEING: dict[str, Fact] = {
    "QueueCallerJoin": _queue_join,
    "QueueCallerAbandon": _queue_abandon,
    "AgentCalled": _agent_called,
    "AgentConnect": _agent_called,
    "QueueMember": _member,
    "QueueMemberAdded": _member,
    "QueueMemberStatus": _member,
}
