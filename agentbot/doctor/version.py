"""Which Asterisk it is, and whether its clock and time zone are ours."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Final

from agentbot.core.calls.stamp import stamp
from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError

__all__ = ["SIMULATED", "clock", "time_zone", "version"]

SIMULATED: Final = "simulated"
"""In the version of `agentbot simulate`."""
_OLDEST: Final = 18
"""The first Asterisk with AudioSocket channels and `ChannelId` for both halves."""
_DRIFT_SECONDS: Final = 2.0
"""Ringing times and the order of events across both clocks suffer from here on."""


async def version(visit: Visit) -> Check:
    """Asterisk 18 or newer?"""
    told = (await visit.exchange.ask("CoreSettings")).get("AsteriskVersion")
    number = re.search(r"(\d+)(?:\.\d+)*", told)
    if number is None:
        return warning("version", "unknown", version=told or "?")
    if int(number[1]) < _OLDEST:
        return failed("version", "old", version=told)
    return fine("version", version=told)


async def clock(visit: Visit) -> Check:
    """Its clock against ours, by the time that it puts into the answer to a ping."""
    before = time.time()
    told = stamp((await visit.exchange.ask("Ping")).get("Timestamp"))
    after = time.time()
    if told is None:
        return warning("clock", "unknown")
    ahead = round(told - (before + after) / 2, 2) + 0.0
    if abs(ahead) > _DRIFT_SECONDS:
        return warning("clock", "differs", seconds=ahead)
    return fine("clock", seconds=ahead, ms=round((after - before) * 1000, 1))


async def time_zone(visit: Visit) -> Check:
    """Its time zone against ours: its reports and our pages should name the same hour."""
    now = datetime.now().astimezone()
    ours = now.strftime("%z")
    try:
        theirs = (await visit.exchange.ask("Getvar", {"Variable": "STRFTIME(,,%z)"})).get("Value")
    except PbxError:
        theirs = ""
    if not re.fullmatch(r"[+-]\d{4}", theirs):
        return fine("zone", "alone", ours=ours, now=now.strftime("%H:%M"))
    if _offset(theirs) != now.utcoffset():
        return warning("zone", "differs", ours=ours, theirs=theirs)
    return fine("zone", ours=ours, now=now.strftime("%H:%M"))


def _offset(zone: str) -> timedelta:
    hours, minutes = int(zone[1:3]), int(zone[3:5])
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=hours, minutes=minutes)
