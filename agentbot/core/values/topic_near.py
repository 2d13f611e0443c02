"""Which topic garbled words come nearest to by sound, where no key term of it was heard.

To be nearest is not to be named: it is enough to find what the other leg named, or came
nearest to as well, and never to tell two topics apart.
"""

from __future__ import annotations

from functools import lru_cache

from agentbot.core.phonetic import find, sound
from agentbot.core.script import Choice

__all__ = ["nearest"]

_SHORTEST = 3
"""Signs of a term; shorter ones are near to anything."""
_NEAR = 0.75
"""Likeness from which a term may have been said. On recorded calls with words of two different
topics the nearest one was shared in 2 of 100, with words of one topic in half of those in doubt."""


@lru_cache(maxsize=4096)
def nearest(topics: tuple[Choice, ...], text: str) -> frozenset[str]:
    """The topics whose terms sound most like something in the text; none if all are far."""
    speech = sound(text)
    best, found = _NEAR, set[str]()
    for topic in topics:
        likeness = max(
            (
                span.likeness
                for term in map(sound, topic.phrases)
                if len(term) >= _SHORTEST and (span := find(term, speech, least=best))
            ),
            default=0.0,
        )
        if likeness > best:
            best, found = likeness, set()
        if likeness >= best:
            found.add(topic.value)
    return frozenset(found)
