"""Counts and marks within bounds: 两瓶, 八九分, 住三个晚上."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.clauses import clauses
from agentbot.core.numerals import NUMBER_SIGNS, quantity
from agentbot.core.phonetic import normal
from agentbot.core.values.answers import INSTEAD
from agentbot.core.values.base import Comparison, Reading, corrects, last_match

__all__ = ["NumberValue"]

_N = f"[{NUMBER_SIGNS}]+"
_ALTERNATIVES = re.compile(
    r"(?<![十百千])([一二两三四五六七八九])([一二三四五六七八九])(?![一二三四五六七八九十百千])"
)


_LESS = re.compile(rf"(?<!最)(?:少|差|扣|多|加|减)[给了个]*{_N}")
"""What is missing is not what is given: 少一分."""


_NONE = re.compile(rf"{_N}[一-鿿]?[都也](?:不|没)")
"""一分都不给 gives no number."""


_RATHER = re.compile(
    rf"(?:[，,。…、\s嗯呃啊哦哎诶]|不了)(?:还是|要不|干脆|那?就)(?=[要订来给]?{_N})"
)
"""一瓶，嗯，还是两瓶吧: on second thought."""
_ELSEWHERE = re.compile(r"[楼层号栋幢座门点月日]|单元")
_PRICE = rf"(?!是?[{NUMBER_SIGNS}]|多少|几)"
"""一瓶一百二 tells a price."""
_SO_MANY = re.compile(
    rf"^(?:[嗯哦那]|好的?|行|就是?|是|您?要|一共|总共|来|给您?|送)*({_N})个(?=[对是没吧啊哈哦嘛]|$)"
)
"""好，两个，对吗: the count alone, whatever it counts."""
_WANTED = r"[要订定送给打来换拿买住][了上]?(?:个|您|你们?|我)?"
"""Nobody gives a number unasked without saying what is to be done with it."""
_NEARLY_ONE = ("1", "7")
_COUNTED = "瓶罐桶天晚夜宿位件份台张间次人只袋箱盒斤升包把套本支"
"""Words that people count by in place of the one that the script knows."""


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A count or mark within bounds, alone or as `八九分`, which is 8-9."""

    minimum: int | None = None
    maximum: int | None = None
    units: tuple[str, ...] = ()
    """What is counted, the usual word first."""

    @property
    def unit(self) -> str:
        """The words for what is counted, as a pattern; empty: none."""
        return f"(?:{'|'.join(map(re.escape, self.units))})" if self.units else ""

    def _fits(self, number: int) -> bool:
        low = self.minimum is None or number >= self.minimum
        return low and (self.maximum is None or number <= self.maximum)

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The number, a range `8-9` where the caller leaves it open."""
        wrong = last_match(INSTEAD, text) or corrects(text) or last_match(_RATHER, text)
        if wrong and (later := self.read(text[wrong.end() :], asked=asked)):
            return later
        plain = normal(_NONE.sub("", _LESS.sub("", text)))
        if asked and self.maximum and re.search(r"满分|最高分|打满", plain):
            return self._made(str(self.maximum))
        open_one = self._between(text, plain, asked=asked)
        if open_one:
            return open_one
        wanted = "" if asked else _WANTED
        with_unit = re.findall(rf"{wanted}({_N})个?{self.unit}(?!钟)", plain) if self.unit else []
        if not asked and not with_unit:
            with_unit = self._alone(text)
        loose = (
            re.findall(
                rf"({_N})(?!个(?!{self.unit or '$'})|[下点些般直样起共遍次声会句双打]|[{NUMBER_SIGNS}])",
                plain,
            )
            if asked
            else []
        )
        for candidates in (with_unit, loose):
            numbers = [
                n for n in (quantity(c) for c in candidates) if n is not None and self._fits(n)
            ]
            if len(set(numbers)) == 1:
                sure = 1.0 if candidates is with_unit else 0.7
                return self._made(str(numbers[0]), sure, self._counted(plain))
            if numbers:
                break
        return None

    def _between(self, text: str, plain: str, *, asked: bool) -> Reading | None:
        """八到九分, 八九分: the caller leaves it open."""
        between = (
            re.search(rf"({_N})(?:{self.unit})?(?:到|至|或者?|还是|、|，|,|-)({_N})", text)
            if self.unit or asked
            else None
        )
        if between:
            low, high = quantity(between[1]), quantity(between[2])
            ordered = low is not None and high is not None and low < high
            ordered = ordered and not self._of_another(text[between.end() :])
            if ordered and self._fits(low or 0) and self._fits(high or 0):
                return self._made(f"{low}-{high}")
        pair = _ALTERNATIVES.search(plain)
        if pair is None and self.unit:
            pair = re.search(rf"({_N}){self.unit}({_N}){self.unit}", plain)  # 八分九分吧
        if pair and asked:
            low, high = quantity(pair[1]), quantity(pair[2])
            rest = plain[pair.end() : pair.end() + 2]
            next_to = low is not None and high == low + 1 and self._fits(low)
            if next_to and (not rest or not rest[0].isdigit()):
                return self._made(f"{low}-{high}")
        return None

    def _of_another(self, rest: str) -> bool:
        """两瓶到三楼: what the second number counts is something else."""
        own = bool(self.unit) and re.match(f"个?{self.unit}", rest)
        return not own and bool(_ELSEWHERE.match(rest))

    def _alone(self, text: str) -> list[str]:
        """Counts that are a clause of their own: 三瓶气，麻烦快点."""
        found = (
            re.fullmatch(rf"({_N})个?{self.unit}(?:(?![没不别都也])[一-鿿]){{0,2}}", c)
            for c in (re.split(r"[，,。！？!?；;、\s]", text) if self.unit else ())
        )
        return [m[1] for m in found if m]

    @staticmethod
    def _counted(plain: str) -> str:
        """The word that was counted by, where it is not among the script's."""
        by = re.search(rf"{_N}个?([{_COUNTED}])", plain)
        return by[1] if by else ""

    @staticmethod
    def _made(value: str, strength: float = 1.0, unit: str = "") -> Reading:
        parts = (("number", value), ("unit", unit)) if unit else (("number", value),)
        return Reading(value, parts, strength)

    @staticmethod
    def contested(value: str) -> bool:
        """Whether another number sounds like it: 一 and 七 are one consonant apart."""
        return value in _NEARLY_ONE

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A new number after a correction."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """A number in the operator's words that counts the same thing."""
        if not self.unit:
            return self.read(text, asked=True)
        wrong = corrects(text)
        if wrong and (later := self.repeat(given, text[wrong.end() :])):
            return later
        theirs = dict(given.parts).get("unit")
        unit = f"(?:{self.unit}|{theirs})" if theirs else self.unit
        count = re.compile(rf"({_N})个?{unit}(?!钟){_PRICE}")
        said = [
            n for c in map(normal, clauses(text)) for n in (count.findall(c) or _SO_MANY.findall(c))
        ]
        counted = [quantity(n) for n in said]
        fitting = [n for n in counted if n is not None and self._fits(n)]
        return self._made(str(fitting[-1])) if fitting else None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Equal, or the one within the other's range."""
        if caller.value == operator.value or operator.value in caller.value.split("-"):
            return Comparison(0.5 + 0.5 * max(trust, 0.9))
        return Comparison(0.5 - 0.5 * trust, "number", caller.value, operator.value)
