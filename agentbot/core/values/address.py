"""Addresses by parts: community, street number, building, unit, floor, room.

Every number gets the place its unit word names, in any reading (`一千二百零三室`, `幺二零三`,
`十二零三`), so that two addresses are compared part by part and not letter by letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.numerals import readings
from agentbot.core.phonetic import likeness, sound
from agentbot.core.values.address_name import LEAST_NAME, heard_in, same_name, spoken
from agentbot.core.values.address_parts import (
    LEAST_ROOM,
    LETTER,
    LONGEST_ROOM,
    NUMBER,
    door_on_floor,
)
from agentbot.core.values.address_said import NEAR, NEGATED, parts_said, proper, repaired
from agentbot.core.values.base import CERTAIN, DOUBTFUL, Comparison, Reading

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
_PUT_RIGHT = re.compile(
    rf"({NUMBER})(?:是(?=\W*好))?\W*(?:(?:好的?|改(?:过来|好)了?|记[下好上]了?|知道了|明白了?|收到|了解|好嘞|行|谢谢|抱歉|不好意思|[啊呀哦哈])\W*)*$"
)
"""好，幺八零四，改过来了: a number alone, and that it is taken down (八百零四是好的: 室)."""
_UNLIKE, _OTHERS, _LONGEST_NAME = 0.5, 0.7, 6
"""Likeness below which a community is not heard; where all numbers agree, another's is told sooner."""


@dataclass(frozen=True, slots=True)
class Address:
    """`known`: communities and streets of the district, which settle what was heard."""

    known: tuple[str, ...] = ()

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The address in a text; corrections within it are applied, the latest wins."""
        found = parts_said(text, self.known)
        numbered = sum(1 for place in found if place != "community")
        named = found.get("community", "")
        is_place = proper(named, self.known)
        if not numbered and not (is_place and asked):
            return None
        placed = (
            "room" in found
            or {"building", "unit"} <= set(found)
            or bool({"lane", "group", "zone", "phase"} & set(found))
        )
        strong = numbered and (is_place or (numbered >= 2 and placed))
        if not strong and not asked:
            return None
        if (
            numbered == 1
            and not is_place
            and set(found) <= {"number", "community", "phase", "zone", "group", "lane"}
            and not asked
        ):
            return None
        return self._made(found, 1.0 if strong else 0.6)

    @staticmethod
    def _made(found: dict[str, str], strength: float) -> Reading:
        found = door_on_floor(found)
        parts = tuple((p, found[p]) for p in PLACES if p in found)
        return Reading("".join(_WRITTEN[p].format(v) for p, v in parts), parts, strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The old address with the parts that the correction names."""
        before = dict(old.parts)
        affirmed = NEGATED.sub("", text)
        text = affirmed if self._affirms(affirmed) else text
        new = parts_said(text, self.known)
        named = new.get("community", "")
        if named and not proper(named, self.known):
            del new["community"]
        if "number" in new and "number" not in before:
            # 是三十四号 corrects whatever was called by a number.
            place = "room" if "room" in before and len(new["number"]) >= 3 else "building"
            new[place if place in before else "number"] = new.pop("number")
        if not new:
            bare = _PUT_RIGHT.search(text)
            value = readings(bare.group(1)) if bare else ""
            least = LEAST_ROOM if "room" in before else LEAST_ROOM + 1
            if len(value) >= least and ("room" in before or "building" in before):
                new = {"room": value}
        after = before | new
        return self._made(after, 1.0) if new else None

    def _affirms(self, text: str) -> bool:
        """Whether words without what they deny (不是西苑) still name a part."""
        numbered = bool(re.search(NUMBER, text))
        return numbered or proper(parts_said(text, self.known).get("community", ""), self.known)

    def go_on(self, old: Reading, text: str) -> Reading | None:
        """The address with further parts, said after a pause; None: the words add none."""
        before, new = dict(old.parts), parts_said(text, self.known)
        if not proper(new.get("community", ""), self.known):
            new.pop("community", None)
        bare = re.fullmatch(rf"[\W嗯呃啊哦对是]*({NUMBER})\W*[啊呀哈]?\W*", text)
        value = readings(bare.group(1)) if bare else ""
        if not new and "building" in before and LEAST_ROOM <= len(value) <= LONGEST_ROOM:
            new = {"room": value}
        if "number" in new and "number" not in before and "unit" in before:
            new["room"] = new.pop("number")
        return self._made(before | new, 1.0) if new and not set(new) & set(before) else None

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """Parts of an address, or the community's sound, in the operator's words."""
        mine, theirs = dict(given.parts), parts_said(text, self.known)
        at = heard_in(mine.get("community", ""), sound(repaired(text)))
        if at >= NEAR:
            theirs["community"] = mine["community"]
        elif not proper(theirs.get("community", ""), self.known) and not self._stands_for(
            mine, theirs, text, at
        ):
            theirs.pop("community", None)
        shared = [p for p in theirs if p in mine and p != "community"]
        numbered = [p for p in theirs if p != "community"]
        named = at >= NEAR and (bool(numbered) or spoken(mine["community"], text))
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
            re.search(rf"{re.escape(named)}{LETTER}?{NUMBER}", repaired(text))
        )
        every = same > 0 and same == len([p for p in theirs if p != "community"])
        return (
            (at < _UNLIKE or (every and at < _OTHERS))
            and straight
            and (same > 1 or every)
            and LEAST_NAME <= len(named) <= _LONGEST_NAME
        )

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
            if a == b or (place == "community" and same_name(a, b)):
                continue
            alike = likeness(sound(a), sound(b)) if place == "community" else 0.0
            cut = len(a) != len(b) and (a in b or b in a)
            garbled = trust < CERTAIN and (place == "community" or cut)
            return Comparison(
                DOUBTFUL if garbled else 0.5 - 0.5 * trust * (1 - 0.4 * alike), place, a, b
            )
        return Comparison(0.5 + 0.5 * max(trust, 0.9))
