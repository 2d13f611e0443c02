"""Room and rights where calls are kept, and those who may look at them."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from agentbot.doctor.check import Check, Value, failed, fine, warning
from agentbot.errors import ConfigError
from agentbot.settings_form import StoreForm
from agentbot.web.accounts import Accounts

__all__ = ["accounts", "folder"]

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PROBE: Final = 1 << 20
"""Bytes that are written and taken away again; a kept call without its sound has a tenth."""
_LITTLE: Final = 2_000
"""Megabytes of free room: some weeks of a small house without sound, days with it."""
_SOUND_MB: Final = 0.5
"""Megabytes that both legs need as FLAC for one minute, at 8 kHz and with half of it silence."""
_TEXT_MB: Final = 0.1
"""Megabytes of a call without its sound."""


def folder(form: StoreForm) -> Check:
    """Can calls be kept, and how many? Nothing stays behind, and no folder is made."""
    place = form.folder
    there = next(p for p in (place, *place.parents) if p.exists())
    try:
        if not there.is_dir():
            return failed("store", "no_folder", folder=str(place), what=str(there))
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(bytes(_PROBE))
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(there).free // 1_000_000
    except OSError as error:
        return _unwritable(error, place, there)
    each = _SOUND_MB * 3 + _TEXT_MB if form.sound else _TEXT_MB
    values: dict[str, Value] = {
        "folder": str(place),
        "free_mb": free,
        "calls": round(free / each),
        "days": form.days,
    }
    if free < _LITTLE:
        return warning("store", "little", **values)
    if there != place:
        return fine("store", "new", there=str(there), **values)
    if os.geteuid() == 0 and place.stat().st_uid != 0:
        return fine("store", "as_root", owner=place.owner(), **values)
    return fine("store", "sound" if form.sound else "ok", **values)


def _unwritable(error: OSError, place: Path, there: Path) -> Check:
    problem = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return failed("store", "full", folder=str(place), problem=problem)
    return failed("store", "unwritable", folder=str(place), there=str(there), problem=problem)


def accounts(file: Path) -> Check:
    """Does anybody have an account?"""
    try:
        known = Accounts(file).all()
    except ConfigError as error:
        return failed("accounts", "broken", problem=str(error))
    if not known:
        return failed("accounts", "none", file=str(file))
    return fine("accounts", number=len(known), file=str(file))
