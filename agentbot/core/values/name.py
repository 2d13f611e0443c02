"""Names of people: by sound and by explained characters (弓长张, 木子李)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.phonetic import likeness, sound
from agentbot.core.values.base import Comparison, Reading, corrects
from agentbot.core.values.surnames import COMPOUND, EXPLAINED, SINGLE

__all__ = ["Name"]

_TITLE = r"(?:先生|女士|小姐|师傅|大爷|大妈|大姐|大哥|阿姨|叔叔|老师|同志|太太|老板|经理|总)"
_CJK = r"[一-鿿]"
_END = rf"(?=$|[^一-鿿]|{_TITLE}|对|是吗|是吧|吧|吗|啊|呀|哈|呢|的|没错|好|嘛|我|您|你|电话|手机|联系|请)"
_PATTERNS = (
    re.compile(rf"(?:免贵)?姓(?P<s>{_CJK}{{1,2}}?)(?:[，,、\s]*(?:名字?)?(?:叫做?|名)?(?P<f>{_CJK}{{2,4}}?))?{_END}"),
    re.compile(rf"(?:名字[是叫]|叫做?|姓名[是叫]?|名叫|称呼[我您]?)(?P<f>{_CJK}{{2,4}}?){_END}"),
    re.compile(rf"(?P<f>{_CJK}{{1,4}}?){_TITLE}"),
    re.compile(rf"(?:我是|您是|你是|是)(?P<f>{_CJK}{{2,4}}?){_END}"),
)
_LEAD = re.compile(
    r"^(?:[\W_]|[嗯呃啊哦额哎诶喂唉]|好的?|那个|这个|就是|我的?|您的?|你的?|登记|记|写|那|您|行|知道了|明白|收到|"
    r"名字|姓名|全名|叫|是|姓|对|也)+"
)
_TAIL = re.compile(
    r"(?:[\W_]|对吗|对吧|对不对|是吗|是吧|是不是|没错吧?|这样|对|吗|吧|啊|呀|哈|呢|嘛|先生|女士|小姐|师傅|就行|就可以|可以)+$"
)
_EXPLAIN = re.compile(rf"(?P<how>{_CJK}{{2,4}}?)的(?P<sign>{_CJK})")
_FULL = 4
_PATTERNED = 0.6
"""Strength from which the words themselves say that this is a name."""
_ALIKE, _NEAR = 0.4, 0.7
"""A bare word is a repetition if it shares so much of the name's sound; `_NEAR` without a family name."""


def _surname(text: str) -> str:
    """The family name a name begins with, or an empty string."""
    if text[:2] in COMPOUND:
        return text[:2]
    return text[:1] if text[:1] in SINGLE else ""


@dataclass(frozen=True, slots=True)
class Name:
    """Callers give a family name or a full one; either may be explained."""

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The name in a text, explained characters put in."""
        wrong = corrects(text)
        if wrong:
            later = self.read(text[wrong.end() :], asked=asked)
            if later:
                return later
            text = text[: wrong.start()]
        plain = self._explained(text)
        for index, pattern in enumerate(_PATTERNS):
            for match in pattern.finditer(plain):
                found = self._from(match, sure=index < 2)  # noqa: PLR2004 - the first two say so
                if found:
                    return found
        if asked:
            bare = _TAIL.sub("", _LEAD.sub("", plain))
            if 0 < len(bare) <= _FULL and re.fullmatch(_CJK + "+", bare):
                surname = _surname(bare)
                return self._made(bare, surname or bare[:1], 0.7 if surname else 0.4)
        return None

    def _from(self, match: re.Match[str], *, sure: bool) -> Reading | None:
        groups = match.groupdict()
        full, surname = groups.get("f") or "", groups.get("s") or ""
        if full and surname:
            if full.startswith(surname):
                return self._made(full, surname, 1.0)
            return self._made(surname + full if len(full) <= 2 else full, surname, 0.9)  # noqa: PLR2004
        if surname:
            known = _surname(surname)
            if not known and not sure:
                return None
            return self._made(surname, known or surname, 1.0 if known else 0.6)
        known = _surname(full)
        if not known:
            return None
        return self._made(full, known, 0.95)

    @staticmethod
    def _made(full: str, surname: str, strength: float) -> Reading:
        given = full[len(surname) :] if full.startswith(surname) else ""
        parts = (("surname", surname), *((("given", given),) if given else ()))
        return Reading(surname + given, parts, strength)

    @staticmethod
    def _explained(text: str) -> str:
        """`弓长张` becomes 张; `伟大的伟` confirms a sign and is dropped."""
        for parts, sign in EXPLAINED.items():
            text = re.sub(rf"{_CJK}?[，,、\s]*{parts}的?{sign}" if len(parts) > 1 else parts + sign, sign, text)
        return _EXPLAIN.sub(lambda m: "" if m["sign"] in m["how"] else m.group(), text)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The corrected name; one that names only the family name keeps the given one."""
        found = self.read(text, asked=True)
        if found is None:
            return None
        new, before = dict(found.parts), dict(old.parts)
        if "given" not in new and "given" in before:
            return self._made(new["surname"] + before["given"], new["surname"], found.strength)
        return found

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """A name, or sounds like the given one, in the operator's words."""
        found = self.read(text, asked=False)
        if found and found.strength >= _PATTERNED:
            return found
        bare = _TAIL.sub("", _LEAD.sub("", self._explained(text)))
        if not bare or len(bare) > len(given.value) + 1 or not re.fullmatch(_CJK + "+", bare):
            return None
        alike = likeness(sound(bare), sound(given.value))
        if alike < (_ALIKE if _surname(bare) else _NEAR):
            return None
        surname = _surname(bare) or bare[: len(dict(given.parts)["surname"])]
        return self._made(bare, surname, min(0.8, alike))

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """By sound: 张 and 章 cannot be told apart by ear and count as the same."""
        mine, theirs = dict(caller.parts), dict(operator.parts)
        for place in ("surname", "given"):
            a, b = mine.get(place, ""), theirs.get(place, "")
            if not a or not b or a == b:
                continue
            one, other = sound(a), sound(b)
            if one.syllables == other.syllables:
                continue
            alike = likeness(one, other)
            return Comparison(0.5 - 0.5 * trust * (1 - 0.5 * alike), place, a, b)
        return Comparison(0.5 + 0.5 * max(trust, 0.9))
