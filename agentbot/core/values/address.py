"""Addresses by parts: community, street number, building, unit, floor, room.

Every number gets the place its unit word names, in any reading (`一千二百零三室`, `幺二零三`,
`十二零三`), so that two addresses are compared part by part and not letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agentbot.core.numerals import NUMBER_SIGNS, readings
from agentbot.core.phonetic import Sound, find, likeness, normal, sound
from agentbot.core.values.address_units import units_mended, without_landmarks
from agentbot.core.values.base import CERTAIN, DOUBTFUL, SLIP, Comparison, Reading

__all__ = ["PLACES", "Address"]

PLACES = (
    "community",
    "phase",
    "zone",
    "lane",
    "group",
    "number",
    "building",
    "unit",
    "floor",
    "room",
)
_WRITTEN = {
    "community": "{}", "phase": "{}期", "zone": "{}区", "lane": "{}弄", "group": "{}组", "number": "{}号",
    "building": "{}号楼", "unit": "{}单元", "floor": "{}层", "room": "{}",
}  # fmt: skip
_NUMBER = f"[{NUMBER_SIGNS}]+"
_LETTER = "[a-zA-Z甲乙丙丁]"
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
    rf"(?<![那这哪每第头])(?P<n>{_NUMBER}|{_LETTER}(?:{_NUMBER}(?=号|栋|幢|座)|(?=号楼|栋|幢|座|区|单元|门)))\s*(?:"
    + "|".join(f"(?P<{place}>{words})" for place, words in _UNITS)
    + r"|(?P<bare>(?=[\W_]|$|[对是吧啊呀哈吗呢嘞哦的没记好您才]|第)))"
)
_UNIT_NEXT = re.compile(rf"\W*{_NUMBER}\s*(?:单元|门(?![口卫面铃市牌]))")
_STYLED = re.compile("[壹贰叁肆伍陆柒捌玖]")
"""滨江壹号 is a name; nobody says the number of a house so."""
_STREET = re.compile(
    r"[东西]四(?:十[一二三四]?|[一二三四五六七八九])条$|(?:张自忠|交道口|[东西]单)[一二三四五六七八九十]+条$"
)
"""东四十条 is a street and no fortieth lane."""
_UNKNOWN = re.compile(
    r"^(?:我|这|那|也|真|可|都|还|[哪那]儿)*(?:不?知道|不清楚|不晓得|没有?|不想说|不方便)"
)
_NAMED_ROOM = re.compile(r"地下室|半地下|中门|东户|西户|中户|平房|阁楼|车库")
_LEAST_NAME = 3
_COMMUNITY = re.compile(
    r"(?:小区|花园|家园|新村|新城|公寓|大厦|广场|苑|园|庄|里|村|院|巷|弄|路|街|胡同|宿舍|大院|城|府|湾|轩|庭|居|郡|都|邸|"
    r"社区|屯|镇|乡|营|坊|台|岸|洲|港|峰|墅|寓|楼盘|馆|堡|桥|门|店|坡|岗|沟|坝|口|道|条|区)[东西南北一二三四五六七八九]?[区苑里院]?$"
)
_LEAD = re.compile(
    r"^.*(?:地址[是在]?|住址[是在]?|住在|家住|住的?是?|位置[是在]?|写的是?|登记的?是?|记的是?|就是|也就是|家是|家在|"
    r"[这那]儿是|[这那]里是|[这那]边是|我们?是|您是|不是|是不是|是|在|给|改成|改为|念一遍|重复一遍|确认一下|核对一下)"
)
_JUNK = re.compile(
    r"^(?:[哈呃嗯啊哦喔额诶哎呀哟]|麻烦|[您你]?[写记登]|好的?|那|这边|这里|[我您你咱]们?家?|住|在|就?是|请|跟|确认|核对|一?下|重复|稍等|看看|想想|可以的?|行|没问题|对的?|地址|的)+(?=.{3})"
)
"""What is said before a name without a pause; compared are the names alone."""
_PARTICLES = re.compile(
    r"^(?:[嗯呃啊哦额哎诶喂唉呀嘿]|好嘞|好的?|行|那个|这个|那|我们家?|我家?|您家?|你家?|咱们?家?|收到|明白了?|师傅|你好|您好|对|噢|的|了)+"
)
_QUESTION = re.compile(
    r"(?:几|哪|多少|什么)个?(?:号楼|号|栋|单元|楼|门|室|层|小区|里|儿|地方|位置|区|幢|座)?"
)
_NEGATED = re.compile(r"不是(?=[^，,。！？!?；;\s是])[^，,。！？!?；;]+")
_CLAUSE = re.compile(r"[，,、。！？!?；;\s]+")
_MARK = re.compile(rf"{SLIP}|不对|不是|[说讲记搞弄写]错了?|[哦啊]不|不不")
_BARE = re.compile(rf"[\W啊哦呃嗯是应该]*({_NUMBER.replace('+', '{2,6}')})(?=$|[\W啊呀哦吧])")
_HEM = re.compile(r"[，,]\s*(?:[嗯呃啊哦额]+|那个|这个|就是)[，,]")
_PUT_RIGHT = re.compile(
    rf"({_NUMBER})(?:是(?=\W*好))?\W*(?:(?:好的?|改(?:过来|好)了?|记[下好上]了?|知道了|明白了|[啊呀哦哈])\W*)*$"
)
"""好，幺八零四，改过来了: a number alone, and that it is taken down (八百零四是好的: 室)."""
_HESITATION = re.compile("…+|\\.{3,}")
_SLIPPED = re.compile(
    "(?:[啊哦噢哎呃](?:不是|不对|不(?=[零幺一二两三四五六七八九十百\\d])|错了)|我?[说记念看]错了)[，,]?"
)
"""五单元啊不是二单元: a correction without a pause."""
_LEAST_ROOM, _LONGEST_ROOM = 2, 4
"""Figures of a room said without a unit; more of them are a telephone number."""
_DOOR = 2
"""Figures of a door counted on its floor."""
_GAP = 3
"""Signs at most between the part before and a room said without a unit."""
_UNLIKE, _OTHERS, _LONGEST_NAME = 0.5, 0.7, 6
"""Likeness below which a community is not heard; where all numbers agree, another's is told sooner."""
_NEAR = 0.8
"""Likeness from which a community is the caller's (tuned on made-up calls)."""


