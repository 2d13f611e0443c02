"""Where in recognised words of an address its numbers begin, whatever became of their units."""

from __future__ import annotations

import re

from agentbot.core.phonetic import sound

__all__ = ["number_leads"]

_FIGURES = frozenset("yi er san si wu liu qi ba jiu shi ling yao liang bai".split())
_GARBLED = frozenset(("ci", "zhi", "hai", "ai", "a", "se", "shui"))
"""Syllables that figures are heard as before a unit: 色号楼, 水浩楼."""
_HOUSE = (frozenset(("hao", "hou", "ao")), frozenset(("lou", "luo", "long", "lu", "le", "lao")))
_BLOCK = frozenset(("dong", "tong", "du", "dou", "duo", "zhuang", "chuang", "cuang", "zuang"))
_UNIT = (
    frozenset(("dan", "dang", "san", "tan")),
    frozenset(("yuan", "yan", "nian", "ye", "wan", "yao")),
)
"""号楼, 栋 and 单元 as recognisers write them: 好龙, 洞 or 都, 当年 or 三元."""
_MOST = 3
"""Figures of a building's number, 十 among them."""
_ZONE = re.compile(
    r"(?<=[一-鿿])[小晓][七7期其气器去曲取](?=.{1,4}?(?:[号好浩豪毫耗后候]|栋|动|洞|冻))"
)


def number_leads(text: str) -> tuple[str, ...]:
    """The words up to the number of the building; empty if no place for one is found."""
    plain = _ZONE.sub("小区", text)
    syllables = [sound(sign).syllables[0] if sign.isalnum() else "" for sign in plain]
    at = _unit(plain, syllables)
    if at is None:
        return ()
    while at > 1 and not syllables[at - 1]:
        at -= 1
    begin = at
    while begin > 0 and at - begin < _MOST and _figure(plain, syllables, begin - 1):
        begin -= 1
    if begin == at:
        begin = max(0, at - 1)
    return (plain[:begin],)


def _unit(plain: str, syllables: list[str]) -> int | None:
    """Where 号楼 or 栋 stands behind a figure; else where 号楼 stands, or 单元 with its figure."""
    # A recogniser puts pauses anywhere: 二时后,楼 and 二床，三单元.
    after = [
        next((j for j in range(i + 1, len(plain)) if syllables[j]), i) for i in range(len(plain))
    ]
    behind = [syllables[j] if j > i else "" for i, j in enumerate(after)]
    for i in range(1, len(plain)):
        if syllables[i] in _HOUSE[0] and behind[i] in _HOUSE[1]:
            return i
    for i in range(1, len(plain) - 1):
        between = _figure(plain, syllables, i - 1) and _figure(plain, syllables, after[i])
        if syllables[i] in _BLOCK and between:
            return i
    for i in range(2, len(plain) - 1):
        if syllables[i] in _UNIT[0] and syllables[i + 1] in _UNIT[1]:
            begin = i - 1
            while begin > 0 and _figure(plain, syllables, begin - 1):
                begin -= 1
            return begin + 1
    return None


def _figure(plain: str, syllables: list[str], at: int) -> bool:
    return plain[at].isdigit() or syllables[at] in _FIGURES or syllables[at] in _GARBLED
