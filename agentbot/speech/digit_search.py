"""Which telephone numbers fit two sounds: decoding to digits alone, then forced scoring.

A mobile number in China has eleven digits and begins with 1 and 3 to 9 (the numbering plan),
which mends the commonest fault of recognisers here, a lost leading 1 (幺 is no word).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from rapidfuzz.distance import Levenshtein

from agentbot.speech.digit_scorer import DigitScorer
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["prepare", "search"]

_GUESSES: Final = 8
_LENGTH: Final = 11
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
_LOOP: Final = re.compile(r"(\d)\1{5}")
"""The decoder going round in circles, which fits any sound."""
_LEAST: Final = 4
_SLIPS: Final = 4
"""So many edits at most between a number and what was heard of the same one."""
_WEAK: Final = -1.2
"""A digit less likely than this (natural log) is tried with every other digit."""
_TRIED, _TRIED_OF_BOTH = 2, 4
"""So many of the weakest digits are tried of a leg's own number, and of the one that fits both legs:
where that one is wrong for a leg by one digit, this must be found."""


def prepare(sound: Stretch, heard: Sequence[str]) -> None:
    """Ask one leg's sound all that `search` will ask of it alone, before the other leg is there."""
    leg = DigitScorer(sound)
    leg.score(_candidates(heard, leg.guesses(_GUESSES, _LENGTH)))
    if leg.known:
        own = max(leg.known, key=leg.total)
        leg.score(variants(own, leg.known[own]))


def search(
    caller: Stretch,
    operator: Stretch,
    heard: Sequence[str],
) -> list[tuple[str, float, float]]:
    """Candidate numbers with their log likelihoods on the caller's and the operator's sound.

    Both legs are asked side by side: live, somebody waits for the answer.
    """
    with ThreadPoolExecutor(2) as both:
        return _search((DigitScorer(caller), DigitScorer(operator)), heard, both)


def _search(
    legs: tuple[DigitScorer, DigitScorer], heard: Sequence[str], both: ThreadPoolExecutor
) -> list[tuple[str, float, float]]:
    rough = [g for found in both.map(_guessed, legs) for g in found]
    candidates = _candidates(heard, rough)
    if not candidates:
        return []
    list(both.map(lambda leg: leg.score(candidates), legs))
    best = _joint(legs)
    for leg in legs:
        own = max(leg.known, key=leg.total)
        leg.score(variants(best, leg.known[best], _TRIED_OF_BOTH))
        leg.score(variants(own, leg.known[own]))
        for other in legs:
            other.score([max(leg.known, key=leg.total)])
    finalists = {best, _joint(legs), *(max(leg.known, key=leg.total) for leg in legs)}
    list(both.map(lambda leg: leg.score(sorted(finalists)), legs))
    shared = sorted(n for n in legs[0].known if n in legs[1].known)
    return [(n, legs[0].total(n), legs[1].total(n)) for n in shared]


def _candidates(heard: Sequence[str], rough: Sequence[str]) -> list[str]:
    """The mobile numbers that what was heard may stand for, and what was guessed."""
    close = [n for run in heard for n in shortened(run)]
    whole = list(dict.fromkeys([*(n for g in (*heard, *rough) for n in mobile(g)), *close]))
    merged = [m for part in heard for n in whole if (m := grafted(n, part))]
    many = [n for run in (*heard, *rough[:1]) for n in counted(run)]
    found = [n for n in dict.fromkeys([*whole, *merged, *many]) if _MOBILE.fullmatch(n)]
    return [n for n in found if not _LOOP.search(n)]


def _guessed(leg: DigitScorer) -> list[str]:
    return leg.guesses(_GUESSES, _LENGTH)


def _joint(legs: tuple[DigitScorer, DigitScorer]) -> str:
    both = sorted(n for n in legs[0].known if n in legs[1].known)
    return max(both, key=lambda n: legs[0].total(n) + legs[1].total(n))


def mobile(digits: str) -> list[str]:
    """The mobile numbers that a decoded run may stand for, its leading 1 lost or not."""
    found = []
    if digits[:1] == "1" and digits[1:2] in "3456789" and len(digits) >= _LENGTH:
        found.append(digits[:_LENGTH])
    if digits[:1] in tuple("3456789") and len(digits) >= _LENGTH - 1:
        found.append("1" + digits[: _LENGTH - 1])
    return found


def shortened(digits: str) -> list[str]:
    """Mobile numbers left when one digit too many was heard (a leading 1 lost or not)."""
    full = digits if digits[:1] == "1" else "1" + digits
    if len(full) != _LENGTH + 1:
        return []
    return sorted({full[:i] + full[i + 1 :] for i in range(1, len(full))})


def counted(digits: str) -> list[str]:
    """Mobile numbers in which 三个八 was taken for its own 3 and 8 (a leading 1 lost or not)."""
    full = digits if digits[:1] == "1" else "1" + digits
    found = []
    for count in (3, 4):
        if len(full) == _LENGTH + 2 - count:
            places = (i for i in range(1, len(full) - 1) if full[i] == str(count))
            found += [full[:i] + full[i + 1] * count + full[i + 2 :] for i in places]
    return found


def grafted(number: str, part: str) -> str | None:
    """`number` with the digits of what was heard of it put where they fit best."""
    if not _LEAST <= len(part) <= _LENGTH + 1 or part == number:
        return None
    if len(part) >= _LENGTH - 2:
        changed = list(number)
        for step in Levenshtein.editops(number, part):
            if step.tag == "replace":
                changed[step.src_pos] = part[step.dest_pos]
        return "".join(changed) if Levenshtein.distance(number, part) <= _SLIPS else None
    size = len(part)
    at = min(
        range(_LENGTH - size + 1),
        key=lambda i: (Levenshtein.distance(number[i : i + size], part), -i),
    )
    if Levenshtein.distance(number[at : at + size], part) > size // 3:
        return None
    return number[:at] + part + number[at + size :]


def variants(number: str, chances: Sequence[float], tried: int = _TRIED) -> list[str]:
    """The number with its least likely digits replaced by every other one."""
    weak = sorted(range(1, len(number)), key=lambda i: chances[i])[:tried]
    return [
        number[:i] + digit + number[i + 1 :]
        for i in weak
        if chances[i] < _WEAK
        for digit in "0123456789"
        if digit != number[i] and not (i == 1 and digit in "012")
    ]
