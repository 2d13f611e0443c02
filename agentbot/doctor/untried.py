"""Ways to the sound that the dialplan provides: what can be known of them without a real call."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import datetime
from itertools import islice
from pathlib import Path

from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError, RecordingError
from agentbot.settings_sound import SoundForm
from agentbot.speech.codecs import decode

__all__ = ["untried"]

_NAMED = re.compile(r"\{\w+\}")
_MOST = 5_000
"""Recordings looked through; a folder may hold years of them."""
_DAYS = 7.0
"""Within so many days a house that records its calls has recorded one."""


async def untried(visit: Visit, form: SoundForm, route: str) -> Check | None:
    """The line of a route that a call of ours cannot try; None: it can."""
    if route == "dialplan":
        return await _sends(visit, form)
    if route == "files" and form.recordings and form.folder is not None:
        return await asyncio.to_thread(_recordings, form.folder, form.recordings)
    return None


async def _sends(visit: Visit, form: SoundForm) -> Check:
    """Whether the dialplan's `AGENTBOT_SOUND` is the port on which we wait."""
    try:
        told = await visit.exchange.ask("Getvar", {"Variable": "AGENTBOT_SOUND"})
    except PbxError:
        return warning("route", "dialplan")
    address = told.get("Value")
    if not address:
        return warning("route", "dialplan")
    if address.rpartition(":")[2] != str(form.port):
        return failed("route", "dialplan_port", address=address, port=form.port)
    return warning("route", "dialplan_known", address=address)


def _recordings(folder: Path, named: str) -> Check:
    """Whether pairs with the names of the settings lie in the folder, and can be read."""
    pattern = _NAMED.sub("*", named)
    found = list(islice(folder.glob(f"{pattern}-in.wav"), _MOST))
    if not found:
        return warning("route", "files", pattern=named)
    last = max(found, key=lambda path: path.stat().st_mtime)
    other = last.with_name(last.name.removesuffix("-in.wav") + "-out.wav")
    when = last.stat().st_mtime
    values = {
        "name": last.name, "other": other.name,
        "when": datetime.fromtimestamp(when).astimezone().strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    if not other.exists():
        return failed("route", "files_half", **values)
    try:
        for path in (last, other):
            decode(path)
    except (OSError, RecordingError) as error:
        return failed("route", "files_broken", problem=str(error), **values)
    if time.time() - when > _DAYS * 86_400:
        return warning("route", "files_old", **values)
    return fine("route", "files_found", **values)
