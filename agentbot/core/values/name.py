"""Names of people: by sound and by explained characters (弓长张, 木子李)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agentbot.core.phonetic import likeness, normal, sound
from agentbot.core.values.base import CERTAIN, DOUBTFUL, SLIP, Comparison, Reading, last_match
from agentbot.core.values.name_forms import introduced, names_in
from agentbot.core.values.name_signs import (
    CLAUSE,
    clauses,
    explained,
    is_explained,
    only_explained,
)
from agentbot.core.values.name_words import (
    CJK,
    bare_of,
    no_name,
    plausible,
    surname_of,
    without_tail,
)
from agentbot.core.values.surnames import NOT_NAMES

__all__ = ["Name"]

_WRONG = re.compile(
    rf"{SLIP}|不对|不是|[说念记看写搞弄]?错了|说错|没对|还是(?=[写登记用报留])|[啊哦噢]不(?=[写登记用报留叫])"
)
_DENIED = re.compile(rf"(?<=[，,。])(?:可|而)?不是{CJK}{{2,4}}\W*$")
"""叫王芳，不是王方: what stands behind is denied."""
_ONE_SIGN = re.compile(rf"单名一?个?(?P<g>{CJK})字?")
_ALIKE, _NEAR = 0.4, 0.7
"""A bare word is a repetition if it shares so much of the name's sound; `_NEAR` without a family name."""
_CORRECTED = 0.5
"""A correction names a known family name or says that it is a name."""
_PATTERNED = 0.6
"""Strength from which the words themselves say that this is a name."""


@dataclass(frozen=True, slots=True)
class Name:
    """Callers give a family name or a full one; either may be explained."""

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The name in a text; the last one after a correction."""
        denied = _DENIED.search(text)
        if denied and (named := self._best(text[: denied.start()], asked=asked)):
            return named
        marks = list(_WRONG.finditer(text))
        for mark in reversed(marks):
            later = self._best(text[mark.end() :], asked=asked)
            if later:
                return later
        return self._best(text[: marks[0].start()] if marks else text, asked=asked)

    def _best(self, text: str, *, asked: bool) -> Reading | None:
        found = [f for c in clauses(text) for f in names_in(c, asked=asked)]
        found = [
            replace(f, strength=0.95)
            if plausible(f.surname + f.given)
            and f.given
            and is_explained(f.surname + f.given, text)
            else f
            for f in found
        ]
        if not asked:
            found = [f for f in found if f.strength >= _PATTERNED]
        if not found:
            return None
        best = max(found, key=lambda f: f.strength)
        given = best.given
        if not given:
            # 我姓宋，宋思: the full name follows; 姓海，单名一个涛字: so does the sign.
            full = next((f for f in found if f.surname == best.surname and f.given), None)
            alone = _ONE_SIGN.search(text)
            after = re.search(rf"姓{best.surname}\W*(?:名字?|叫)+({CJK}{{1,2}})(?:$|\W)", text)
            given = full.given if full else alone["g"] if alone else after.group(1) if after else ""
        return self._made(best.surname, given, best.strength, explained(text))

    @staticmethod
    def _made(
        surname: str, given: str, strength: float, signs: frozenset[str] = frozenset()
    ) -> Reading:
        parts = [("surname", surname)]
        if given:
            parts.append(("given", given))
        if signs:
            parts.append(("explained", "".join(sorted(signs))))
        return Reading(surname + given, tuple(parts), strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """The corrected name; one that names only the family name keeps the given one."""
        found = self.read(text, asked=True)
        if found is None or found.strength < _CORRECTED:
            return None
        new, before = dict(found.parts), dict(old.parts)
        if "given" not in new and "given" in before:
            return self._made(new["surname"], before["given"], found.strength)
        return found

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """A name, or sounds like the given one, in the operator's words; what is put right last counts."""
        wrong = last_match(_WRONG, text)
        if wrong and (later := self.repeat(given, text[wrong.end() :])):
            return later
        found = self.read(text, asked=False)
        if found:
            return found
        signs, name = explained(text), sound(given.value)
        parts = dict(given.parts)
        for clause in clauses(text):
            bare = bare_of(clause)
            if len(bare) > 1 and sound(bare).syllables == sound(parts.get("given", "")).syllables:
                return self._made(parts["surname"], bare, 0.8, signs)  # 晓东，记下了
            if not bare or len(bare) > len(given.value) + 1 or not re.fullmatch(CJK + "+", bare):
                continue
            said = sound(bare)
            alike = likeness(said, name)
            shares = (
                len(bare) > 1
                and plausible(bare)
                and bool(set(said.syllables) & set(name.syllables))
            )
            near = alike >= (_ALIKE if surname_of(bare) else _NEAR) or shares
            if near and bare[:2] not in NOT_NAMES and not no_name(bare):
                size = len(surname_of(bare)) or len(dict(given.parts)["surname"])
                return self._made(bare[:size], bare[size:], min(0.8, alike), signs)
        within = self._within(given, text)
        if within:
            return within
        surname = dict(given.parts)["surname"]
        how = next((s for s in sorted(signs) if likeness(sound(s), sound(surname)) >= _NEAR), None)
        how = how or next((s for s in map(only_explained, CLAUSE.split(text)) if s), None)
        return self._made(how, "", _PATTERNED, signs) if how else None

    def _within(self, given: Reading, text: str) -> Reading | None:
        """The given name anywhere in the words, or its last signs behind another family name."""
        parts = dict(given.parts)
        first, last = parts["surname"], parts.get("given", "")
        plain = normal(text)
        spoken = sound(text).syllables
        whole = sound(first + last).syllables
        for at in range(len(spoken) - len(whole) + 1):
            if len(whole) > 1 and spoken[at : at + len(whole)] == whole:
                return self._made(
                    plain[at : at + len(first)], plain[at + len(first) : at + len(whole)], 0.8
                )
        for clause in clauses(text):
            # 您说您是周萍: a name that ends the clause and shares a sign's sound with the given one.
            bare = without_tail(clause)
            for size in (3, 2):
                name = bare[-size:]
                if (
                    len(name) == size
                    and introduced(bare[:-size])
                    and plausible(name)
                    and set(sound(name[1:]).syllables) & set(sound(last).syllables)
                ):
                    return self._made(name[:1], name[1:], 0.7)
        tail = sound(last).syllables
        for at in range(1, len(spoken) - len(tail) + 1):
            if len(tail) > 1 and spoken[at : at + len(tail)] == tail and surname_of(plain[at - 1]):
                return self._made(plain[at - 1], plain[at : at + len(tail)], 0.8)
        return None

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """By sound: 张 and 章 cannot be told apart by ear, unless both sides explain the sign."""
        mine, theirs = dict(caller.parts), dict(operator.parts)
        for place in ("surname", "given"):
            a, b = mine.get(place, ""), theirs.get(place, "")
            if not a or not b or a == b:
                continue
            one, other = sound(a), sound(b)
            if one.syllables == other.syllables:
                differs = mine.get("explained", ""), theirs.get("explained", "")
                if a in differs[0] and b in differs[1] and len(a) == len(b) == 1:
                    return Comparison(0.5 - 0.5 * trust, place, a, b)
                continue
            alike = likeness(one, other)
            known = place == "surname" and bool(surname_of(a) and surname_of(b))
            garbled = trust < CERTAIN and not known
            same = DOUBTFUL if garbled else 0.5 - 0.5 * trust * (1 - 0.5 * alike)
            return Comparison(same, place, a, b)
        return Comparison(0.5 + 0.5 * max(trust, 0.9))
