"""Reports appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

from agentbot import files
from agentbot.errors import ReportError

__all__ = ["write_atomically"]


def write_atomically(path: Path, data: bytes) -> None:
    """Write a report, see `agentbot.files`. Raises ReportError."""
    try:
        files.write_atomically(path, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportError(
            f"{path}: cannot write the report: {reason}; make room or choose another folder, "
            "then run the same command again: it goes on from here"
        ) from None
