"""Files appear whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from agentbot.errors import ReportError

__all__ = ["write_atomically"]


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` to `path`, replacing what is there; makes missing folders.

    The bytes go to a temporary file beside it, to the disk, and only then under the name,
    so neither a crash nor a full disk leaves half a report. Raises ReportError.
    """
    # A name of its own length: that of the report may already be the longest allowed.
    part = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _settle(path.parent)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportError(
            f"{path}: cannot write the report: {reason}; make room or choose another folder, "
            "then run the same command again: it goes on from here"
        ) from None


def _settle(folder: Path) -> None:
    """Bring the renaming itself to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
