"""Does the dialplan know us, and the address by which it asks?"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from agentbot.doctor.check import Check, fine, warning
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError

__all__ = ["hooks"]

_ADDRESS: Final = re.compile(r"agi://([^:/]+)(?::(\d+))?/?")
_USUAL: Final = 4573
_ANSWER: Final = 2.0


async def hooks(visit: Visit, *, runs: bool, port: int) -> Check:
    """The dialplan's own `AGENTBOT_AGI`; tried from here where the service runs.

    `port`: the FastAGI port of the settings.
    """
    try:
        told = await visit.exchange.ask("Getvar", {"Variable": "AGENTBOT_AGI"})
    except PbxError:
        return fine("hooks", "unknown")
    address = told.get("Value")
    if not address:
        return fine("hooks", "unused")
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return warning("hooks", "no_address", address=address)
    asked = int(found[2] or _USUAL)
    if port and asked != port:
        return warning("hooks", "other_port", address=address, port=port)
    if not runs:
        return fine("hooks", "ok", address=address)
    return await _tried(visit, found[1], asked, address)


async def _tried(visit: Visit, host: str, port: int, address: str) -> Check:
    if not await _answers(host, port):
        return warning("hooks", "no_answer", address=address)
    if not await _asked(visit):
        return warning("hooks", "not_asked", address=address)
    return fine("hooks", "runs", address=address)


async def _asked(visit: Visit) -> bool:
    """Has the service told the exchange that it is there (`service.beat`)?"""
    ask = visit.exchange
    now = (await ask.ask("Getvar", {"Variable": "EPOCH"})).get("Value")
    try:
        found = await ask.ask_list("DBGet", {"Family": "agentbot", "Key": "until"})
    except PbxError:
        return False
    until = found[0].get("Val") if found else ""
    return now.isdigit() and until.isdigit() and int(now) <= int(until)


async def _answers(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(_ANSWER):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.transport.abort()
    return True
