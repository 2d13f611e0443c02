"""Memory that is free stays free: the C library keeps much of what recognition lets go.

Each thread has a heap of its own there (8 a core), and calls come in ever new threads.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

__all__ = ["few_heaps", "give_back"]

_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of malloc.h."""
_HEAPS: Final = 2


@cache
def _library() -> ctypes.CDLL | None:
    """The GNU C library; None: another one, which does without."""
    try:
        library = ctypes.CDLL("libc.so.6")
    except OSError:
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def few_heaps() -> None:
    """Let all threads share two heaps; to be said before there are threads."""
    if (library := _library()) is not None:
        library.mallopt(_ARENA_MAX, _HEAPS)


def give_back() -> None:
    """Give the system what is free; takes some milliseconds."""
    if (library := _library()) is not None:
        library.malloc_trim(0)
