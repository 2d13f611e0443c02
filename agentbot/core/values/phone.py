"""Telephone numbers: digit by digit, corrected in part or whole, repeated in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from agentbot.core.numerals import NUMBER_SIGNS
from agentbot.core.values.base import CERTAIN, Comparison, Reading, corrects
from agentbot.core.values.digits import digits_of, runs
from agentbot.core.values.other_numbers import without_others

__all__ = ["Phone", "agree_within", "first_difference"]

_MOBILE = 11
_WITH_AREA_CODE = (10, 11, 12)
_LEAST = 5
"""Fewer digits than this are no telephone number unless they were asked for."""
_PAIR = 2
"""Digits that repeat something only where nothing else is said: 一八。 一八。"""
_ECHO = re.compile(
    r"(?:[嗯哦噢好啊是对]|\W)*[零洞幺一二两三四五六七八九\d]{2}(?:[嗯啊哈对是吧]|\W)*"
)
_TAIL = re.compile(r"后面|后边|最后|尾号|末尾|后[一二两三四五六七八\d]")
_HEAD = re.compile(r"前面|前边|开头|前[一二两三四五六七八\d]")
_DENIED = re.compile(rf"([{NUMBER_SIGNS}])[，,、]?(?:可|而)?不是[{NUMBER_SIGNS}]+(?=\W*$)")
"""是二七，不是二九: what stands behind is denied."""
_TELEPHONE = re.compile(r"电话|手机|联系|座机|固话")
_INSTEAD = re.compile(
    r"(?:不是|不对)(?P<old>[^，,。是]{1,12}?)[，,、]?\s*(?:而?是|应该是)(?P<new>.+)"
)


def first_difference(one: str, other: str) -> int:
    """Position (from 1) of the first digit in which two numbers part; 0: none."""
    for place, (a, b) in enumerate(zip(one, other, strict=False), start=1):
        if a != b:
            return place
    return 0 if len(one) == len(other) else min(len(one), len(other)) + 1


def _lacks_a_group(whole: str, part: str) -> bool:
    """Whether a number is another one without two or more digits that stand together."""
    lacking = len(whole) - len(part)
    return lacking >= _PAIR and any(
        whole[:at] + whole[at + lacking :] == part for at in range(len(part) + 1)
    )


def agree_within(one: str, other: str) -> float:
    """Share of digits in which the shorter number agrees with some stretch of the longer."""
    part, whole = sorted((one, other), key=len)
    places = range(len(whole) - len(part) + 1)
    return max(Levenshtein.normalized_similarity(part, whole[at : at + len(part)]) for at in places)


def _agree(old: str, new: str) -> float:
    """Share of digits in which a group is said again alike."""
    return Levenshtein.normalized_similarity(old, new[: len(old)])


@dataclass(frozen=True, slots=True)
class Phone:
    """`lengths`: how many digits a whole number may have, the usual one first; `names`: what it is called."""

    lengths: tuple[int, ...] = (11,)
    names: str = ""

    def reading(self, digits: str) -> Reading:
        strength = 1.0 if self.complete(digits) else min(0.9, len(digits) / _MOBILE)
        return Reading(digits, (("number", digits),), strength)

    def complete(self, digits: str) -> bool:
        """Whether these digits are a whole number.

        In China's numbering plan mobile numbers begin with 1 and have eleven digits, and an
        area code begins with 0, so seven digits that begin so are a piece of a number.
        """
        if digits.startswith("1") and _MOBILE in self.lengths:
            return len(digits) == _MOBILE
        if digits.startswith("0") and self._called:
            return len(digits) in _WITH_AREA_CODE
        return len(digits) in self.lengths

    @property
    def _called(self) -> bool:
        """Whether it is a number to call, not that of a card."""
        return _MOBILE in self.lengths or bool(_TELEPHONE.search(self.names))

    def _nearly(self, digits: str) -> bool:
        """A whole number of which a digit may have been lost or heard twice."""
        return self.complete(digits) or len(digits) >= _MOBILE - 1

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The number in a text; a restart after `不对` counts from the restart."""
        # What was asked for may be called by any name: 卡号是 … for the 读者证号.
        words = without_others(text, self.names)
        digits = self._restarted(words) or (self._restarted(text) if asked else "")
        if len(digits) >= _LEAST or (asked and len(digits) > 1):
            return self.reading(digits)
        return None

    def _restarted(self, text: str) -> str:
        wrong = corrects(text)
        if not wrong:
            whole = [r.digits for r in runs(text) if self.complete(r.digits)]
            return whole[-1] if whole else digits_of(text)
        before, after = digits_of(text[: wrong.start()]), digits_of(text[wrong.end() :])
        if not before or not after:
            return before + after
        return self._merged(before, after, text[wrong.start() :])

    def _merged(self, old: str, new: str, words: str) -> str:
        """`old` with the correction `new` put where it belongs."""
        if self._nearly(new) or len(new) >= len(old):
            return self._behind(old, new)
        instead = _INSTEAD.search(words)
        if instead:
            wrong, right = digits_of(instead["old"]), digits_of(instead["new"])
            if wrong and right and old.count(wrong) == 1:
                return old.replace(wrong, right)
        if _TAIL.search(words):
            return old[: max(0, len(old) - len(new))] + new
        if _HEAD.search(words):
            return new + old[len(new) :]
        if not self.complete(old):
            # 幺三八零零，不对，零一…: the last group is said anew.
            best = max(
                range(max(1, len(old) - len(new)), len(old) + 1),
                key=lambda cut: (
                    self.complete(old[:cut] + new),
                    -Levenshtein.distance(old[cut:], new[: len(old) - cut]),
                ),
            )
            return old[:best] + new
        places = range(len(old) - len(new) + 1)
        nearest = min(places, key=lambda p: (Levenshtein.distance(old[p : p + len(new)], new), -p))
        return old[:nearest] + new + old[nearest + len(new) :]

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The corrected number; a correction names the whole number or the changed digits."""
        text = _DENIED.sub(r"\1", without_others(text, self.names))
        digits = self._restarted(text)
        if len(digits) < 2:
            return None
        instead = _INSTEAD.search(text)
        if instead and not self._nearly(digits_of(instead["new"])):
            wrong, right = digits_of(instead["old"]), digits_of(instead["new"])
            if wrong and right and old.value.count(wrong) == 1:
                return self.reading(old.value.replace(wrong, right))
            digits = right or digits
        return self.reading(self._merged(old.value, digits, text))

    def _behind(self, old: str, new: str) -> str:
        """幺三七，六八七七，不对，零八七七七二二九: the groups before the wrong one stay.

        What is more like the beginning is the whole number, said anew.
        """
        if self._nearly(new):
            return new
        cuts = (cut for cut in range(1, len(old)) if self.complete(old[:cut] + new))
        cut = next(cuts, None)
        if cut is None or _agree(old, new) >= _agree(old[cut:], new):
            return new
        return old[:cut] + new

    def join(self, pieces: Sequence[tuple[str, bool]]) -> str:
        """One number from what was said piece by piece: (text, it corrects the piece before).

        A whole number replaces all before it; a corrected piece replaces the last one. What
        follows a whole number changes it only where it says that it does: 工单尾号一二三四 does not.
        """
        groups: list[str] = []
        for text, correction in pieces:
            text = without_others(text, self.names)  # noqa: PLW2901 - the words that count
            digits = self._restarted(text) if runs(text) else ""
            if not digits:
                continue
            if self._nearly(digits):
                groups = [digits]
            elif self.complete("".join(groups)):
                anew = correction or corrects(text) or _TAIL.search(text) or _HEAD.search(text)
                whole = "".join(groups)
                groups = [self._merged(whole, digits, text) if anew else whole]
            elif correction and groups:
                groups[-1] = (
                    digits
                    if len(digits) >= len(groups[-1])
                    else self._merged(groups[-1], digits, text)
                )
            else:
                groups.append(digits)
        return "".join(groups)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """Digits said by the operator that look like a repetition of a number."""
        digits = self._restarted(without_others(text, self.names))
        echo = len(digits) == _PAIR and digits in given.value and _ECHO.fullmatch(text)
        return self.reading(digits) if len(digits) > _PAIR or echo else None

    def put_right(self, before: Reading, given: Reading, text: str) -> Reading | None:
        """The number repeated wrongly before, where these digits make it the caller's: 哦，二七."""
        digits = digits_of(without_others(text, self.names))
        if len(digits) < _PAIR or before.value == given.value or not self.complete(before.value):
            return None
        whole = self._merged(before.value, digits, text)
        return self.reading(whole) if whole == given.value else None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Digit by digit; a repetition of the last or first digits only is compared as far as it goes."""
        a, b = caller.value, operator.value
        if a == b:
            return Comparison(0.5 + 0.5 * max(trust, 0.9))
        if 4 <= len(b) < len(a) - 2 and (a.endswith(b) or a.startswith(b)):
            return Comparison(0.5 + 0.4 * trust)
        if _lacks_a_group(a, b) and not self.complete(b):
            return Comparison(0.5)  # said group by group, of which one was not heard
        if (
            self.complete(a)
            and self.complete(b)
            and min(len(a), len(b)) >= 7
            and (a.endswith(b) or b.endswith(a))
        ):
            return Comparison(0.5 + 0.4 * trust)  # with and without the area code
        place = first_difference(a, b)
        whole = self.complete(a) and self.complete(b)
        # A number too short or too long was not heard whole, unless the words are certain.
        same = (
            0.5 - 0.5 * trust
            if whole
            else 0.5 - 0.4 * trust
            if trust >= CERTAIN
            else 0.5 - 0.2 * trust
        )
        return Comparison(
            same, f"digit {place}", a[place - 1 : place] or "", b[place - 1 : place] or ""
        )
