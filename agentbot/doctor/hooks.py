"""Does the dialplan know us, and the address by which it asks?"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from agentbot.doctor.call import running
from agentbot.doctor.check import Check, fine, warning
from agentbot.doctor.modules import absent_modules
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError
from agentbot.pbx.fastagi import AgiChannel, AgiRequest, AgiServer
from agentbot.service.sound import Taps
from agentbot.settings import Settings

__all__ = ["hooks"]

_ADDRESS: Final = re.compile(r"agi://([^:/]+)(?::(\d+))?/?")
_USUAL: Final = 4573
_NEEDED: Final = (
    "app_exec", "app_stack", "app_userevent", "func_db", "func_timeout", "res_speech", "res_agi",
)  # fmt: skip
_ANSWER: Final = 3.0
_PATH: Final = "/doctor"


async def hooks(visit: Visit, settings: Settings, taps: Taps | None, *, runs: bool) -> Check:
    """The dialplan's own `AGENTBOT_AGI`, tried.

    By a channel that runs AGI(); from here where the service runs and has the port.
    """
    try:
        told = await visit.exchange.ask("Getvar", {"Variable": "AGENTBOT_AGI"})
    except PbxError:
        return fine("hooks", "unknown")
    address = told.get("Value")
    if not address:
        return fine("hooks", "unused")
    if absent := await _missing(visit):
        return warning("hooks", "no_module", address=address, names=", ".join(absent))
    return await _used(visit, settings, taps, address, runs=runs)


async def _used(
    visit: Visit, settings: Settings, taps: Taps | None, address: str, *, runs: bool
) -> Check:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return warning("hooks", "no_address", address=address)
    asked, port = int(found[2] or _USUAL), settings.agi.port
    if port and asked != port:
        return warning("hooks", "other_port", address=address, port=port)
    if runs:
        return await _tried(visit, found[1], asked, address)
    return await _called(visit, settings, taps, address)


async def _missing(visit: Visit) -> list[str]:
    """Modules that the sample's subroutines need and that are not loaded."""
    try:
        return await absent_modules(visit, _NEEDED)
    except PbxError:
        return []


async def _called(visit: Visit, settings: Settings, taps: Taps | None, address: str) -> Check:
    """Let a channel ask us, as the dialplan would."""
    if taps is None or settings.sound.route not in {"auto", "audiosocket", "ari"}:
        return fine("hooks", "ok", address=address)
    came = asyncio.Event()

    async def handle(request: AgiRequest, channel: AgiChannel) -> None:
        del request, channel
        came.set()

    form, sound = settings.agi, settings.sound
    here = f"{sound.address or sound.host}:{taps.server.port}"
    try:
        async with (
            AgiServer({_PATH: handle}, host=form.host, port=form.port),
            running(
                visit, taps.server, here, application="AGI", data=f"{address.rstrip('/')}{_PATH}"
            ),
            asyncio.timeout(_ANSWER),
        ):
            await came.wait()
    except TimeoutError:
        return warning("hooks", "not_reached", address=address, host=form.host)
    except PbxError:
        # No channel, or no port: the lines for sound and for the port say why.
        return fine("hooks", "ok", address=address)
    return fine("hooks", "reached", address=address)


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