def _repaired(text: str) -> str:
    text = _SLIPPED.sub("，不是，", _HESITATION.sub("，", text))
    return _HEM.sub("，", units_mended(text))


@dataclass(frozen=True, slots=True)
class _Part:
    place: str
    value: str
    start: int


def _of_a_name(text: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a name: 滨江壹号, 东四十条."""
    before = text[match.start() - 1 : match.start()]
    styled = bool(_STYLED.fullmatch(match["n"])) and "一" <= before <= "鿿"
    return styled or bool(_STREET.search(text[: match.end()]))


def _parts(text: str) -> Iterator[_Part]:
    """Numbered parts from left to right."""
    seen = roomed = False
    last = 0
    for match in _PART.finditer(text):
        number = match["n"]
        if _of_a_name(text, match):
            continue
        letter = re.match(_LETTER, number)
        value = readings(number[1:] if letter else number) if number[1:] or not letter else ""
        value = normal(number[0]).upper() + value if letter else value
        if not value:
            continue
        place = match.lastgroup or ""
        if place == "bare":
            near = match.start() - last <= _GAP
            if seen and near and not roomed and _LEAST_ROOM <= len(value) <= _LONGEST_ROOM:
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


def _door_on_floor(found: dict[str, str]) -> dict[str, str]:
    """二十二楼二号 is 2202: a door of one or two figures is counted on its floor."""
    floor, room = found.get("floor", ""), found.get("room", "")
    if not (floor.isdecimal() and room.isdecimal() and len(room) <= _DOOR):
        return found
    return {p: v for p, v in found.items() if p != "floor"} | {"room": floor + room.zfill(_DOOR)}


def _called(text: str) -> str:
    """The community in the words before the first number."""
    for piece in reversed([p for p in _CLAUSE.split(text) if p]):
        name = _PARTICLES.sub("", _LEAD.sub("", piece))
        name = _PARTICLES.sub("", name).removesuffix("的")
        if len(name) >= 2 and not _UNKNOWN.match(name):
            return name
    return ""


@dataclass(frozen=True, slots=True)
class Address:
    """`known`: communities and streets of the district, which settle what was heard."""

    known: tuple[str, ...] = ()

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The address in a text; corrections within it are applied, the latest wins."""
        found = self._found(_repaired(text))
        numbered = sum(1 for place in found if place != "community")
        named = found.get("community", "")
        proper = self._proper(named)
        if not numbered and not (proper and asked):
            return None
        placed = (
            "room" in found
            or {"building", "unit"} <= set(found)
            or bool({"lane", "group", "zone", "phase"} & set(found))
        )
        strong = numbered and (proper or (numbered >= 2 and placed))
        if not strong and not asked:
            return None
        if (
            numbered == 1
            and not proper
            and set(found) <= {"number", "community", "phase", "zone", "group", "lane"}
            and not asked
        ):
            return None
        return self._made(found, 1.0 if strong else 0.6)

    def _found(self, text: str) -> dict[str, str]:
        text = _QUESTION.sub("。", text)
        named = without_landmarks(text)
        first = next(_parts(named), None) if named != text else None
        if first and self._proper(_called(named[: first.start])):
            text = named
        found: dict[str, str] = {}
        affirmed = _NEGATED.sub("", text)
        if affirmed != text and any(_parts(affirmed)):
            text = affirmed
        last = ""
        for stretch in _MARK.split(text):
            bare = _BARE.match(stretch) if "room" in found else None
            if bare:
                found["room"] = readings(bare.group(1))
            parts = list(_parts(stretch))
            named = _called(stretch[: parts[0].start] if parts else stretch)
            proper = self._proper(named)
            if named and (proper or (parts and "community" not in found)) and (parts or proper):
                found["community"] = named
            for index, part in enumerate(parts):
                # 八号，哎不是，五号: the number said anew goes where the last one went.
                anew = (
                    index == 0
                    and len(parts) == 1
                    and part.place == "number"
                    and "number" not in found
                    and last in ("room", "building")
                )
                found[last if anew else part.place] = part.value
            last = parts[-1].place if parts else last
        if "number" in found and "building" not in found and ("unit" in found or "room" in found):
            found["building"] = found.pop("number")
        return found

    def _proper(self, text: str) -> bool:
        """Whether words look like a community or street, by their ending or the district's list."""
        ends = len(text) >= _LEAST_NAME and bool(_COMMUNITY.search(text))
        return ends or any(likeness(sound(text), sound(name)) > _NEAR for name in self.known)

    @staticmethod
    def _made(found: dict[str, str], strength: float) -> Reading:
        found = _door_on_floor(found)
        parts = tuple((p, found[p]) for p in PLACES if p in found)
        return Reading("".join(_WRITTEN[p].format(v) for p, v in parts), parts, strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The old address with the parts that the correction names."""
        before = dict(old.parts)
        affirmed = _NEGATED.sub("", text)
        text = affirmed if self._affirms(affirmed) else text
        new = self._found(_repaired(text))
        named = new.get("community", "")
        if named and not self._proper(named):
            del new["community"]
        if "number" in new and "number" not in before:
            # 是三十四号 corrects whatever was called by a number.
            place = "room" if "room" in before and len(new["number"]) >= 3 else "building"
            new[place if place in before else "number"] = new.pop("number")
        if not new:
            bare = _PUT_RIGHT.search(text)
            value = readings(bare.group(1)) if bare else ""
            if len(value) >= _LEAST_ROOM and "room" in before:
                new = {"room": value}
        after = before | new
        return self._made(after, 1.0) if new else None

    def _affirms(self, text: str) -> bool:
        """Whether words without what they deny (不是西苑) still name a part."""
        numbered = bool(re.search(_NUMBER, text))
        return numbered or self._proper(self._found(_repaired(text)).get("community", ""))

    def go_on(self, old: Reading, text: str) -> Reading | None:
        """The address with further parts, said after a pause; None: the words add none."""
        before, new = dict(old.parts), self._found(_repaired(text))
        if not self._proper(new.get("community", "")):
            new.pop("community", None)
        bare = re.fullmatch(rf"[\W嗯呃啊哦对是]*({_NUMBER})\W*[啊呀哈]?\W*", text)
        value = readings(bare.group(1)) if bare else ""
        if not new and "building" in before and _LEAST_ROOM <= len(value) <= _LONGEST_ROOM:
            new = {"room": value}
        if "number" in new and "number" not in before and "unit" in before:
            new["room"] = new.pop("number")
        return self._made(before | new, 1.0) if new and not set(new) & set(before) else None

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """Parts of an address, or the community's sound, in the operator's words."""
        mine, theirs = dict(given.parts), self._found(_repaired(text))
        at = self._heard(mine.get("community", ""), sound(_repaired(text)))
        if at >= _NEAR:
            theirs["community"] = mine["community"]
        elif not self._proper(theirs.get("community", "")) and not self._stands_for(
            mine, theirs, text, at
        ):
            theirs.pop("community", None)
        shared = [p for p in theirs if p in mine and p != "community"]
        numbered = [p for p in theirs if p != "community"]
        named = at >= _NEAR and (bool(numbered) or self._spoken(mine["community"], text))
        if named and (numbered or len(mine) == 1 or len(mine["community"]) > 2):
            return self._made(theirs, 1.0 if shared else 0.5)
        if len(numbered) >= 2 or (
            shared and (mine[shared[0]] == theirs[shared[0]] or "community" in theirs)
        ):
            return self._made(theirs, 0.8)
        return None

    @staticmethod
    def _stands_for(mine: dict[str, str], theirs: dict[str, str], text: str, at: float) -> bool:
        """A name straight before the numbers, where the caller's is not heard at all, is another's."""
        named = theirs.get("community", "")
        same = sum(1 for p in theirs if p != "community" and mine.get(p) == theirs[p])
        straight = bool(named) and bool(
            re.search(rf"{re.escape(named)}{_LETTER}?{_NUMBER}", _repaired(text))
        )
        every = same > 0 and same == len([p for p in theirs if p != "community"])
        return (
            (at < _UNLIKE or (every and at < _OTHERS))
            and straight
            and (same > 1 or every)
            and _LEAST_NAME <= len(named) <= _LONGEST_NAME
        )

    @staticmethod
    def _spoken(community: str, text: str) -> bool:
        """Whether a name stands in the words syllable for syllable: 没关系 is no 玫瑰园."""
        said = " ".join(sound(text).syllables)
        return " ".join(sound(community).syllables) in said

    @staticmethod
    def _heard(community: str, speech: Sound) -> float:
        """How well a community is heard in speech, 0..1."""
        name = sound(_JUNK.sub("", community))
        at = find(name, speech) if len(name) > 1 else None
        return at.likeness if at else 0.0

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Part by part; a part that only one of them names says nothing."""
        mine, theirs = dict(caller.parts), dict(operator.parts)
        if "number" in mine and "building" in theirs and "building" not in mine:
            mine["building"] = mine.pop("number")
        elif "number" in theirs and "building" in mine and "building" not in theirs:
            theirs["building"] = theirs.pop("number")
        shared = [p for p in PLACES if p in mine and p in theirs]
        if not shared:
            return Comparison(0.5)
        for place in shared:
            a, b = mine[place], theirs[place]
            if a == b or (place == "community" and self._same_name(a, b)):
                continue
            alike = likeness(sound(a), sound(b)) if place == "community" else 0.0
            cut = len(a) != len(b) and (a in b or b in a)
            garbled = trust < CERTAIN and (place == "community" or cut)
            return Comparison(
                DOUBTFUL if garbled else 0.5 - 0.5 * trust * (1 - 0.4 * alike), place, a, b
            )
        return Comparison(0.5 + 0.5 * max(trust, 0.9))

    @staticmethod
    def _same_name(one: str, other: str) -> bool:
        a, b = (_JUNK.sub("", name) for name in (one, other))
        return a in b or b in a or sound(a).syllables == sound(b).syllables
