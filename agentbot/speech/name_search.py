"""Which family names fit two sounds: the sign behind the words that lead up to a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentbot.speech.whisper_stretch import Stretch

__all__ = ["search_names"]

_CLOSE: Final = 6.0
"""A name of several tokens is scored whole if its first one is no farther (nats) from the best."""
_FAR: Final = 12.0
"""Farther below the best one than this, all names are equally out of the question."""


def search_names(
    caller: Stretch,
    operator: Stretch,
    leads: tuple[Sequence[str], Sequence[str]],
    names: Sequence[str],
) -> list[tuple[str, float, float]]:
    """The names with their log likelihoods on the caller's and the operator's sound.

    Where a leg has several places for the name, a name counts by the place it fits best.
    """
    if not names or not all(leads):
        return []
    on_caller, on_operator = (
        _fits(stretch, places, names)
        for stretch, places in zip((caller, operator), leads, strict=True)
    )
    return [(name, on_caller[name], on_operator[name]) for name in names]


def _fits(stretch: Stretch, leads: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    tables = [_behind(stretch, lead, names) for lead in leads]
    tops = [max(table.values()) for table in tables]
    return {
        name: max(table[name] - top for table, top in zip(tables, tops, strict=True)) + max(tops)
        for name in names
    }


def _behind(stretch: Stretch, lead: str, names: Sequence[str]) -> dict[str, float]:
    """Each name's log likelihood behind the lead; far ones are not told apart."""
    first = stretch.following(lead)
    ids = {name: stretch.tokens.encode(name) for name in names}
    found = {name: float(first[ids[name][0]]) for name in names}
    best = max((found[n] for n in names if len(ids[n]) == 1), default=-_FAR)
    for name in sorted(names, key=lambda n: -found[n]):
        if len(ids[name]) == 1:
            continue
        # The first token of a name is an upper bound of the whole.
        if found[name] > best - _CLOSE:
            found[name] = stretch.likelihood(lead, name)
            best = max(best, found[name])
        else:
            found[name] = min(found[name], best - _CLOSE)
    top = max(found.values())
    return {name: max(chance, top - _FAR) for name, chance in found.items()}
