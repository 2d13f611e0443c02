"""What words say of an address: its name and its numbered parts, the latest said of each."""

from __future__ import annotations

import re

from agentbot.core.numerals import readings
from agentbot.core.phonetic import likeness, sound
from agentbot.core.values.address_name import called, looks_like_one
from agentbot.core.values.address_parts import NUMBER, numbered_parts
from agentbot.core.values.address_units import units_mended, without_landmarks
from agentbot.core.values.base import SLIP

__all__ = ["NEAR", "NEGATED", "parts_said", "proper", "repaired"]

_QUESTION = re.compile(
    r"(?:几|哪|多少|什么)个?(?:号楼|号|栋|单元|楼|门|室|层|小区|里|儿|地方|位置|区|幢|座)?"
)
_TAG = r"(?:[对是]不[对是]|(?:[对是]|没错|没问题|正确)[吗吧])"
NEGATED = re.compile(
    rf"不是(?=[^，,。！？!?；;\s是])(?![^，,。！？!?；;]*[，,]?{_TAG})[^，,。！？!?；;]+"
)
"""What is denied: 不是西苑; 三零二不是三零一，没错吧 puts right what stands before it."""
_MARK = re.compile(rf"{SLIP}|不对|不是|[说讲记搞弄写]错了?|[哦啊]不|不不")
_BARE = re.compile(rf"[\W啊哦呃嗯是应该]*({NUMBER.replace('+', '{2,6}')})(?=$|[\W啊呀哦吧])")
_HEM = re.compile(r"[，,]\s*(?:[嗯呃啊哦额]+|那个|这个|就是)[，,]")
_HESITATION = re.compile("…+|\\.{3,}")
_SLIPPED = re.compile(
    "(?:[啊哦噢哎呃](?:不是|不对|不(?=[零幺一二两三四五六七八九十百\\d])|错了)|我?[说记念看]错了)[，,]?"
)
"""五单元啊不是二单元: a correction without a pause."""
NEAR = 0.8
"""Likeness from which a community is the caller's (tuned on made-up calls)."""


def repaired(text: str) -> str:
    """The text with garbled units mended, and breaks where the speaker hesitated or slipped."""
    text = _SLIPPED.sub("，不是，", _HESITATION.sub("，", text))
    return _HEM.sub("，", units_mended(text))


def parts_said(text: str, known: tuple[str, ...]) -> dict[str, str]:
    """Place to value; corrections within the words are applied, the latest wins.

    `known`: names of the district.
    """
    text = _QUESTION.sub("。", repaired(text))
    named = without_landmarks(text)
    first = next(numbered_parts(named), None) if named != text else None
    if first and proper(called(named[: first.start]), known):
        text = named
    found: dict[str, str] = {}
    affirmed = NEGATED.sub("", text)
    if affirmed != text and any(numbered_parts(affirmed)):
        text = affirmed
    last = ""
    for stretch in _MARK.split(text):
        bare = _BARE.match(stretch) if "room" in found else None
        if bare:
            found["room"] = readings(bare.group(1))
        numbered = list(numbered_parts(stretch))
        named = called(stretch[: numbered[0].start] if numbered else stretch)
        is_place = proper(named, known)
        if (
            named
            and (is_place or (numbered and "community" not in found))
            and (numbered or is_place)
        ):
            found["community"] = named
        for index, part in enumerate(numbered):
            # 八号，哎不是，五号: the number said anew goes where the last one went.
            anew = (
                index == 0
                and len(numbered) == 1
                and part.place == "number"
                and "number" not in found
                and last in ("room", "building")
            )
            found[last if anew else part.place] = part.value
        last = numbered[-1].place if numbered else last
    if "number" in found and "building" not in found and ("unit" in found or "room" in found):
        found["building"] = found.pop("number")
    return found


def proper(text: str, known: tuple[str, ...]) -> bool:
    """Whether words look like a community or street, by their ending or the district's list."""
    return looks_like_one(text) or any(likeness(sound(text), sound(name)) > NEAR for name in known)
