"""Other digits and letters for real ones, by a key: the same for the same, never the thing itself.

Each digit and each Latin letter is turned by what stands to its right. So two that differ stay
different, and what one number is the end of another stays so: exchanges are followed by that.
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import Final

__all__ = ["Lookalikes"]

_HAN: Final = "安白包曹常陈程戴丁董杜范方冯傅高葛郭韩何贺胡黄江金康孔赖雷黎李梁林刘龙卢陆罗吕马毛孟莫潘彭钱秦任邵沈石史宋苏孙谭唐陶田汪王魏温文吴武夏萧谢邢徐许薛严杨姚叶易殷余袁曾张赵郑钟周朱邹"
_WITHIN: Final = 10
"""Digits from the right that are turned in a number of a telephone; what stands before tells the
country, or that the number is a mobile one."""
_LONGEST: Final = 15
"""Digits of a telephone number; longer ones are cards and the like, and turned whole."""


class Lookalikes:
    """One key, one mapping; without the key nothing can be turned back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def number(self, number: str, keep: str = "") -> str:
        """Other digits; what stands between them stays, and so do the digits `keep` in it."""
        digits = "".join(str(unicodedata.decimal(char)) for char in number if char.isdecimal())
        first = max(0, len(digits) - _WITHIN) if len(digits) <= _LONGEST else 0
        kept = range(digits.find(keep), digits.find(keep) + len(keep)) if keep in digits else ()
        turned = [place for place in range(first, len(digits)) if place not in kept]
        made = list(digits)
        for place in turned:
            rest, digit = digits[place + 1 :], int(digits[place])
            turn = self._turn(f"digit {rest}")
            if place == turned[-1]:
                digit += 1 + turn % 9
            elif len(rest) == _WITHIN - 1:  # the second digit of a mobile number stays one
                digit = (digit + turn) % 3 if digit < 3 else 3 + (digit - 3 + turn) % 7
            else:
                digit += turn
            made[place] = str(digit % 10)
        other = iter(made)
        return "".join(next(other) if char.isdecimal() else char for char in number)

    def letters(self, word: str) -> str:
        """Another word of the same length, its capitals in the same places."""
        low = [char.lower() if len(char.lower()) == 1 else char for char in word]
        made = []
        for place, char in enumerate(low):
            rest = "".join(low[place + 1 :])
            turn = self._turn(f"letter {rest}")
            turn = turn % 26 if rest else 1 + turn % 25
            latin = "a" <= char <= "z"
            letter = ord(char) - ord("a") if latin else self._turn(f"other {char}{rest}")
            other = chr((letter + turn) % 26 + ord("a"))
            made.append(other.upper() if word[place].isupper() else other)
        return "".join(made)

    def han(self, name: str) -> str:
        """As many surnames, for a word in Chinese script."""
        made = []
        for place, char in enumerate(name):
            turn = self._turn(f"han {place} {name}")
            other = _HAN[turn % len(_HAN)]
            made.append(other if other != char else _HAN[(turn + 1) % len(_HAN)])
        return "".join(made)

    def _turn(self, of: str) -> int:
        drawn = hmac.digest(self._key, of.encode("utf-8", "surrogatepass"), "sha256")
        return int.from_bytes(drawn[:8])
