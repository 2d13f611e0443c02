"""What the AMI user may do and is told, and which line of manager.conf mends what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.doctor.visit import USER_EVENT, VARIABLE, Visit
from agentbot.errors import PbxError
from agentbot.pbx.message import Message

__all__ = ["told", "write_rights"]

_NEEDED: Final = {
    "CoreShowChannels": "reporting",
    "Status": "reporting",
    "Setvar": "call",
    "Hangup": "call",
    "ParkedCalls": "call",
    "UserEvent": "user",
    "ModuleCheck": "system",
    "DBPut": "system",
    "Originate": "originate",
}
"""What the service asks of the exchange, and the right of `write =` that lets it."""
_UNASKED: Final = frozenset({"ari", "dialplan", "files", "none"})
"""Routes for which nothing is originated."""
_GRAVE: Final = frozenset({"reporting", "originate"})
"""Without these running calls are not picked up, or none is heard."""
_TOO_MUCH: Final = {"Command": "command", "UpdateConfig": "config"}
"""The console, and files: nothing that agentbot asks for."""
_CALL_EVENTS: Final = (
    "Newchannel", "Newstate", "DialBegin", "DialEnd", "BridgeEnter", "BridgeLeave", "Hangup",
)  # fmt: skip
"""Those that a test call gives, of all by which calls are followed."""


async def write_rights(visit: Visit, route: str) -> Check:
    """Asterisk lists to each user the actions that it may use, and no others."""
    try:
        listed = await visit.exchange.ask("ListCommands")
    except PbxError:
        return warning("write", "unknown")
    may = {name.lower() for name in listed.headers}
    needed = {a: r for a, r in _NEEDED.items() if r != "originate" or route not in _UNASKED}
    missing = _in_order(right for action, right in needed.items() if action.lower() not in may)
    if missing:
        found = failed if _GRAVE & set(missing) else warning
        return found("write", "missing", missing=", ".join(missing), line=",".join(missing))
    excess = _in_order(right for action, right in _TOO_MUCH.items() if action.lower() in may)
    if excess:
        return warning("write", "excess", excess=", ".join(excess))
    return fine("write", actions=len(needed))


async def told(visit: Visit) -> Check:
    """Are the events sent by which calls are followed? Shown by the test call, if there was one.

    `agent` cannot be seen: only a call in a queue makes such events.
    """
    call = visit.call
    missing = [] if await visit.event("FullyBooted", seconds=3.0) else ["system"]
    if not await _comes_back(visit):
        missing.append("user")
    events = {message.event for message in call or ()}
    if call is not None and not events & set(_CALL_EVENTS):
        missing.insert(0, "call")
    if call and "call" not in missing and not _variable(call):
        missing.append("dialplan")
    if missing:
        found = failed if "call" in missing else warning
        return found("read", "missing", missing=", ".join(missing), line=",".join(missing))
    bridged = set() if visit.joined else {"BridgeEnter", "BridgeLeave"}
    hidden = [name for name in _CALL_EVENTS if call and name not in events | bridged]
    if hidden:
        return failed("read", "hidden", events=", ".join(hidden))
    return fine("read", "ok" if call else "no_call", events=len(events))


async def _comes_back(visit: Visit) -> bool:
    try:
        await visit.exchange.ask("UserEvent", {"UserEvent": USER_EVENT})
    except PbxError:
        return True  # nothing was sent, so nothing can be missing; `write_rights` names it
    return await visit.event("UserEvent", UserEvent=USER_EVENT, seconds=5.0) is not None


def _variable(call: Sequence[Message]) -> bool:
    return any(one.event == "VarSet" and one.get("Variable") == VARIABLE for one in call)


def _in_order(rights: Iterable[str]) -> list[str]:
    """Each once, as they came."""
    return list(dict.fromkeys(rights))
