"""Two telephone numbers by the sound of both legs."""

from __future__ import annotations

from rapidfuzz.distance import OSA, Levenshtein

from agentbot.core.events import Rescored
from agentbot.core.rescored.ratio import CLEARLY_SAME, SAME
from agentbot.core.values.base import Comparison

__all__ = ["digits_compared"]

_MISHEARD, _NO_SLIP = -5.0, -2.0
"""Log likelihood ratios of two numbers that no slip makes of each other, where no slip is likelier than one
number: they were misheard. Of some 80 telephone read-backs three right ones lie there, no wrong one."""
_NEAR_DIGITS = 2
"""Two numbers that differ in more digits than this were misheard, not misread."""
_FIT = -2.0
"""Mean log likelihood of a digit below which a number was not understood at all."""
_TWO = -6.5
"""Log likelihood ratio from which two numbers are two. Of 110 right read-backs one lay between this
and -6 (七七 heard as 九七), no wrong one did."""
_BORNE_OUT, _NEARLY = -3.5, 3
"""Log likelihood ratio from which two numbers are two if the words first heard say so too: each leg's
is nearer to its own number, and all but so many digits of both were understood. Of 110 right
read-backs none lies there (the least is -2.2), of 54 wrong ones five lie between this and `_TWO`."""
_BROKEN = -8.0
"""Log likelihood ratio below which the likeliest one number is not what either leg carries."""


def digits_compared(answer: Rescored, heard: tuple[str, str] = ("", "")) -> Comparison | None:
    """The likeliest one number against the likeliest two that a slip makes of each other; None: no scores.

    `heard`: the digits first understood of the caller and of the operator.
    """
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
        found = same - alone >= CLEARLY_SAME
        return Comparison(1.0, values=(both, both)) if found else Comparison(0.5)
    best, one, other, fit = max(slips)
    ratio = same - best
    place = next((i for i, (a, b) in enumerate(zip(one, other, strict=False), 1) if a != b), 0)
    values = (one, other)
    lead = same - max(apart)[0]
    whole = same - alone >= _BROKEN
    limit = _BORNE_OUT if _borne_out(heard, one, other) else _TWO
    if whole and (lead >= SAME or (lead >= _MISHEARD and ratio >= _NO_SLIP)):
        probability = 1.0
        values = (both, both)
    elif ratio <= limit and fit >= _FIT and heard[1] != one and heard[0] != other:
        # A leg's words that are the other leg's number to the digit are not so by chance.
        probability = 0.0
    else:
        probability = 0.5
    return Comparison(
        probability, f"digit {place}", one[place - 1 : place], other[place - 1 : place], values
    )


def _borne_out(heard: tuple[str, str], one: str, other: str) -> bool:
    """Whether the words alone say that the caller said `one` and the operator `other`."""
    own = [Levenshtein.distance(h, n) for h, n in zip(heard, (one, other), strict=True)]
    crossed = [Levenshtein.distance(h, n) for h, n in zip(heard, (other, one), strict=True)]
    return sum(own) <= _NEARLY and all(a < b for a, b in zip(own, crossed, strict=True))


def _slip(one: str, other: str) -> bool:
    """One digit another, or two neighbours changed about: what slips of tongue and pen do."""
    return len(one) == len(other) and OSA.distance(one, other) == 1
