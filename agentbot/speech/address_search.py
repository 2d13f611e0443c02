"""Which house numbers fit two sounds: decoding to numbers and units alone, then forced scoring."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from agentbot.core.numerals import readings, spoken_number
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["search_addresses"]

_SIGNS: Final = tuple("零一二三四五六七八九十百幺号楼栋单元室")
"""All that a house number, a unit and a room are said with."""
_GUESSES: Final = 6
_LENGTH: Final = 22
"""Tokens of the longest such address, signs of two tokens included."""
_PLACES: Final = ("building", "unit", "room")
_UNITS: Final = {"building": "号楼", "unit": "单元", "room": "室"}
_HUNDREDS: Final = 3
"""Figures of a room that may be said as a quantity (四百零三)."""
_MOST: Final = 8

_FIGURES: Final = tuple("零一二三四五六七八九百十室号")
_ROOM_LENGTH: Final = 10
_FIGURE: Final = "[一二三四五六七八九]"
_DOOR: Final = rf"{_FIGURE}百(?:零{_FIGURE}|{_FIGURE}十{_FIGURE}?)?|[一二三四五六七八九幺][零幺一二三四五六七八九]{{2,3}}"
_ROOM: Final = re.compile(_DOOR)
_SHAPE: Final = re.compile(
    rf"(?P<building>(?:{_FIGURE}?十{_FIGURE}?|{_FIGURE}))(?:号楼|号|栋)楼*"
    rf"(?:(?P<unit>{_FIGURE})(?:单元|单|三元))?(?P<room>{_DOOR})?"
)


def search_addresses(
    caller: Stretch, operator: Stretch, leads: tuple[Sequence[str], Sequence[str]]
) -> tuple[list[tuple[str, float, float]], tuple[str, ...], tuple[str, ...]]:
    """Addresses with their log likelihoods on both sounds, and the likeliest one of each leg."""
    if not all(leads):
        return [], (), ()
    legs = [_Leg(sound, places[0]) for sound, places in zip((caller, operator), leads, strict=True)]
    places = _PLACES if any(leg.says_unit for leg in legs) else ("building", "room")
    for leg in legs:
        leg.places = places
    own = [leg.heard({}) for leg in legs]
    # Where a leg's words break off, the other leg's tell where it may go on.
    best = [leg.heard(other) for leg, other in zip(legs, own[::-1], strict=True)]
    whole = [p for p in best if set(p) == set(places)]
    mixed = [
        {**one, place: other[place]}
        for one, other in (best, best[::-1])
        if one in whole
        for place in places
        if place in other
    ]
    others = [p for pair in zip_longest(*(leg.whole for leg in legs)) for p in pair if p]
    values = {written(p): p for p in (*whole, *mixed, *others)}
    scores = [
        (text, legs[0].likelihood(p), legs[1].likelihood(p))
        for text, p in list(values.items())[:_MOST]
    ]
    mine, theirs = (
        {p: v for p, v in found.items() if p in _Leg.told(leg, found)}
        for leg, found in zip(legs, best, strict=True)
    )
    return scores, (written(mine),), (written(theirs),)


class _Leg:
    """One leg's stretch of an address, asked for the numbers behind `lead`."""

    def __init__(self, stretch: Stretch, lead: str) -> None:
        self._stretch, self._lead = stretch, lead
        found = stretch.spelled(lead, _without(stretch.tokens, _SIGNS), _GUESSES, _LENGTH)
        self.guesses = [text for text in found if parts(text)]
        """What was said in numbers and units alone, the likeliest first."""
        self.places: Sequence[str] = _PLACES
        """What an address has here."""

    @property
    def says_unit(self) -> bool:
        """Whether the likeliest guess has a unit, or is no address without one."""
        found = parts(self.guesses[0]) if self.guesses else {}
        return "unit" in found or "room" not in found

    @property
    def whole(self) -> list[dict[str, str]]:
        """The guesses with all parts."""
        return [p for g in self.guesses if set(p := parts(g)) == set(self.places)]

    def told(self, found: dict[str, str]) -> set[str]:
        """The places that this leg's own sound tells."""
        return set(found) if self.guesses else set(found) - {"building"}

    def heard(self, other: dict[str, str]) -> dict[str, str]:
        """The likeliest address; place by place if it broke off, behind `other`'s building if need be."""
        if self.whole:
            return self.whole[0]
        found = parts(self.guesses[0]) if self.guesses else {}
        if "building" not in found:
            if "building" not in other:
                return {}
            found = {"building": other["building"]}
        lead = self._lead + spoken_number(found["building"]) + self._house
        if "unit" not in found and "unit" in self.places:
            chances = self._stretch.following(lead)
            tokens = self._stretch.tokens
            found["unit"] = max(
                "123456789", key=lambda u: chances[tokens.encode(spoken_number(u))[0]]
            )
        if "unit" in self.places:
            lead += spoken_number(found["unit"]) + "单元"
        rooms = self._stretch.spelled(
            lead, _without(self._stretch.tokens, _FIGURES), _GUESSES, _ROOM_LENGTH
        )
        room = next((r for text in rooms if (r := _room(text))), "")
        return {**found, "room": room} if room else found

    @property
    def _house(self) -> str:
        return "栋" if any("栋" in g for g in self.guesses[:1]) else "号楼"

    def likelihood(self, given: dict[str, str]) -> float:
        """How likely an address is, in the words that fit this leg best."""
        before = spoken_number(given["building"]) + self._house
        if "unit" in given:
            before += spoken_number(given["unit"]) + "单元"
        return max(
            self._stretch.likelihood(self._lead, before + room) for room in _said(given["room"])
        )


def _said(room: str) -> list[str]:
    """A room's number figure by figure, and as a quantity if it is said so."""
    forms = ["".join(spoken_number(f) for f in room)]
    if len(room) == _HUNDREDS:
        tail = spoken_number(str(int(room[1:]))) if int(room[1:]) else ""
        forms.append(
            spoken_number(room[0]) + "百" + ("零" if room[1] == "0" and tail else "") + tail
        )
    return forms


def _room(text: str) -> str:
    found = _ROOM.match(text)
    return readings(found.group()) if found else ""


def parts(text: str) -> dict[str, str]:
    """Building, unit and room in a text of numbers and units; what is not there is left out."""
    found = _SHAPE.search(text)
    return {p: readings(v) for p, v in found.groupdict().items() if v} if found else {}


def written(given: dict[str, str]) -> str:
    """The address as text again."""
    return "".join(given[place] + _UNITS[place] for place in _PLACES if place in given)


def _without(tokens: Any, signs: Sequence[str]) -> list[int]:
    """All tokens but those of the signs, and the end."""
    kept = {t for sign in signs for t in tokens.encode(sign)} | {tokens.eot}
    return [t for t in range(tokens.tokenizer.get_vocab_size()) if t not in kept]
