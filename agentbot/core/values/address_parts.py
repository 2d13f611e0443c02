"""The numbered parts of an address: whatever reading a number has, its unit names its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agentbot.core.numerals import NUMBER_SIGNS, readings
from agentbot.core.phonetic import normal

__all__ = ["LEAST_ROOM", "LETTER", "LONGEST_ROOM", "NUMBER", "door_on_floor", "numbered_parts"]

NUMBER = f"[{NUMBER_SIGNS}]+"
LETTER = "[a-zA-Z甲乙丙丁]"
_UNITS = (
    ("building", r"号楼|号院楼|号?栋|号?幢|号?座(?!机)"),
    ("number", r"号大院儿?|号院儿?|支号|号(?![房码])"),
    ("unit", r"单元|门(?![口卫面铃市牌])"),
    ("floor", r"层"),
    ("room", r"号房|室|户|房间?"),
    ("lane", r"弄|巷|条(?!街)"),
    ("group", r"组|队"),
    ("phase", r"期"),
    ("zone", r"区"),
    ("storey", r"楼(?![上下道梯房宇盘])"),
)
_PART = re.compile(
    rf"(?<![{NUMBER_SIGNS}])(?:(?<![那这哪每头])|(?=[{NUMBER_SIGNS}]{{2}}))(?P<n>{NUMBER}|{LETTER}(?:{NUMBER}(?=号|栋|幢|座)|(?=号楼|栋|幢|座|区|单元|门)))\s*(?:"
    + "|".join(f"(?P<{place}>{words})" for place, words in _UNITS)
    + r"|(?P<bare>(?=[\W_]|$|[对是吧啊呀哈吗呢嘛嘞喽呗哟哦哎的没记好行您你我这那就才麻了可请也还]|第)))"
)
"""那一栋 counts nothing and 那十一栋 does; 第 belongs to a name (书香门第八栋) or says nothing more."""
_UNIT_NEXT = re.compile(rf"\W*{NUMBER}\s*(?:单元|门(?![口卫面铃市牌]))")
_STYLED = re.compile("[壹贰叁肆伍陆柒捌玖]")
"""滨江壹号 is a name; nobody says the number of a house so."""
_STREET = re.compile(
    r"[东西]四(?:十[一二三四]?|[一二三四五六七八九])条$|(?:张自忠|交道口|[东西]单)[一二三四五六七八九十]+条$"
)
"""东四十条 is a street and no fortieth lane."""
_NAMED_ROOM = re.compile(r"地下室|半地下|中门|东户|西户|中户|平房|阁楼|车库")
LEAST_ROOM, LONGEST_ROOM = 2, 4
"""Figures of a room said without a unit; more of them are a telephone number."""
_DOOR = 2
"""Figures of a door counted on its floor."""
_GAP = 3
"""Signs at most between the part before and a room said without a unit."""


@dataclass(frozen=True, slots=True)
class _Part:
    place: str
    value: str
    start: int


def numbered_parts(text: str) -> Iterator[_Part]:
    """Numbered parts from left to right."""
    seen = roomed = False
    last = 0
    for match in _PART.finditer(text):
        number = match["n"]
        if _of_a_name(text, match):
            continue
        letter = re.match(LETTER, number)
        value = readings(number[1:] if letter else number) if number[1:] or not letter else ""
        value = normal(number[0]).upper() + value if letter else value
        if not value:
            continue
        place = match.lastgroup or ""
        if place == "bare":
            near = match.start() - last <= _GAP and text[match.start() - 1] != "第"
            if seen and near and not roomed and LEAST_ROOM <= len(value) <= LONGEST_ROOM:
                roomed = True
                yield _Part("room", value, match.start())
            continue
        if place == "storey":
            place = "floor" if seen else "building"
        elif place == "number" and seen and match["number"] == "号":
            # 四十一号院，十三号，三单元: a unit follows a building.
            place = "building" if _UNIT_NEXT.match(text, match.end()) else "room"
        if place in ("building", "unit", "room"):
            seen, roomed = True, roomed or place == "room"
        yield _Part(place, value, match.start())
        seen, last = seen or place == "number", match.end()
    room = _NAMED_ROOM.search(text)
    if room and seen and not roomed:
        yield _Part("room", room.group(), room.start())


def _of_a_name(text: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a name: 滨江壹号, 东四十条."""
    before = text[match.start() - 1 : match.start()]
    styled = bool(_STYLED.fullmatch(match["n"])) and "一" <= before <= "鿿"
    return styled or bool(_STREET.search(text[: match.end()]))


def door_on_floor(found: dict[str, str]) -> dict[str, str]:
    """二十二楼二号 is 2202: a door of one or two figures is counted on its floor."""
    floor, room = found.get("floor", ""), found.get("room", "")
    if not (floor.isdecimal() and room.isdecimal() and len(room) <= _DOOR):
        return found
    return {p: v for p, v in found.items() if p != "floor"} | {"room": floor + room.zfill(_DOOR)}
