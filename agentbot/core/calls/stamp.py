"""The moment that an exchange puts on a message, where it is one."""

from __future__ import annotations

from typing import Final

__all__ = ["stamp"]

_LATEST: Final = 4_102_444_800.0
"""2100-01-01T00:00Z; no exchange's clock is that far ahead, and dates end soon after."""


def stamp(text: str) -> float | None:
    """Seconds since 1970 as in `Timestamp: 1795590947.366221`; None: none, or no possible time."""
    try:
        at = float(text)
    except ValueError:
        return None
    return at if 0.0 <= at <= _LATEST else None
