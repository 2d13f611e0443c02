"""Addresses by parts: community, building, unit, floor, room; numbers in any reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agentbot.core.numerals import NUMBER_SIGNS, readings
from agentbot.core.phonetic import find, likeness, normal, sound
from agentbot.core.values.base import Comparison, Reading, corrects

__all__ = ["PLACES", "Address"]

PLACES = ("community", "building", "unit", "floor", "room")
_NUMBER = f"[{NUMBER_SIGNS}]+"
_LETTER = "[a-zA-ZＡ-Ｚ甲乙丙丁]"
_BUILDING = r"号楼|號樓|栋|幢|座|号院楼|楼(?=[^层上下道梯房宇]|$)"
_UNIT = r"单元|門|门(?=[^口卫面铃市]|$)"
_FLOOR = r"层|楼"
_ROOM = r"号房|室|户|号|房间?"
_PART = re.compile(
    rf"(?P<n>{_NUMBER}|{_LETTER}(?={_BUILDING}|区|单元))\s*(?P<u>{_BUILDING}|{_UNIT}|{_FLOOR}|{_ROOM})?"
)
_STREET = re.compile(r"(?:路|街|道|巷|胡同|里|弄|大街|大道|村|镇|乡|条|组|队)$")
_AFTER_STREET = re.compile(r"号院|弄|号大院|支弄|期|区|路|街|巷|条|组|队|村|中学|小学|大院|号(?=[^楼房室])|厂")
_LEAD = re.compile(
    r"^(?:[\W_]|[嗯呃啊哦额哎诶喂唉呀]|好的?|行|那个|这个|就是|我们?|您|你|咱们?|家|住址?|在|是|地址|具体|详细|登记|"
    r"记|一下|到|那|的|位置|说|叫|这边|这里|对|了|呢|小区是|房子|给|麻烦|派人|过来|来|报修|里是|就|哪)+"
)
_COMMUNITY = re.compile(
    r"小区|花园|家园|新村|新城|公寓|大厦|广场|苑|园|庄|里|村|院|巷|弄|路|街|胡同|宿舍|大院|城|府|湾|轩|庭|居|郡|都|邸|"
    r"公馆|名邸|社区|家属院|期|区|号院"
)
_TYPED = 2
"""Parts that make words an address whatever was asked."""
_QUESTION = re.compile(r"(?:几|哪|多少|什么)(?:号|栋|单元|楼|个|门|室|层|小区|里|儿)")


def _figures(number: str) -> str:
    if re.fullmatch(_LETTER, number):
        return normal(number).upper()
    return readings(number)


@dataclass(frozen=True, slots=True)
class _Part:
    place: str
    value: str
    start: int
    end: int


# A recogniser writes units by their sound: 单原, 单源, 号远, 好楼, 胡同 …
_REPAIR = tuple(
    (re.compile(wrong), right)
    for wrong, right in (
        (r"[单丹担但]\s*[元原员源圆缘园远院]因?", "单元"),
        (rf"(?<=[{NUMBER_SIGNS}])[号好浩豪耗]\s*[楼搂漏娄陋]", "号楼"),
        (rf"(?<=[{NUMBER_SIGNS}])[号好浩豪]\s*[院远愿元](?=[{NUMBER_SIGNS}\W])", "号院"),
        (rf"(?<=[{NUMBER_SIGNS}])[动冻懂洞](?=[{NUMBER_SIGNS}])", "栋"),
        (rf"(?<=[{NUMBER_SIGNS}])[腰要邀由](?=[{NUMBER_SIGNS}])", "幺"),
        (rf"[腰要邀](?=[{NUMBER_SIGNS}]{{2}})", "幺"),
        (rf"(?<=[{NUMBER_SIGNS}]{{2}})[腰要邀由药](?=\W|$|室|号)", "幺"),
        (rf"(?<=[{NUMBER_SIGNS}])[林淋邻临](?=[{NUMBER_SIGNS}])", "零"),
    )
)


def _repaired(text: str) -> str:
    for wrong, right in _REPAIR:
        text = wrong.sub(right, text)
    return text


@dataclass(frozen=True, slots=True)
class Address:
    """`known`: communities and streets of the district, which settle what was heard."""

    known: tuple[str, ...] = ()

    def _parts(self, text: str) -> Iterator[_Part]:
        """Numbered parts from left to right; what stands before the first is the community."""
        seen_building = False
        last_end = 0
        for match in _PART.finditer(text):
            number, unit = match["n"], match["u"]
            value = _figures(number)
            if not value or value == "0":
                continue
            after = text[match.end("n") :]
            before = text[: match.start()]
            if not seen_building and _AFTER_STREET.match(after):
                continue  # 八十八号院, 三弄, 二期 belong to the community
            if unit is None:
                room = seen_building or last_end == match.start() and last_end
                if room and len(value) >= 2:  # noqa: PLR2004 - one figure alone names no room
                    yield _Part("room", value, match.start(), match.end())
                    last_end = match.end()
                continue
            if re.fullmatch(_UNIT, unit):
                place = "unit"
            elif unit in ("层",):
                place = "floor"
            elif unit == "楼":
                place = "floor" if seen_building else "building"
            elif re.fullmatch(r"号房|室|户|房间?", unit):
                place = "room"
            elif unit == "号":
                if not seen_building and _STREET.search(before):
                    continue
                place = "room" if seen_building else "building"
            else:
                place = "building"
            seen_building = True
            last_end = match.end()
            yield _Part(place, value, match.start(), match.end())

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The address in a text; corrections within it are applied, the latest wins."""
        text = _repaired(text)
        # 请问几号楼: asks for an address and gives none.
        text = _QUESTION.sub("。", text)
        found: dict[str, str] = {}
        rest = text
        while True:
            wrong = re.search(r"不对|不是|错了|说错|哦不|不不", rest)
            head = rest[: wrong.start()] if wrong else rest
            self._merge(found, head, first=not found)
            if not wrong:
                break
            rest = rest[wrong.end() :]
        numbered = sum(1 for place in found if place != "community")
        named = found.get("community", "")
        if not numbered and not (named and (asked or self._is_known(named))):
            return None
        if not numbered and not (_COMMUNITY.search(named) or self._is_known(named)):
            return None
        strong = numbered >= _TYPED or (numbered and _COMMUNITY.search(named))
        if not strong and not asked:
            return None
        return self._made(found, 1.0 if strong else 0.6)

    def _merge(self, found: dict[str, str], text: str, *, first: bool) -> None:
        parts = list(self._parts(text))
        named = self._named(text[: parts[0].start] if parts else text, bare=not parts)
        if named and (first or "community" not in found or _COMMUNITY.search(named) or parts):
            if len(named) >= 2 and (first or _COMMUNITY.search(named)):  # noqa: PLR2004
                found["community"] = named
        for part in parts:
            found[part.place] = part.value

    def _named(self, text: str, *, bare: bool) -> str:
        """The community in the words before the first numbered part."""
        clause = re.split(r"[。！？!?；;]", text)[-1]
        pieces = [p for p in re.split(r"[，,、\s]", clause) if p]
        pieces = [_LEAD.sub("", p) for p in pieces]
        pieces = [p for p in pieces if p]
        if bare:
            pieces = [p for p in pieces if _COMMUNITY.search(p) or self._is_known(p)]
        elif len(pieces) > 1:
            keep = [p for p in pieces if _COMMUNITY.search(p)] or pieces[-1:]
            pieces = keep
        return re.sub(
            rf"({_NUMBER})(?={_AFTER_STREET.pattern})",
            lambda m: readings(m.group()) or m.group(),
            "".join(pieces),
        )

    def _is_known(self, text: str) -> bool:
        return any(likeness(sound(text), sound(name)) > 0.85 for name in self.known)  # noqa: PLR2004

    @staticmethod
    def _made(found: dict[str, str], strength: float) -> Reading:
        names = {"building": "号楼", "unit": "单元", "floor": "层", "room": "", "community": ""}
        parts = tuple((p, found[p]) for p in PLACES if p in found)
        return Reading("".join(v + names[p] for p, v in parts), parts, strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The old address with the parts that the correction names."""
        text = _repaired(text)
        wrong = corrects(text)
        found = dict(old.parts)
        tail = text[wrong.end() :] if wrong else text
        before = dict(found)
        instead = re.search(r"(?:不是|不对)[^，,。]*?[，,、]?\s*(?:而?是|应该是)(.+)", text)
        if instead:
            tail = instead.group(1)
        new = self.read(tail, asked=True)
        if new:
            for place, value in new.parts:
                if place != "community" or _COMMUNITY.search(value):
                    found[place] = value
        else:
            bare = re.fullmatch(rf"\W*(?:是|应该是)?\W*({_NUMBER})\W*(?:啊|呀)?", tail)
            if bare and len(readings(bare.group(1))) >= 3 and "room" in found:  # noqa: PLR2004
                found["room"] = readings(bare.group(1))
        if found == before:
            return None
        return self._made(found, 1.0)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """Parts of an address, or the community's sound, in the operator's words."""
        mine = dict(given.parts)
        found = self.read(text, asked=True)
        named = sound(mine.get("community", ""))
        at = find(named, sound(_repaired(text))) if len(named) > 1 else None
        if found:
            theirs = dict(found.parts)
            if "community" in theirs and at and at.likeness >= 0.8:  # noqa: PLR2004
                theirs["community"] = mine["community"]
            numbered = sum(1 for p in theirs if p != "community")
            if numbered or (at and at.likeness >= 0.8):  # noqa: PLR2004
                return self._made(theirs, found.strength)
        if at and at.likeness >= 0.8 and len(named) > 2:  # noqa: PLR2004
            return self._made({"community": mine["community"]}, 0.5)
        return None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """Part by part; a part that only one of them names says nothing."""
        mine, theirs = dict(caller.parts), dict(operator.parts)
        shared = [p for p in PLACES if p in mine and p in theirs]
        if not shared:
            return Comparison(0.5)
        for place in shared:
            a, b = mine[place], theirs[place]
            if a == b:
                continue
            if place == "community":
                one, other = sound(a), sound(b)
                if one.syllables == other.syllables:
                    continue
                alike = max(likeness(one, other), (find(other, one) or find(one, other)).likeness
                            if min(len(one), len(other)) > 1 else 0.0)  # type: ignore[union-attr]
                if a in b or b in a:
                    continue
                return Comparison(0.5 - 0.5 * trust * (1 - 0.4 * alike), place, a, b)
            return Comparison(0.5 - 0.5 * trust, place, a, b)
        return Comparison(0.5 + 0.5 * max(trust, 0.9))
