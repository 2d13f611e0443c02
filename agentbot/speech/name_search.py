"""Which family names fit two sounds: the sign behind the words that lead up to a name.

A sign is one token or several. The first token's likelihood is an upper bound of the whole
sign's and is had for all names at once, so only names that may win are weighed whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from agentbot.core.phonetic import sound
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["search_names"]

_FAR: Final = 12.0
"""Farther below the best one than this, all names are equally out of the question."""


def search_names(
    caller: Stretch,
    operator: Stretch,
    leads: tuple[Sequence[str], Sequence[str]],
    names: Sequence[str],
) -> list[tuple[str, float, float]]:
    """The names with their log likelihoods on the caller's and the operator's sound.

    Exact for the likeliest name of each leg and of both together; what no name can be is not
    weighed whole. Where a leg has several places for the name, a name counts by the place it
    fits best.
    """
    if not names or not all(leads):
        return []
    legs = [
        _Leg(stretch, places, names)
        for stretch, places in zip((caller, operator), leads, strict=True)
    ]
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(sound(name).code, []).append(name)
    for some in (legs[:1], legs[1:], legs):
        while not _weighed(_likeliest(some, alike.values()), some):
            pass
    return [(name, legs[0].fit(name), legs[1].fit(name)) for name in names]


def _likeliest(legs: Sequence[_Leg], alike: Collection[Sequence[str]]) -> Sequence[str]:
    """Of names that sound alike each leg may have written another."""
    return max(alike, key=lambda names: sum(max(map(leg.fit, names)) for leg in legs))


def _weighed(names: Sequence[str], legs: Sequence[_Leg]) -> bool:
    """Weigh names that sound alike on these legs; False: they may be less likely now."""
    return all(leg.weigh(max(names, key=leg.fit)) for leg in legs)


class _Leg:
    """One leg, asked for the name behind each of its leads."""

    def __init__(self, stretch: Stretch, leads: Sequence[str], names: Sequence[str]) -> None:
        self._places = [_Place(stretch, lead, names) for lead in leads]
        self._top = max(place.top for place in self._places)

    def fit(self, name: str) -> float:
        """How well the name fits, or might where it was not weighed."""
        return max(place.fit(name) for place in self._places) + self._top

    def weigh(self, name: str) -> bool:
        """Weigh the name whole where it fits best; whether it was already."""
        return max(self._places, key=lambda place: place.fit(name)).weigh(name)


class _Place:
    """The names' log likelihoods behind one lead."""

    def __init__(self, stretch: Stretch, lead: str, names: Sequence[str]) -> None:
        self._stretch, self._lead = stretch, lead
        first = stretch.following(lead)
        ids = {name: stretch.tokens.encode(name) for name in names}
        self._chances = {name: float(first[ids[name][0]]) for name in names}
        self._whole = {name for name in names if len(ids[name]) == 1}
        while not self.weigh(best := max(names, key=self._chances.__getitem__)):
            pass
        self.top = self._chances[best]
        """Log likelihood of the likeliest name here."""

    def fit(self, name: str) -> float:
        """How far the name is below the likeliest one here."""
        return max(self._chances[name] - self.top, -_FAR)

    def weigh(self, name: str) -> bool:
        """Weigh the name whole; whether it was already."""
        if name in self._whole:
            return True
        self._chances[name] = self._stretch.likelihood(self._lead, name)
        self._whole.add(name)
        return False
