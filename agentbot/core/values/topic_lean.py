"""Which topic words lean to, where no key term of it was heard: by signs that few topics have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache

from agentbot.core.phonetic import normal
from agentbot.core.script import Choice

__all__ = ["lean"]

_PAIR = 2.0
"""What two neighbouring signs weigh against one."""


@lru_cache(maxsize=64)
def _weights(topics: tuple[Choice, ...]) -> dict[str, dict[str, float]]:
    """Topic to its signs and pairs of signs, each weighing less the more topics have it."""
    having = {t.value: {p for phrase in t.phrases for p in _pieces(phrase)} for t in topics}
    used = Counter(piece for pieces in having.values() for piece in pieces)
    return {
        topic: {p: (_PAIR if len(p) > 1 else 1.0) / used[p] ** 2 for p in pieces}
        for topic, pieces in having.items()
    }


def _pieces(text: str) -> set[str]:
    plain = normal(text)
    return {*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))}


@lru_cache(maxsize=4096)
def _scores(topics: tuple[Choice, ...], text: str) -> dict[str, float]:
    pieces = _pieces(text)
    return {
        topic: sum(weight for piece, weight in weights.items() if piece in pieces)
        for topic, weights in _weights(topics).items()
    }


def lean(topics: tuple[Choice, ...], text: str, of: Collection[str]) -> tuple[float, float]:
    """(how much the words lean to the topics `of`, how much to any other)."""
    scores = _scores(topics, text)
    return (
        max((s for t, s in scores.items() if t in of), default=0.0),
        max((s for t, s in scores.items() if t not in of), default=0.0),
    )
