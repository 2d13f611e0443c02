"""Whether two family names were heard well enough to interrupt an operator about them.

A family name is one syllable. Where the words around it are garbled nobody knows which
syllable it is, and what fits the sound best there may be any other.
"""

from __future__ import annotations

import re
from typing import Final

from agentbot.core.book import Given, Repeated
from agentbot.core.phonetic import sound
from agentbot.core.values.surname_place import surname_places

__all__ = ["plainly_named"]

_PLAINLY: Final = 0.6
"""Confidence of words below which their syllables are not certain."""
_INTRODUCED: Final = re.compile(r"^(?:xing?|jiao)$")
"""The syllable before a family name, 姓 or 叫, as recognisers write it (信 is often 姓)."""


def plainly_named(given: Given, repeated: Repeated) -> bool:
    """Whether both were heard plainly, and the caller's name behind 姓 or 叫."""
    words = (*given.heard, *repeated.heard)
    if all(h.confidence is None for h in words):
        return True
    return all(h.confidence is None or h.confidence >= _PLAINLY for h in words) and _introduced(
        "，".join(h.text for h in given.heard)
    )


def _introduced(text: str) -> bool:
    before = (sound(text[:place]).syllables[-1:] for place in surname_places(text))
    return any(_INTRODUCED.match(last) for [last] in filter(None, before))
