"""What a second look at the sound says of a read-back.

Two recognised texts of one number rarely agree, so their difference accuses nobody. What
does is the sound: if the operator read back what the caller said, some one value fits both
legs nearly as well as each leg's own best; if not, every value is bad on one of them. The
measure is the log of that likelihood ratio.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA, Levenshtein

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.events import Rescored
from agentbot.core.known import Known
from agentbot.core.numerals import spoken_number
from agentbot.core.phonetic import find, likeness, sound
from agentbot.core.script import FieldKind
from agentbot.core.values.base import Comparison, Reading
from agentbot.core.values.surname_place import COMMON

__all__ = ["compared"]

_ALIKE, _HARDLY = 0.75, 0.5
"""Likeness of names by sound from which they are one, and below which they are two."""
_SAME, _OTHER = -3.0, -6.0
"""Log likelihood ratios from which both legs surely carry one value, or surely two. On 86
recorded telephone read-backs right ones lie above -5.7 and wrong ones between -4.5 and -12.7."""
_CLEARLY_SAME = -1.0
"""The same for family names, of which fewer are compared."""
_NEAR_DIGITS = 2
"""Two numbers that differ in more digits than this were misheard, not misread."""
_DOOR = 2
"""Figures of a building at most; a room has more, and one heard with other many was misheard."""
_FIT = -2.0
"""Mean log likelihood of a digit below which a number was not understood at all."""


def compared(known: Known, field: str, book: Book, answer: Rescored) -> Comparison | None:
    """What a second look says of a read-back; None: nothing.

    A part that some reading of either leg agrees on is the same; a part on which no readings
    agree is another only if the sound says so too.
    """
    kind = known.fields[field].kind
    if kind is FieldKind.PHONE:
        return _digits(answer)
    reader = known.kinds[field]
    if kind is FieldKind.NAME:
        return _names(book.given[field][-1], book.repeated[field][-1], answer)
    given, last = book.given[field][-1].reading, book.repeated[field][-1].reading
    mine = _by_place([given, *(r for t in answer.caller if (r := reader.read(t, asked=True)))])
    theirs = _by_place([last, *(r for t in answer.operator if (r := reader.repeat(given, t)))])
    found = [_place(p, mine[p], theirs[p], answer) for p in mine if p in theirs]
    apart = [f for f in found if f.same < 1.0]
    if not found:
        return Comparison(0.5)
    if not apart:
        # What the operator's words lack may have been lost to the ear.
        whole = all(p in theirs for p in mine if p != "community")
        return Comparison(1.0 if whole else 0.5)
    worst = min(apart, key=lambda f: f.same)
    # A wrong read-back is wrong in one place; where much differs, much was misheard.
    if len(apart) > 1 or (kind is FieldKind.ADDRESS and len(found) == 1):
        return Comparison(0.5, worst.place, worst.caller, worst.operator)
    return worst


def _names(given: Given, last: Repeated, answer: Rescored) -> Comparison:
    """Family names as a closed set, told by their syllable: 张 and 章 are one."""
    whole = _within(given.reading.value, last.reading.value)
    classes: dict[str, tuple[float, float]] = {}
    signs: dict[str, str] = {}
    for name, on_caller, on_operator in answer.scores:
        syllable = sound(name).code
        best = classes.get(syllable, (-1e9, -1e9))
        classes[syllable] = (max(best[0], on_caller), max(best[1], on_operator))
        signs.setdefault(syllable, name)
    if not classes:
        return Comparison(1.0 if whole else 0.5)
    mine = max(classes, key=lambda k: classes[k][0])
    theirs = max(classes, key=lambda k: classes[k][1])
    ratio = max(map(sum, classes.values())) - classes[mine][0] - classes[theirs][1]
    if whole or ratio >= _SAME:
        return Comparison(1.0 if whole or ratio >= _CLEARLY_SAME else 0.5)
    known = {sound(n).code for n in COMMON}
    sure = ratio <= _OTHER and mine in known and theirs in known
    return Comparison(0.0 if sure else 0.5, "surname", signs[mine], signs[theirs])


def _within(one: str, other: str) -> bool:
    """Whether two names sound alike, or the shorter one sounds within the longer."""
    if not one or not other:
        return False
    a, b = sorted((sound(one), sound(other)), key=len)
    if len(a) == 1:
        return a.syllables[0] in b.syllables
    return _alike(one, other) >= _ALIKE


def _by_place(found: list[Reading]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for reading in found:
        for place, value in reading.parts:
            if value not in places.setdefault(place, []):
                places[place].append(value)
    return places


def _place(place: str, mine: list[str], theirs: list[str], answer: Rescored) -> Comparison:
    words = not any(v.isascii() for v in (*mine, *theirs))
    alike = (
        max(_alike(a, b) for a in mine for b in theirs)
        if words
        else float(bool(set(mine) & set(theirs)))
    )
    if alike >= _ALIKE:
        return Comparison(1.0, place, mine[0], theirs[0])
    if not words and any(_tail_of(a, b) for a in mine for b in theirs):
        return Comparison(0.5, place, mine[0], theirs[0])
    scores = [(v.partition("=")[2], c, o) for v, c, o in answer.scores if v.startswith(place + "=")]
    if not scores or alike >= _HARDLY:
        return Comparison(0.5, place, mine[0], theirs[0])
    ratio = (
        max(c + o for _, c, o in scores)
        - max(c for _, c, _ in scores)
        - max(o for _, _, o in scores)
    )
    same = min(0.5, _same(ratio))
    return Comparison(same, place, mine[0], theirs[0])


def _tail_of(one: str, other: str) -> bool:
    """Whether one spoken number ends with the other: 七十七 may be (小)区十七 misheard."""
    if one.endswith(other) or other.endswith(one) or len(one) != len(other) > _DOOR:
        return True
    a, b = sorted((spoken_number(one), spoken_number(other)), key=len)
    return b.endswith(a[-2:]) if len(a) > 1 else b.endswith(a)


def _alike(one: str, other: str) -> float:
    a, b = sound(one), sound(other)
    inside = find(a, b) if len(a) < len(b) else find(b, a)
    part = inside.likeness if inside and min(len(a), len(b)) > 1 else 0.0
    return max(likeness(a, b), part)


def _digits(answer: Rescored) -> Comparison | None:
    if not answer.scores:
        return None
    same = max(c + o for _, c, o in answer.scores)
    apart = [
        (c + o, one, other, min(c / len(one), o / len(other)))
        for one, c, _ in answer.scores
        for other, _, o in answer.scores
        if 0 < Levenshtein.distance(one, other) <= _NEAR_DIGITS
    ]
    slips = [pair for pair in apart if _slip(pair[1], pair[2])]
    if not slips:
        return Comparison(0.5)
    best, one, other, fit = max(slips)
    ratio = same - best
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False), 1) if a != b), 0)
    values = (one, other)
    if same - max(apart)[0] >= _SAME:
        probability = 1.0
        both = max(answer.scores, key=lambda s: s[1] + s[2])[0]
        values = (both, both)
    elif ratio <= _OTHER and fit >= _FIT:
        probability = 0.0
    else:
        probability = 0.5
    return Comparison(
        probability, f"digit {place}", one[place - 1 : place], other[place - 1 : place], values
    )


def _slip(one: str, other: str) -> bool:
    """One digit another, or two neighbours changed about: what slips of tongue and pen do."""
    return len(one) == len(other) and OSA.distance(one, other) == 1


def _same(ratio: float) -> float:
    """From a log likelihood ratio to 0..1: 1 at `_SAME` and above, 0 at `_OTHER` and below."""
    return max(0.0, min(1.0, (ratio - _OTHER) / (_SAME - _OTHER)))
