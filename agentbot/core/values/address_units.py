"""Units of an address as a recogniser writes them, put back by their sound."""

from __future__ import annotations

import re

from agentbot.core.numerals import NUMBER_SIGNS

__all__ = ["units_mended", "without_landmarks"]

# A recogniser writes units by their sound: 单原, 单源, 号远, 好楼 …
_REPAIRS = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"[单丹担但]\s*[元原员源圆缘园远院]因?", "单元"),
        (rf"(?<=[{NUMBER_SIGNS}])[单丹担但弹蛋]\s*[颜岩言严研延炎沿眼燕验宴艳年]", "单元"),
        (rf"(?<=[{NUMBER_SIGNS}])[号好浩豪耗]\s*[楼搂漏娄陋]", "号楼"),
        (rf"(?<=[{NUMBER_SIGNS}])[号好浩豪]\s*[院远愿元](?=[{NUMBER_SIGNS}\W])", "号院"),
        (rf"(?<=[一-鿿])小[七期其气器去曲取](?=[{NUMBER_SIGNS}]{{1,3}}(?:号|栋|幢))", "小区"),
        (rf"(?<=[{NUMBER_SIGNS}])[动冻懂](?=[{NUMBER_SIGNS}])", "栋"),
        (rf"(?<=[{NUMBER_SIGNS}])[腰要邀由](?=[{NUMBER_SIGNS}])", "幺"),
        (rf"[腰要邀](?=[{NUMBER_SIGNS}]{{2}})", "幺"),
        (rf"(?<=[{NUMBER_SIGNS}]{{2}})[腰要邀由药](?=\W|$|室|号)", "幺"),
        (rf"(?<=[{NUMBER_SIGNS}])[林淋邻临](?=[{NUMBER_SIGNS}])", "零"),
    )
)


_N = f"[{NUMBER_SIGNS}]+"
_DASHED = (
    (re.compile(rf"({_N})杠({_N})杠({_N})"), r"\1号楼\2单元\3室"),
    (re.compile(rf"({_N})杠([{NUMBER_SIGNS}]{{3,4}})"), r"\1号楼\2室"),
)
"""四杠五杠五零四 is said for building, unit and room."""
_BESIDE = re.compile(
    r"(?:就[是在]|[，,、]在?)[^，,。、是在]{2,8}(?:对[面过]|旁边|隔壁|附近|[后前][头边面]|跟前)的?(?:那[个边儿块家]?|这[个边儿块家]?)?的?"
)
"""就是人民医院对面那个 says where a place is, and not what it is called."""


def without_landmarks(text: str) -> str:
    """The text without the places beside which the address is."""
    return _BESIDE.sub("，", text)


def units_mended(text: str) -> str:
    """The text with 单原 as 单元, 号远 as 号院, and 小七 before a number as 小区."""
    for wrong, right in _REPAIRS:
        text = wrong.sub(right, text)
    for dashed, parts in _DASHED:
        text = dashed.sub(parts, text)
    return text
