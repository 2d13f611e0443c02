"""Spoken numbers: digit by digit, as quantities, and mixed, as people really say them."""

from __future__ import annotations

import re

__all__ = ["DIGIT", "NUMBER_SIGNS", "digit_string", "quantity", "readings", "spoken_number"]

DIGIT = {
    "俩": "2", "仨": "3", "零": "0", "〇": "0", "洞": "0", "一": "1", "幺": "1", "二": "2", "两": "2",
    "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "拐": "7", "八": "8", "九": "9",
    "勾": "9", "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6", "柒": "7",
    "捌": "8", "玖": "9",
} | {d: d for d in "0123456789"}  # fmt: skip
"""Every sign that is read as one digit; 洞 拐 勾 幺 are the radio readings of 0 7 9 1."""
NUMBER_SIGNS = "".join(DIGIT) + "十百千万"
_TENS = {"十": 10, "百": 100, "千": 1000}


def quantity(text: str) -> int | None:
    """A number of things (`二十`, `一千二百零三`, `15`); None: not a quantity."""
    if text.isascii() and text.isdigit():
        return int(text)
    total = section = 0
    pending: int | None = None
    last_unit = 1
    for sign in text:
        if sign in _TENS:
            unit = _TENS[sign]
            section += (1 if pending is None else pending) * unit
            pending, last_unit = None, unit
        elif sign == "万":
            total, section, pending, last_unit = (
                (section + (pending or 0)) * 10_000,
                0,
                None,
                10_000,
            )
        elif sign in DIGIT:
            if pending not in (None, 0):
                return None
            pending = int(DIGIT[sign])
            if pending == 0:
                last_unit = 10
        else:
            return None
    if pending is not None:
        # 三百五 is 350: a last digit straight after 百 or 千 counts the next lower unit.
        section += pending * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section


def digit_string(text: str) -> str | None:
    """A run read digit by digit (`幺二零四`, `1204`); None if it is not one."""
    if not text or any(sign not in DIGIT for sign in text):
        return None
    return "".join(DIGIT[sign] for sign in text)


def readings(text: str) -> str:
    """One normal form for any reading of a number: the figures one would write.

    `十二` 12, `一二` 12, `一千二百零三` 1203, `十二零三` 1203, `幺二零三` 1203, `二十三` 23.
    """
    plain = digit_string(text)
    if plain is not None:
        return plain
    whole = quantity(text)
    # 十二零三: a quantity followed by digits, as rooms are said (floor, then door).
    mixed = re.fullmatch(r"(.*?[十百千万][一二三四五六七八九]?)([零〇洞].+|.{2,})", text)
    if mixed and not re.search("[十百千万]", mixed.group(2)):
        head, tail = quantity(mixed.group(1)), digit_string(mixed.group(2))
        if (
            head is not None
            and tail is not None
            and not (whole is not None and mixed.group(1)[-1:] in "百千万")
        ):
            return f"{head}{tail}"
    return str(whole) if whole is not None else ""


def spoken_number(figures: str) -> str:
    """How a house number is said: up to 99 as a quantity, longer ones digit by digit."""
    signs = "零一二三四五六七八九"
    if not figures.isdigit() or len(figures) > 2 or int(figures) < 10:
        return "".join(signs[int(f)] if f.isdigit() else f for f in figures)
    tens, ones = divmod(int(figures), 10)
    return (signs[tens] if tens > 1 else "") + "十" + (signs[ones] if ones else "")
