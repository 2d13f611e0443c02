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
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.script import FieldKind
from agentbot.core.values.address import PLACES
from agentbot.core.values.base import Comparison, Reading, ValueKind

__all__ = ["compared", "names_alike"]

_ALIKE, _HARDLY = 0.75, 0.35
"""Likeness of names by sound from which they are one, and below which they may be two."""
_WHOLE, _SURELY = 3, 0.9
"""Signs of a whole name, and likeness from which it is surely heard within other words."""
_GIVEN_NAME = 2
_SAME, _OTHER = -3.0, -6.0
"""Log likelihood ratios from which both legs surely carry one value, or surely two. On 86
recorded telephone read-backs right ones lie above -5.7 and wrong ones between -4.5 and -12.7."""
_CLEARLY_SAME = -1.0
"""The same for family names, of which only a sign is compared."""
_PERHAPS = 0.2
"""Likely another family name; the caller's yes leaves it open."""
_CALLER_FIT, _OPERATOR_FIT = -5.0, -3.0
"""Log likelihoods of the best family name below which the leg's name was not understood."""
_MISHEARD, _NO_SLIP = -5.0, -2.0
"""The same for two numbers that no slip makes of each other, where no slip is likelier than one
number: they were misheard. Of some 80 telephone read-backs three right ones lie there, no wrong one."""
_NEAR_DIGITS = 2
"""Two numbers that differ in more digits than this were misheard, not misread."""
_DOOR = 2
"""Figures of a building at most; a room has more, and one heard with other many was misheard."""
_HEARD = -32.0
"""Log likelihood of a leg's best address below which it was not understood at all."""
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
    return _addresses(
        reader, book.given[field][-1].reading, book.repeated[field][-1].reading, answer
    )


def _addresses(reader: ValueKind, given: Reading, last: Reading, answer: Rescored) -> Comparison:
    """Part by part: by the words first heard, by those of the second look, and by the sound."""
    mine = _by_place([given, *(r for t in answer.caller if (r := reader.read(t, asked=True)))])
    theirs = _by_place([last, *(r for t in answer.operator if (r := reader.read(t, asked=True)))])
    table = [
        (dict(r.parts), on_caller, on_operator)
        for text, on_caller, on_operator in answer.scores
        if (r := reader.read(text, asked=True))
    ]
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
    return min(best) >= _HEARD and max(c + o for _, c, o in table) - sum(best) >= _SAME


def _names(given: Given, last: Repeated, answer: Rescored) -> Comparison:
    """Family names as a closed set, told by their syllable: 张 and 章 are one."""
    whole = names_alike(given.reading, last.reading)
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
    if whole or ratio >= _CLEARLY_SAME:
        return Comparison(1.0)
    heard = classes[mine][0] >= _CALLER_FIT and classes[theirs][1] >= _OPERATOR_FIT
    heard = heard and not _misplaced(given, last, signs[mine], signs[theirs])
    # Names that share an initial or a final are easily heard one for the other.
    unlike = likeness(sound(signs[mine]), sound(signs[theirs])) == 0.0
    if not heard or ratio > (_SAME if unlike else _OTHER):
        return Comparison(0.5, "surname", signs[mine], signs[theirs])
    return Comparison(0.0 if ratio <= _OTHER else _PERHAPS, "surname", signs[mine], signs[theirs])


def _misplaced(given: Given, last: Repeated, mine: str, theirs: str) -> bool:
    """Whether another sign than the weighed one stands before the given name: 夏临玉梅 for 叫林玉梅."""
    said = normal("".join(h.text for h in given.heard))
    _, found, behind = normal("".join(h.text for h in last.heard)).partition(theirs)
    at = said.find(behind[:_GIVEN_NAME])
    if not found or len(behind) < _GIVEN_NAME or at < 1:
        return False
    return sound(said[at - 1]).code != sound(mine).code


def names_alike(given: Reading, last: Reading) -> bool:
    """Whether two names sound alike as they were first heard, their family names too."""
    if _whole_within(sound(given.value), sound(last.value)):
        return True
    mine, theirs = dict(given.parts).get("surname", ""), dict(last.parts).get("surname", "")
    two = mine and theirs and sound(mine).syllables != sound(theirs).syllables
    return not two and _within(given.value, last.value)


def _whole_within(one: Sound, other: Sound) -> bool:
    """Whether the one, family name and all, is heard within the other: 好呀魏志刚."""
    a, b = sorted((one, other), key=len)
    near = find(a, b) if _WHOLE <= len(a) < len(b) else None
    return near is not None and near.likeness >= _SURELY


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


def _place(
    place: str, mine: list[str], theirs: list[str], table: list[tuple[dict[str, str], float, float]]
) -> Comparison:
    if place == "community":
        alike = max(_alike(a, b) for a in mine for b in theirs)
        same = 1.0 if alike >= _ALIKE else 0.5 if alike >= _HARDLY else 0.4
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
    if a == b or ratio >= _SAME:
        return Comparison(1.0 if a == b else 0.5, place, a, b)
    slip = not _tail_of(a, b) if place == "building" else len(a) == len(b)
    slip = slip and min(on_caller[a], on_operator[b]) >= _HEARD
    return Comparison(min(0.5, _same(ratio)) if slip else 0.5, place, a, b)


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
    both = max(answer.scores, key=lambda s: s[1] + s[2])[0]
    alone = max(c for _, c, _ in answer.scores) + max(o for _, _, o in answer.scores)
    if not slips:
        # Nothing near it is worth a thought on either leg.
        found = same - alone >= _CLEARLY_SAME
        return Comparison(1.0, values=(both, both)) if found else Comparison(0.5)
    best, one, other, fit = max(slips)
    ratio = same - best
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False), 1) if a != b), 0)
    values = (one, other)
    lead = same - max(apart)[0]
    if lead >= _SAME or (lead >= _MISHEARD and ratio >= _NO_SLIP):
        probability = 1.0
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
