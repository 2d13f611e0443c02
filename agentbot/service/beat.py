"""Tells an exchange again and again until when we are surely there.

Asterisk tries for two seconds to reach a machine that drops packets, and no setting shortens that.
So the dialplan asks only while `DB(agentbot/until)`, in the exchange's own time, lies ahead: a
machine that has died costs a call nothing. A global variable would do as well, but each change of
one is a line on Asterisk's console.
"""

from __future__ import annotations

import asyncio
import math
import time
from typing import Final

import structlog

from agentbot.core.calls.stamp import stamp
from agentbot.errors import PbxError
from agentbot.pbx.ami import Exchange

__all__ = ["beat", "keep_beating"]

log = structlog.get_logger()

_EACH: Final = 3.0
"""Seconds between two beats; each is one small write to Asterisk's database."""
_VALID: Final = 8
"""Seconds that a beat counts: one may be late, and one may be lost."""
_LOOK: Final = 0.2
"""Seconds between two looks whether the exchange is connected again."""


async def keep_beating(exchange: Exchange) -> None:
    """Until cancelled; an exchange that refuses is not asked again before the next login."""
    refused = -1
    while True:
        login = exchange.counts.logins
        if not exchange.connected or login == refused:
            await asyncio.sleep(_LOOK)
            continue
        try:
            await beat(exchange)
        except PbxError as error:
            if exchange.connected:
                refused = login
                log.info("the dialplan is not told", exchange=exchange.account.name, why=str(error))
            continue
        await asyncio.sleep(_EACH)


async def beat(exchange: Exchange) -> None:
    """Say once that we are there for a while.

    Raises:
        PbxError: not connected, refused, or no answer.
    """
    told = stamp((await exchange.ask("Ping")).get("Timestamp"))
    now = time.time() if told is None else told
    until = str(math.ceil(now) + _VALID)
    await exchange.ask("DBPut", {"Family": "agentbot", "Key": "until", "Val": until})
