"""Which topics words name, by their key terms; and what few or many topics have in common."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from agentbot.core.phonetic import Sound, find, find_apart, normal, sound
from agentbot.core.script import Choice
from agentbot.core.values.topic_words import clauses

__all__ = ["all_pairs", "common_pairs", "named", "pairs", "telling_pairs", "written_pairs"]

_TOPICS = 3
"""Topics in whose terms words stand that are common to them all: 暖气, 不热."""
_CORE = 0.75
"""Likeness from which what is particular to a term is heard."""
_FORM = frozenset("有一个了的是在我您你家这那就也")
_PLAIN_WORDS = frozenset("不没太很都还老总又要能会到上下来去出")
"""Signs that say nothing of a matter when they stand together."""
_EXACT = 2
"""Terms of so few signs are heard sign for sign or not at all."""
_APART = 7
"""Signs of one clause that may stand between the halves of a term: 暖气[从早上起就]不热."""
_TERM = 0.86
"""A key term of several signs is heard from this likeness on (tuned on made-up calls)."""


@lru_cache(maxsize=4096)
def named(topics: tuple[Choice, ...], text: str) -> tuple[tuple[str, str], ...]:
    """(topic, term) of each topic heard in a text."""
    speech = sound(text)
    spoken = f" {' '.join(speech.syllables)} "
    parts = tuple(sound(c) for c in clauses(text))
    found = []
    for topic in topics:
        term = next(
            (t for t in topic.phrases if _is_heard(sound(t), speech, spoken, parts, topics)), None
        )
        if term is not None:
            found.append((topic.value, term))
    return tuple(found)


def _is_heard(
    term: Sound, speech: Sound, spoken: str, parts: tuple[Sound, ...], topics: tuple[Choice, ...]
) -> bool:
    """Whether a term stands in speech, whole or with other words between its halves."""
    size = len(term.text)
    if not 0 < size <= len(speech.text):
        return False
    if size <= _EXACT:
        return term.text in speech.text or f" {' '.join(term.syllables)} " in spoken
    at = find(term, speech, least=_TERM)
    if at is None:
        apart = ((c, find_apart(term, c, most=_APART)) for c in parts)
        speech, at = next(((c, a) for c, a in apart if a), (speech, None))
    if at is None:
        return False
    # What only this topic's term has (not 暖气, not 不热) must be heard as well.
    core = _particular(term, common_pairs(topics))
    around = speech.cut(max(0, at.start - 1), at.end + 1)
    return not 0 < len(core) < size or find(core, around, least=_CORE) is not None


def _particular(term: Sound, common: frozenset[str]) -> Sound:
    """A term without the common words at its ends; empty where nothing else is left."""
    framed = [False] * len(term)
    for i in range(len(term) - 1):
        if term.code[2 * i : 2 * i + 4] in common:
            framed[i] = framed[i + 1] = True
    start = next((i for i, f in enumerate(framed) if not f), len(term))
    end = next((i + 1 for i in range(len(term) - 1, -1, -1) if not framed[i]), 0)
    return term.cut(start, max(start, end))


def pairs(speech: Sound) -> set[str]:
    """Pairs of neighbouring signs, by sound."""
    return {speech.code[i : i + 4] for i in range(0, len(speech.code) - 2, 2)}


def telling_pairs(text: str) -> set[str]:
    """Pairs of signs that are not mere form: 有一[组] and 有异[响] share only 有."""
    speech = sound(text)
    return {
        speech.code[2 * i : 2 * i + 4]
        for i in range(len(speech) - 1)
        if _FORM.isdisjoint(speech.text[i : i + 2])
    }


@lru_cache(maxsize=64)
def all_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    """Pairs of signs in the terms of all topics, by sound."""
    return frozenset().union(*(pairs(sound(p)) for t in topics for p in t.phrases))


@lru_cache(maxsize=64)
def written_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    """Pairs of signs in the terms of all topics, without those of mere form."""
    terms = [normal(p) for t in topics for p in t.phrases]
    return frozenset(
        t[i : i + 2]
        for t in terms
        for i in range(len(t) - 1)
        if _FORM.isdisjoint(t[i : i + 2]) and not _PLAIN_WORDS.issuperset(t[i : i + 2])
    )


@lru_cache(maxsize=64)
def common_pairs(topics: tuple[Choice, ...]) -> frozenset[str]:
    """Pairs of signs that stand in the terms of several topics, by sound."""
    used = Counter(
        pair
        for topic in topics
        for pair in set[str]().union(*(pairs(sound(p)) for p in topic.phrases))
    )
    return frozenset(pair for pair, count in used.items() if count >= _TOPICS)
