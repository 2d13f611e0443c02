"""How many connections the process may hold, and what is said when that is not enough."""

from __future__ import annotations

import asyncio
import errno
import resource
import time
from typing import Any, Final

import structlog

__all__ = ["Troubles", "allow_many_files"]

log = structlog.get_logger()

_WANTED: Final = 65_536
"""Open files: two a call, one a page, and room for whoever connects and says nothing."""
_QUIET: Final = 60.0
"""Seconds between two lines about the same shortage."""


def allow_many_files() -> int:
    """Let this process open as many files as it may ask for; says how many.

    Usually 1,024 are set and half a million allowed.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _WANTED if hard == resource.RLIM_INFINITY else min(_WANTED, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    except (ValueError, OSError):
        return soft
    return most


class Troubles:
    """What the event loop could not give to anybody, for `loop.set_exception_handler`.

    One line in the log, and for a shortage no traceback.
    """

    def __init__(self) -> None:
        self._said = float("-inf")

    def __call__(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """As asyncio calls it."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in {errno.EMFILE, errno.ENFILE}:
            log.error("event loop", problem=context.get("message", ""), exc_info=error)
            return
        now = time.monotonic()
        if now - self._said > _QUIET:
            self._said = now
            log.error(
                "no more connections can be taken",
                open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
                mend="raise LimitNOFILE of the service, and see who holds connections (ss -tnp)",
            )
