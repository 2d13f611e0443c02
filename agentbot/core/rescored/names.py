"""Two family names by the sound of both legs."""

from __future__ import annotations

from agentbot.core.book import Given, Repeated
from agentbot.core.events import Rescored
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.rescored.alike import ALIKE, alike
from agentbot.core.rescored.ratio import CLEARLY_SAME, OTHER, SAME
from agentbot.core.values.base import Comparison, Reading

__all__ = ["names_alike", "names_compared"]

_WHOLE, _SURELY = 3, 0.9
"""Signs of a whole name, and likeness from which it is surely heard within other words."""
_GIVEN_NAME = 2
_PERHAPS = 0.2
"""Likely another family name; the caller's yes leaves it open."""
_CALLER_FIT, _OPERATOR_FIT, _PLAINLY_OTHER_FIT = -5.0, -3.0, -3.5
"""Log likelihoods of the best family name below which the leg's name was not understood; the
last is the operator's where no one name fits both legs."""


def names_compared(given: Given, last: Repeated, answer: Rescored) -> Comparison:
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
    if not whole and ratio >= CLEARLY_SAME and _other_given(given.reading, last.reading):
        return Comparison(0.5, "given", given.reading.value, last.reading.value)
    if whole or ratio >= CLEARLY_SAME:
        return Comparison(1.0)
    least = _PLAINLY_OTHER_FIT if ratio <= OTHER else _OPERATOR_FIT
    heard = classes[mine][0] >= _CALLER_FIT and classes[theirs][1] >= least
    heard = heard and not _misplaced(given, last, signs[mine], signs[theirs])
    # Names that share an initial or a final are easily heard one for the other.
    unlike = likeness(sound(signs[mine]), sound(signs[theirs])) == 0.0
    if not heard or ratio > (SAME if unlike else OTHER):
        return Comparison(0.5, "surname", signs[mine], signs[theirs])
    return Comparison(0.0 if ratio <= OTHER else _PERHAPS, "surname", signs[mine], signs[theirs])


def _other_given(given: Reading, last: Reading) -> bool:
    """Whether behind one family name another given name was heard; both may be garbled."""
    one, other = dict(given.parts).get("given", ""), dict(last.parts).get("given", "")
    return len(one) == len(other) == _GIVEN_NAME and alike(one, other) < ALIKE


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
    return alike(one, other) >= ALIKE
