"""Links that let somebody in once, without a password."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable

__all__ = ["Keys"]

_LASTS = 3600.0
"""Seconds for which a link may wait to be opened."""
_MOST = 100
"""Links that wait at one time; the oldest give way."""


class Keys:
    """The links that wait to be opened; they live in memory only. `clock`: seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[bytes, tuple[str, float]] = {}
        self.used = asyncio.Event()
        """Set once a link has been opened."""

    def issue(self, name: str) -> str:
        """The path of a new link for the account of that name."""
        key = secrets.token_urlsafe(24)
        while len(self._waiting) >= _MOST:
            del self._waiting[next(iter(self._waiting))]
        self._waiting[_digest(key)] = (name, self._clock() + _LASTS)
        return f"/enter/{key}"

    def take(self, key: str) -> str | None:
        """Whose key this is; it is worth nothing afterwards. None: it is none, or too old."""
        name, until = self._waiting.pop(_digest(key), ("", 0.0))
        if not name or self._clock() > until:
            return None
        self.used.set()
        return name


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
