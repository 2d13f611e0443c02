"""Answers that are taken and not read back: choices, numbers, times."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.numerals import DIGIT, NUMBER_SIGNS, quantity
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.script import Choice
from agentbot.core.values.base import Comparison, Reading, corrects, last_match

__all__ = ["ChoiceValue", "NumberValue", "unsure"]

_INSTEAD = re.compile(
    r"(?<!是)不对(?=[，,])|(?<!是)不是(?=[，,])|[哦噢啊]不(?:是|对)?(?=[，,])|(?:^|[，,。])[我哦噢啊呃嗯哎]*不[，,]?(?=[零一二三四五六七八九十两\d]+[分个瓶号点])|说错了?|其实|算了|本来[^，,]*[，,]"
)
"""What follows replaces what was said before."""
_UNSURE = re.compile(
    r"不好说|说不[好上清准]|不知道|不清楚|不晓得|不了解|记不[清得住]|不记得|没注意|没留意|忘了|没在家|不在家|没在那|不是我在|没接触|没见[着过到]|"
    r"没打过交道|问我|没听[清懂见]|听不[清懂见]"
)
"""An answer that tells nothing."""
_COURTESY = re.compile(r"不好意思|对不起|[您你]好(?![像多])|好像|好久")
"""Words in which 好 and 对 answer nothing."""
_HEM = re.compile(r"^(?:就是|这个|那个|然后|嗯+|呃+|啊+|哎+|哦+|唉+|噢+)[，,。\s]+")


def unsure(text: str) -> bool:
    """The words answer a question and tell nothing."""
    return bool(_UNSURE.search(text))


@dataclass(frozen=True, slots=True)
class ChoiceValue:
    """One of a few answers, each known by many phrases."""

    choices: tuple[Choice, ...]

    def scores(self, text: str) -> dict[str, float]:
        """For each choice how well the best of its phrases is heard, 0..1, longer ones first.

        Longer phrases swallow shorter ones inside them: 没有 in 没有收 is no 有.
        """
        plain = normal(text)
        speech = sound(text)
        taken = [False] * len(speech)
        best: dict[str, float] = {}
        phrases = sorted(
            ((p, c.value) for c in self.choices for p in c.phrases),
            key=lambda x: -len(normal(x[0])),
        )
        heard = [(sound(phrase), value) for phrase, value in phrases]
        for cue, value in heard:
            size = len(cue)
            for match in re.finditer(re.escape(cue.text), plain):
                at = match.start()
                if size and not any(taken[at : at + size]):
                    best[value] = 1.0
                    taken[at : at + size] = [True] * size
        for cue, value in heard:
            size = len(cue)
            if not 2 <= size <= len(speech):
                continue
            near = find(cue, speech, least=0.99 if size == 2 else 0.9 if size == 3 else 0.85)
            if near and not any(taken[near.start : near.end]):
                best[value] = max(best.get(value, 0.0), near.likeness - 0.1)
                taken[near.start : near.end] = [True] * (near.end - near.start)
        return best

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The choice, if just one is heard; the last after a correction."""
        if not asked:
            return None
        last = last_match(_INSTEAD, text)
        if last and (later := self.read(text[last.end() :], asked=True)):
            return later
        if _UNSURE.search(text):
            return None
        text = _COURTESY.sub("", text)
        while (hem := _HEM.match(text)) and normal(text[hem.end() :]):
            text = text[hem.end() :]
        # The answer comes first: 解决了，就是慢了点 is a yes.
        for clause in (*[c for c in re.split(r"[，,。！？!?；;\s]", text) if normal(c)], text):
            found = self.scores(clause)
            if not found:
                continue
            ranked = sorted(found.items(), key=lambda x: -x[1])
            if len(ranked) == 1 or ranked[0][1] - ranked[1][1] > 0.05:
                return Reading(ranked[0][0], (("choice", ranked[0][0]),), ranked[0][1])
            return None
        return None

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A new choice after a correction."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The same choice in the operator's words."""
        found = self.read(text, asked=True)
        return found if found and found.value == given.value else None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Equal or not."""
        if caller.value == operator.value:
            return Comparison(1.0)
        return Comparison(0.5 - 0.5 * trust, "choice", caller.value, operator.value)


_N = f"[{NUMBER_SIGNS}]+"
_ALTERNATIVES = re.compile(
    r"(?<![十百千])([一二三四五六七八九])([一二三四五六七八九])(?![一二三四五六七八九十百千])"
)


_LESS = re.compile(rf"(?<!最)(?:少|差|扣|多|加|减)[给了个]*{_N}")
"""What is missing is not what is given: 少一分."""


_NONE = re.compile(rf"{_N}[一-鿿]?[都也](?:不|没)")
"""一分都不给 gives no number."""


_WANTED = r"[要订定送给打来换拿买]了?(?:个|您|你们?|我)?"
"""Nobody gives a number unasked without saying what is to be done with it."""


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A count or mark within bounds, alone or as `八九分`, which is 8-9."""

    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""

    def _fits(self, number: int) -> bool:
        low = self.minimum is None or number >= self.minimum
        return low and (self.maximum is None or number <= self.maximum)

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The number, a range `8-9` where the caller leaves it open."""
        wrong = last_match(_INSTEAD, text) or corrects(text)
        if wrong and (later := self.read(text[wrong.end() :], asked=asked)):
            return later
        plain = normal(_NONE.sub("", _LESS.sub("", text)))
        if asked and self.maximum and re.search(r"满分|最高分|打满", plain):
            return self._made(str(self.maximum))
        between = (
            re.search(rf"({_N})(?:{self.unit})?(?:到|至|或者?|还是|、|，|,|-)({_N})", text)
            if self.unit or asked
            else None
        )
        if between:
            low, high = quantity(between[1]), quantity(between[2])
            if (
                low is not None
                and high is not None
                and low < high
                and self._fits(low)
                and self._fits(high)
            ):
                return self._made(f"{low}-{high}")
        pair = _ALTERNATIVES.search(plain)
        if pair and asked:
            low, high = int(DIGIT[pair[1]]), int(DIGIT[pair[2]])
            rest = plain[pair.end() : pair.end() + 2]
            if high == low + 1 and self._fits(low) and (not rest or not rest[0].isdigit()):
                return self._made(f"{low}-{high}")
        wanted = "" if asked else _WANTED
        with_unit = re.findall(rf"{wanted}({_N})个?{self.unit}(?!钟)", plain) if self.unit else []
        loose = (
            re.findall(
                rf"({_N})(?!个(?!{self.unit or '$'})|[下点些般直样起共遍次声会句]|[{NUMBER_SIGNS}])",
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
                return self._made(str(numbers[0]), 1.0 if candidates is with_unit else 0.7)
            if numbers:
                break
        return None

    @staticmethod
    def _made(value: str, strength: float = 1.0) -> Reading:
        return Reading(value, (("number", value),), strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A new number after a correction."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """A number in the operator's words that counts the same thing."""
        if not self.unit:
            return self.read(text, asked=True)
        counted = [quantity(n) for n in re.findall(rf"({_N})个?{self.unit}(?!钟)", normal(text))]
        fitting = [n for n in counted if n is not None and self._fits(n)]
        return self._made(str(fitting[-1])) if fitting else None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Equal, or the one within the other's range."""
        if caller.value == operator.value or operator.value in caller.value.split("-"):
            return Comparison(0.5 + 0.5 * max(trust, 0.9))
        return Comparison(0.5 - 0.5 * trust, "number", caller.value, operator.value)
