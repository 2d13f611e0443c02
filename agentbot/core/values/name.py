"""Names of people: by sound and by explained characters (弓长张, 木子李)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agentbot.core.numerals import NUMBER_SIGNS
from agentbot.core.phonetic import likeness, normal, sound
from agentbot.core.values.base import CERTAIN, DOUBTFUL, SLIP, Comparison, Reading, last_match
from agentbot.core.values.surnames import COMPOUND, EXPLAINED, NOT_NAMES, SINGLE

__all__ = ["Name"]

_CJK = "[一-鿿]"
_WRONG = re.compile(
    rf"{SLIP}|不对|不是|[说念记看写搞弄]?错了|说错|没对|还是(?=[写登记用报留])|[啊哦噢]不(?=[写登记用报留叫])"
)
_TITLE = re.compile(
    r"先生|女士|小姐|师傅|大爷|大妈|大姐|大哥|阿姨|叔叔|老师|同志|太太|老板|经理|大叔|奶奶|爷爷|总(?!是)"
)
_RADICAL = re.compile(rf"{_CJK}{{1,3}}(?:头|旁|底|边|水|耳|人|字)的?(?P<s>{_CJK})")
"""草字头的董, 三点水的江, 双耳旁的陈."""
_TRADES = frozenset("师傅 老师 同志 老板 经理".split())
_INTRODUCED = re.compile(r"[是姓叫找给跟和为]$|联系人$|户主$")
"""尽快安排师傅 names nobody; a trade is a title only at the head of a clause or behind these."""
_CLAUSE = re.compile(r"[，,、。！？!?；;…\s]+")
_FIGURES = re.compile(rf"[{NUMBER_SIGNS}]{{4,}}")
"""余冰幺七六四四: the name ends where the number begins."""
_WISH = re.compile(rf"祝(?:[您你]|大家|全家){_CJK}*")
"""祝您一路顺风 ends in no name."""
_FAMILY = re.compile(
    rf"(?:免贵|复|本人|鄙人?|您贵|贵)?姓(?!名|什么|氏|{_CJK}{{1,2}}的?(?:那?个)?(?:师傅|工人|大姐|大哥))(?:是|的是)?(?P<s>{_CJK}{{1,2}})"
)
_CALLED = re.compile(
    r"(?:名字就?[是叫]?|全名[是叫]?|姓名就?[是叫]?|叫做?|名叫|户主[是叫姓]?|联系人[是叫姓]?|称呼[我您]?|登记[的成为]?)"
)
_I_AM = re.compile(
    rf"^(?:(?:我|本人|我本人)(?:是|就是)|业主是?|户主是?|本人|[到来]?找|写|登记)(?P<name>{_CJK}{{2,4}}?)(?:就行|就好|就可以|吧|即可)?$"
)
_ONE_SIGN = re.compile(rf"单名一?个?(?P<g>{_CJK})字?")
_EXPLAINED = tuple(
    re.compile(rf"(?P<how>{_CJK}{{{size}}})的(?P<sign>{_CJK})$") for size in (2, 3, 4)
)
_BY_PARTS = re.compile("|".join(EXPLAINED))
_SAYS_HOW = re.compile(rf"(?P<how>{_CJK}{{2,4}})的(?P<sign>{_CJK})(?=\W|[啊呀哈吧对是字]|$)")
_LEAD = re.compile(
    r"^(?:[您你]好[呀啊哈]?|[嗯呃啊哦额哎诶喂唉噢]|好嘞|好的?|那个|这个|就是|就|我们?|您|你|咱|登记|记|写|那么?|行|知道了?|明白了?|收到|了解|抱歉|"
    r"对对|对|没错|是的|是|也|老(?=.$|.[就行])|小(?=.$)|改成|改为|抱歉|不好意思|的|确认|核对|请|叫|给|把|用|为|应该|哈|[室号](?=[一-鿿]{2,4}$))+"
)
_TAIL = re.compile(
    r"(?:对不对|对的?[吗吧]|是不是|是吗|是吧|没错吧?|没听错吧?|没记错吧?|这样|对|吗|吧|啊|呀|哦|噢|哈|呢|嘛|呐|喽|呗|嘞|哟|了|的|就?写?(?:这个?|那个)?(?:就行|就可以|就好)|就?写这个|名字没错|"
    r"可以|就好|好了|来?登记|行|您|先生|女士|字)+$"
)
_NOT_A_NAME = re.compile(
    r"^(?:正是|麻烦.*|再会|拜拜|爱人|本人|业主|[呐喽啊呀哈吧嘛呢]|不.*|没.*|别.*|好.*|可以.*|什么.*|怎么.*|.*名字.*|.*电话.*|.*号码.*|.*手机.*|.*地址.*|.*维修.*|.*登记.*|"
    r".*们.*|.*[了着]|房[东主子屋]|业主|户主|住户|家属|邻居|物业|.*[楼层]|.*一下|拜拜|成功|完成|时间.*|常[用客]|就这.*|这样.*|谢[谢拜].*|拜拜.*|周[一二三四五六日天末].*|那样.*|知道.*|稍等.*|谢谢.*|再见|方便.*|随便.*|匿名|保密|算了|行.*|嗯.*|是的|对.*)$"
)
_FORM = frozenset("不没吗呢吧的")
"""Signs that no given name has: 管不管."""
_LONGEST = 4
_LONGEST_CLAUSE = 10
"""Signs of a clause that ends with the name asked for."""
_LEAST_HOW = 3
"""Signs of a clause that explains a sign."""
_ALIKE, _NEAR = 0.4, 0.7
"""A bare word is a repetition if it shares so much of the name's sound; `_NEAR` without a family name."""
_CORRECTED = 0.5
"""A correction names a known family name or says that it is a name."""
_SPELT = 0.9
"""Strength of a family name told by the shape of its sign alone."""
_PATTERNED = 0.6
"""Strength from which the words themselves say that this is a name."""


