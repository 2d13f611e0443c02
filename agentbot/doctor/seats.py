"""Who is a seat? Told by the queues of the exchange, held against the settings' expression."""

from __future__ import annotations

import re
from typing import Final

from agentbot.doctor.check import Check, fine, warning
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError

__all__ = ["seats"]

_SHOWN: Final = 8


async def seats(visit: Visit, pattern: str) -> Check:
    """`pattern`: the exchange's `seats`; empty: found out."""
    try:
        items = await visit.exchange.ask_list("QueueStatus")
    except PbxError:
        items = []
    queues = {item.get("Queue") for item in items if item.event == "QueueParams"}
    members = sorted({item.get("Location") for item in items if item.event == "QueueMember"})
    if not pattern:
        said = "queues" if members else "numbers"
        return fine("seats", said, queues=len(queues), number=len(members), some=_some(members))
    # As channels are named: PJSIP/1001-0000002a.
    strange = [one for one in members if not re.search(pattern, f"{one}-0")]
    if strange:
        return warning("seats", "strange", pattern=pattern, some=_some(strange))
    return fine("seats", "pattern", pattern=pattern, number=len(members))


def _some(members: list[str]) -> str:
    more = " …" if len(members) > _SHOWN else ""
    return ", ".join(members[:_SHOWN]) + more
