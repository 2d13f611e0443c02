"""Two addresses by the words and the sound of both legs, part by part."""

from __future__ import annotations

from agentbot.core.events import Rescored
from agentbot.core.numerals import spoken_number
from agentbot.core.rescored.alike import ALIKE, HARDLY, alike
from agentbot.core.rescored.ratio import SAME, sameness
from agentbot.core.values.address import PLACES
from agentbot.core.values.base import Comparison, Reading, ValueKind

__all__ = ["addresses_compared"]

_DOOR = 2
"""Figures of a building at most; a room has more, and one heard with other many was misheard."""
_HEARD, _BEHIND = -32.0, -45.0
"""Log likelihood of a leg's best address below which it was not understood at all. Unit and room
stand behind a building, which alone may be garbled with the words before it."""


def addresses_compared(
    reader: ValueKind, given: Reading, last: Reading, answer: Rescored
) -> Comparison:
    """Part by part: by the words first heard, by those of the second look, and by the sound."""
    mine = _by_place([given, *(r for t in answer.caller if (r := reader.read(t, asked=True)))])
    theirs = _by_place([last, *(r for t in answer.operator if (r := reader.read(t, asked=True)))])
    table = [
        (dict(r.parts), on_caller, on_operator)
        for text, on_caller, on_operator in answer.scores
        if (r := reader.read(text, asked=True))
    ]
    for one, other in ((mine, theirs), (theirs, mine)):
        # 十七号 was 十七号楼 where the other leg has that building.
        if bare := [v for v in one.get("number", ()) if v in other.get("building", ())]:
            one["building"] = [*bare, *one.get("building", ())]
    found = [_place(p, mine[p], theirs[p], table) for p in PLACES if p in mine and p in theirs]
    apart = [f for f in found if f.same < 1.0]
    if not found:
        return Comparison(0.5)
    named = next((f for f in found if f.place == "community"), None)
    if named and named.same < 0.5:
        return Comparison(0.5, *_shown(named))
    if _one_fits(table):
        return Comparison(1.0)
    if not apart:
        # What the operator's words lack may have been lost to the ear.
        whole = all(p in theirs for p in mine if p != "community")
        return Comparison(1.0 if whole else 0.5)
    worst = min(apart, key=lambda f: f.same)
    # A wrong read-back is wrong in one place; where much differs, much was misheard.
    if len(found) == 1 or len([f for f in apart if f.same < 0.5]) > 1:
        return Comparison(0.5, *_shown(worst))
    return worst


def _shown(found: Comparison) -> tuple[str, str, str]:
    return found.place, found.caller, found.operator


def _one_fits(table: list[tuple[dict[str, str], float, float]]) -> bool:
    """Whether some whole address fits both legs nearly as well as each leg's own."""
    if len(table) < 2:
        return False
    best = max(c for _, c, _ in table), max(o for _, _, o in table)
    return min(best) >= _HEARD and max(c + o for _, c, o in table) - sum(best) >= SAME


def _by_place(found: list[Reading]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for reading in found:
        for place, value in reading.parts:
            if value not in places.setdefault(place, []):
                places[place].append(value)
    return places


def _place(
    place: str, mine: list[str], theirs: list[str], table: list[tuple[dict[str, str], float, float]]
) -> Comparison:
    if place == "community":
        like = max(alike(a, b) for a in mine for b in theirs)
        same = 1.0 if like >= ALIKE else 0.5 if like >= HARDLY else 0.4
        return Comparison(same, place, mine[0], theirs[0])
    if set(mine) & set(theirs):
        return Comparison(1.0, place, mine[0], theirs[0])
    on_caller, on_operator = dict[str, float](), dict[str, float]()
    for parts, caller, operator in table:
        if value := parts.get(place):
            on_caller[value] = max(caller, on_caller.get(value, caller))
            on_operator[value] = max(operator, on_operator.get(value, operator))
    if len(on_caller) < 2:
        return Comparison(0.5, place, mine[0], theirs[0])
    a, b = max(on_caller, key=on_caller.__getitem__), max(on_operator, key=on_operator.__getitem__)
    ratio = max(on_caller[v] + on_operator[v] for v in on_caller) - on_caller[a] - on_operator[b]
    if a == b or ratio >= SAME:
        return Comparison(1.0 if a == b else 0.5, place, a, b)
    building = place == "building"
    slip = not _tail_of(a, b) if building else len(a) == len(b)
    slip = slip and min(on_caller[a], on_operator[b]) >= (_HEARD if building else _BEHIND)
    return Comparison(min(0.5, sameness(ratio)) if slip else 0.5, place, a, b)


def _tail_of(one: str, other: str) -> bool:
    """Whether one spoken number ends with the other: 七十七 may be (小)区十七 misheard."""
    if one.endswith(other) or other.endswith(one) or len(one) != len(other) > _DOOR:
        return True
    a, b = sorted((spoken_number(one), spoken_number(other)), key=len)
    return b.endswith(a[-2:]) if len(a) > 1 else b.endswith(a)