def _surname(text: str) -> str:
    """The family name a name begins with, or an empty string."""
    if text[:2] in COMPOUND:
        return text[:2]
    return text[:1] if text[:1] in SINGLE else ""


def _plausible(name: str) -> bool:
    """One to two signs behind a family name, no more, and no word that begins like one."""
    surname = _surname(name)
    return (
        bool(surname)
        and len(name) - len(surname) <= 2
        and name[:2] not in NOT_NAMES
        and not _TITLE.search(name)
        and not _NOT_A_NAME.fullmatch(name)
        and _FORM.isdisjoint(name[1:])
    )


@dataclass(frozen=True, slots=True)
class _Found:
    surname: str
    given: str
    strength: float


def explained(text: str) -> frozenset[str]:
    """Signs that the text explains: 张 of `弓长张`, 叶 of `树叶的叶`; what is written for them may sound alike."""
    signs = set[str]()
    for parts, sign in EXPLAINED.items() if _BY_PARTS.search(text) else ():
        for match in re.finditer(rf"{parts}的?({_CJK})", text):
            if sound(match[1]).code == sound(sign).code:
                signs.add(sign)
    signs |= {m["sign"] for m in _SAYS_HOW.finditer(text) if m["sign"] in m["how"]}
    return frozenset(signs)


def _only_explained(clause: str) -> str | None:
    """The family name that a clause spells and nothing else: `木子李，是吗`."""
    bare = _TAIL.sub("", _LEAD.sub("", clause))
    spelt = (
        sign for parts, sign in EXPLAINED.items() if bare in (parts + sign, f"{parts}的{sign}")
    )
    radical = _RADICAL.fullmatch(bare)
    known = next((sign for sign in spelt if sign in SINGLE), None)
    return known or (radical["s"] if radical and radical["s"] in SINGLE else None)


def _explanation(plain: str) -> re.Match[str] | None:
    """The shortest words at the end of a clause that explain a sign: 建设的建, 国家的国."""
    found = (p.search(plain) for p in _EXPLAINED)
    return next((m for m in found if m and m["sign"] in m["how"]), None)


def _clauses(text: str) -> list[str]:
    """Clauses with explanations of signs resolved (`弓长张`) or dropped (`种田的田`)."""
    kept: list[str] = []
    for clause in _CLAUSE.split(_WISH.sub("，", _FIGURES.sub("，", text))):
        plain = clause
        for parts, sign in EXPLAINED.items() if _BY_PARTS.search(clause) else ():
            # 李雪梅木子李: what was said before the explanation is not said again by it.
            at = plain.find(parts)
            said = "" if sign in plain[: max(at, 0)] else sign
            plain = plain.replace(parts + "的" + sign, said).replace(parts + sign, said)
        while how := _explanation(_TAIL.sub("", plain)):
            plain = plain[: how.start()]
        if plain:
            kept.append(plain)
    return kept


