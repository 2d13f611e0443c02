"""Units of an address as a recogniser writes them, put back by their sound."""

from __future__ import annotations

import re

from agentbot.core.numerals import NUMBER_SIGNS

__all__ = ["units_mended"]

# A recogniser writes units by their sound: 单原, 单源, 号远, 好楼 …
_REPAIRS = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"[单丹担但]\s*[元原员源圆缘园远院]因?", "单元"),
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


def units_mended(text: str) -> str:
    """The text with 单原 as 单元, 号远 as 号院, and 小七 before a number as 小区."""
    for wrong, right in _REPAIRS:
        text = wrong.sub(right, text)
    return text
