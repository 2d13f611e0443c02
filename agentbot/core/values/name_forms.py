"""The forms in which a clause tells a name: 李女士, 我姓赵, 叫王芳, 我是张三, or the name alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agentbot.core.values.name_signs import only_explained
from agentbot.core.values.name_words import (
    CJK,
    TITLE,
    bare_of,
    no_name,
    plausible,
    surname_of,
    without_lead,
    without_tail,
)
from agentbot.core.values.surnames import NOT_NAMES

__all__ = ["Named", "introduced", "names_in"]

_TRADES = frozenset("师傅 老师 同志 老板 经理".split())
_INTRODUCED = re.compile(r"[是姓叫找给跟和为]$|联系人$|户主$")
"""尽快安排师傅 names nobody; a trade is a title only at the head of a clause or behind these."""
_FAMILY = re.compile(
    rf"(?:免贵|复|本人|鄙人?|您贵|贵)?姓(?!名|什么|氏|{CJK}{{1,2}}的?(?:那?个)?(?:师傅|工人|大姐|大哥))(?:是|的是)?(?P<s>{CJK}{{1,2}})"
)
_CALLED = re.compile(
    r"(?:名字就?[是叫]?|全名[是叫]?|姓名就?[是叫]?|叫做?|名叫|(?:户主|户名|业主|[机房卡]主|[持开联收登][卡户系件货记]人)[是叫姓]?|称呼[我您]?|登记[的成为]?)"
)
_I_AM = re.compile(
    rf"^(?:(?:我|本人|我本人)(?:是|就是)|业主是?|户主是?|本人|[到来]?找|写|登记)(?P<name>{CJK}{{2,4}}?)(?:就行|就好|就可以|吧|即可)?$"
)
_LONGEST_CLAUSE = 10
"""Signs of a clause that ends with the name asked for."""
_SPELT = 0.9
"""Strength of a family name told by the shape of its sign alone."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name heard in a clause."""

    surname: str
    given: str
    strength: float
    """0..1: how surely the words are a name at all."""


def introduced(before: str) -> bool:
    """Whether a name may follow: nothing but what leads up to one stands before it."""
    lead = without_lead(before)
    return not lead or bool(_INTRODUCED.search(lead))


def names_in(clause: str, *, asked: bool) -> Iterator[Named]:
    """Every name that a clause may hold; `asked`: it answers the question for one."""
    yield from _titled(clause)
    yield from _by_family_name(clause)
    yield from _called(clause, asked=asked)
    if asked:
        yield from _spelt(clause)
    yield from _introduced(clause)
    yield from _alone(clause, asked=asked)


def _titled(clause: str) -> Iterator[Named]:
    """李女士, 赵宏伟先生."""
    for match in TITLE.finditer(clause):
        before = clause[: match.start()]
        before = without_lead(before) or before  # 谢谢何女士
        for size in (4, 3, 2, 1):
            name = before[-size:]
            if match.group() in _TRADES and not introduced(before[:-size]):
                continue
            if len(name) == size and plausible(name):
                surname = surname_of(name)
                yield Named(surname, name[len(surname) :], 0.95)
                break


def _by_family_name(clause: str) -> Iterator[Named]:
    """我姓宋, 免贵姓欧阳."""
    family = _FAMILY.search(clause)
    if family:
        surname = surname_of(family["s"]) or family["s"][:1]
        rest = clause[family.start("s") + len(surname) :]
        given = without_tail(_CALLED.sub("", without_tail(rest)))
        given = given.removeprefix("的").removeprefix(surname)
        fits = re.fullmatch(CJK + "{1,2}", given) and not no_name(given)
        yield Named(surname, given if fits else "", 1.0 if surname_of(surname) else 0.6)


def _called(clause: str, *, asked: bool) -> Iterator[Named]:
    """名字叫李娜, 登记的张伟."""
    for called in _CALLED.finditer(clause):
        name = bare_of(clause[called.end() :])
        if plausible(name):
            yield Named(surname_of(name), name[len(surname_of(name)) :], 0.95)
        elif (
            asked
            and re.fullmatch(CJK + "{2,3}", name)
            and not (no_name(name) or TITLE.search(name) or name[:2] in NOT_NAMES)
        ):
            yield Named(name[:1], name[1:], 0.5)


def _spelt(clause: str) -> Iterator[Named]:
    """A family name told by the shape of its sign."""
    # 草字头的董 is 董; 两点水马 is made of 马.
    spelt = only_explained(clause) if "的" in clause else None
    if spelt:
        yield Named(spelt, "", _SPELT)


def _introduced(clause: str) -> Iterator[Named]:
    """我是王芳, 写张伟就行."""
    myself = _I_AM.search(clause)
    if myself and plausible(myself["name"]) and not no_name(myself["name"]):
        surname = surname_of(myself["name"])
        yield Named(surname, myself["name"][len(surname) :], 0.92)


def _alone(clause: str, *, asked: bool) -> Iterator[Named]:
    """The name and nothing else, or at the end of an answer."""
    bare = bare_of(clause)
    if plausible(bare):
        yield Named(surname_of(bare), bare[len(surname_of(bare)) :], 0.55)
    elif asked and len(bare) <= _LONGEST_CLAUSE:
        # 我是业主赵宏伟, 登记宋向阳: whatever leads up to it, the name ends the clause.
        for size in (4, 3, 2):
            name = bare[-size:]
            if len(name) == size and plausible(name) and (size < 4 or len(surname_of(name)) == 2):
                yield Named(surname_of(name), name[len(surname_of(name)) :], 0.5)
                break