def _in_clause(clause: str, *, asked: bool) -> Iterator[_Found]:  # noqa: C901, PLR0912 - a list of forms, one after the other
    for match in _TITLE.finditer(clause):
        before = clause[: match.start()]
        for size in (4, 3, 2, 1):
            name = before[-size:]
            lead = _LEAD.sub("", before[:-size])
            if match.group() in _TRADES and lead and not _INTRODUCED.search(lead):
                continue
            if len(name) == size and _plausible(name):
                surname = _surname(name)
                yield _Found(surname, name[len(surname) :], 0.95)
                break
    family = _FAMILY.search(clause)
    if family:
        surname = _surname(family["s"]) or family["s"][:1]
        rest = clause[family.start("s") + len(surname) :]
        given = _TAIL.sub("", _CALLED.sub("", _TAIL.sub("", rest)))
        given = given.removeprefix(surname)
        fits = re.fullmatch(_CJK + "{1,2}", given) and not _NOT_A_NAME.fullmatch(given)
        yield _Found(surname, given if fits else "", 1.0 if _surname(surname) else 0.6)
    for called in _CALLED.finditer(clause):
        name = _TAIL.sub("", _LEAD.sub("", clause[called.end() :]))
        if _plausible(name):
            yield _Found(_surname(name), name[len(_surname(name)) :], 0.95)
        elif (
            asked
            and re.fullmatch(_CJK + "{2,3}", name)
            and not (_NOT_A_NAME.fullmatch(name) or _TITLE.search(name))
        ):
            yield _Found(name[:1], name[1:], 0.5)
    # 草字头的董 is 董; 两点水马 is made of 马.
    spelt = _only_explained(clause) if asked and "的" in clause else None
    if spelt:
        yield _Found(spelt, "", _SPELT)
    myself = _I_AM.search(clause)
    if myself and _plausible(myself["name"]) and not _NOT_A_NAME.fullmatch(myself["name"]):
        surname = _surname(myself["name"])
        yield _Found(surname, myself["name"][len(surname) :], 0.92)
    bare = _TAIL.sub("", _LEAD.sub("", clause))
    if _plausible(bare):
        yield _Found(_surname(bare), bare[len(_surname(bare)) :], 0.55)
    elif asked and len(bare) <= _LONGEST_CLAUSE:
        # 我是业主赵宏伟, 登记宋向阳: whatever leads up to it, the name ends the clause.
        for size in (4, 3, 2):
            name = bare[-size:]
            if len(name) == size and _plausible(name) and (size < 4 or len(_surname(name)) == 2):
                yield _Found(_surname(name), name[len(_surname(name)) :], 0.5)
                break
    elif asked and re.fullmatch(_CJK + "{1,3}", bare) and not _NOT_A_NAME.fullmatch(bare):
        yield _Found(bare[:1], bare[1:], 0.3)


def _is_explained(name: _Found, text: str) -> bool:
    """Whether a sign of the name is explained, by known parts or by a clause ending with it (草重董)."""
    whole = name.surname + name.given
    clauses = [_TAIL.sub("", c) for c in _CLAUSE.split(text)]
    after = (b for a, b in itertools.pairwise(clauses) if a.endswith(whole))
    return bool(explained(text) & set(whole)) or any(
        _LEAST_HOW <= len(c) <= _LONGEST and c[-1] in whole and not c.endswith(whole) for c in after
    )


@dataclass(frozen=True, slots=True)
class Name:
    """Callers give a family name or a full one; either may be explained."""

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """The name in a text; the last one after a correction."""
        marks = list(_WRONG.finditer(text))
        for mark in reversed(marks):
            later = self._best(text[mark.end() :], asked=asked)
            if later:
                return later
        return self._best(text[: marks[0].start()] if marks else text, asked=asked)

    def _best(self, text: str, *, asked: bool) -> Reading | None:
        found = [f for c in _clauses(text) for f in _in_clause(c, asked=asked)]
        found = [
            replace(f, strength=0.95)
            if _plausible(f.surname + f.given) and f.given and _is_explained(f, text)
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
            after = re.search(rf"姓{best.surname}\W*(?:名字?|叫)+({_CJK}{{1,2}})(?:$|\W)", text)
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
        for clause in _clauses(text):
            bare = _TAIL.sub("", _LEAD.sub("", clause))
            if not bare or len(bare) > len(given.value) + 1 or not re.fullmatch(_CJK + "+", bare):
                continue
            said = sound(bare)
            alike = likeness(said, name)
            shares = (
                len(bare) > 1
                and _plausible(bare)
                and bool(set(said.syllables) & set(name.syllables))
            )
            near = alike >= (_ALIKE if _surname(bare) else _NEAR) or shares
            if near and bare[:2] not in NOT_NAMES and not _NOT_A_NAME.fullmatch(bare):
                size = len(_surname(bare)) or len(dict(given.parts)["surname"])
                return self._made(bare[:size], bare[size:], min(0.8, alike), signs)
        within = self._within(given, text)
        if within:
            return within
        surname = dict(given.parts)["surname"]
        how = next((s for s in sorted(signs) if likeness(sound(s), sound(surname)) >= _NEAR), None)
        how = how or next((s for s in map(_only_explained, _CLAUSE.split(text)) if s), None)
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
        for clause in _clauses(text):
            # 您说您是周萍: a name that ends the clause and shares a sign's sound with the given one.
            bare = _TAIL.sub("", clause)
            for size in (3, 2):
                name = bare[-size:]
                if (
                    len(name) == size
                    and _plausible(name)
                    and set(sound(name[1:]).syllables) & set(sound(last).syllables)
                ):
                    return self._made(name[:1], name[1:], 0.7)
        tail = sound(last).syllables
        for at in range(1, len(spoken) - len(tail) + 1):
            if len(tail) > 1 and spoken[at : at + len(tail)] == tail and _surname(plain[at - 1]):
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
            known = place == "surname" and bool(_surname(a) and _surname(b))
            garbled = trust < CERTAIN and not known
            same = DOUBTFUL if garbled else 0.5 - 0.5 * trust * (1 - 0.5 * alike)
            return Comparison(same, place, a, b)
        return Comparison(0.5 + 0.5 * max(trust, 0.9))
