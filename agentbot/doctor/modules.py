"""Does the exchange have the modules that the route of sound needs, and those that help?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError
from agentbot.pbx.snoop import ARI_MODULES
from agentbot.pbx.tap import MODULES, WEBSOCKET_MODULES
from agentbot.settings_sound import SoundForm

__all__ = ["absent_modules", "modules"]

_ROUTES: Final = {
    "auto": MODULES,
    "audiosocket": MODULES,
    "websocket": WEBSOCKET_MODULES,
    "ari": ARI_MODULES,
    "dialplan": {**MODULES, "app_originate": "", "app_userevent": "", "func_uuid": ""},
    "files": {"app_mixmonitor": ""},
}
"""Modules without which a route is none."""
_PHONES: Final = ("codec_ulaw", "codec_alaw")
"""One of them is in nearly every call, and its sound has to be turned into plain samples."""
_TIMING: Final = ("res_timing_timerfd", "res_timing_pthread", "res_timing_dahdi")
"""One of them paces ChanSpy."""
_HELPFUL: Final = {"app_queue": "queues", "res_agi": "hooks"}
"""Module, and the text that says what is missing without it."""


async def modules(visit: Visit, form: SoundForm) -> list[Check]:
    """One line for what is needed, one for each thing that would help."""
    needed = _ROUTES.get(form.route, {})
    try:
        absent = await absent_modules(visit, needed)
        if absent:
            loads = "; ".join(f"module load {name}" for name in absent)
            # Another route may do; the test call tells.
            found = warning if form.route == "auto" and _other(form) else failed
            return [found("modules", "missing", names=", ".join(absent), loads=loads)]
        lines = await _sound(visit, form.rate) if needed else []
        lines += [
            warning("modules", why, name=name)
            for name, why in _HELPFUL.items()
            if await absent_modules(visit, (name,))
        ]
    except PbxError as error:
        if "ermission" in str(error):
            return [warning("modules", "not_told")]
        raise
    return lines or [fine("modules", "ok", names=", ".join(needed) or "-")]


def _other(form: SoundForm) -> bool:
    """Is another route set up?"""
    return bool(form.websocket_port or form.folder)


async def _sound(visit: Visit, rate: int) -> list[Check]:
    codecs = (*_PHONES, "codec_resample") if rate > 8_000 else _PHONES
    found = [warning("modules", "codec", name=name) for name in await absent_modules(visit, codecs)]
    if len(await absent_modules(visit, _TIMING)) == len(_TIMING):
        found.append(warning("modules", "timing", name=_TIMING[0]))
    return found


async def absent_modules(visit: Visit, names: Iterable[str]) -> list[str]:
    """Those that are not loaded.

    Raises:
        PbxError: the exchange does not say.
    """
    absent = []
    for name in names:
        try:
            await visit.exchange.ask("ModuleCheck", {"Module": name})
        except PbxError as error:
            if "not loaded" not in str(error):
                raise
            absent.append(name)
    return absent
