"""When the picture of a talk is drawn anew, and the short sentences under it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

__all__ = ["Portrait"]

_DRAW: Final = 0.1
"""Seconds between two pictures at least; what changes meanwhile is gathered into the next."""


class Portrait:
    """`draw` is called soon after each change, on the event loop."""

    def __init__(self, draw: Callable[[], None]) -> None:
        self._draw = draw
        self._waiting = False
        self._drawn_at = -_DRAW
        self.notices: dict[str, None] = {}
        """Keys of `service.notices`, in the order in which they came up."""

    def note(self, key: str, holds: bool = True) -> None:
        """Something about the talk holds, or no more."""
        if holds is (key in self.notices):
            return
        if holds:
            self.notices[key] = None
        else:
            del self.notices[key]
        self.changed()

    def changed(self) -> None:
        """Something may look different now."""
        if not self._waiting:
            self._waiting = True
            loop = asyncio.get_running_loop()
            loop.call_at(max(loop.time(), self._drawn_at + _DRAW), self.show)

    def show(self) -> None:
        """Draw now."""
        self._waiting = False
        self._drawn_at = asyncio.get_running_loop().time()
        self._draw()
