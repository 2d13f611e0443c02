"""Signs of names explained over the telephone: 弓长张, 三点水的江, 国家的国."""

from __future__ import annotations

import itertools
import re

from agentbot.core.numerals import NUMBER_SIGNS
from agentbot.core.phonetic import sound
from agentbot.core.values.name_words import CJK, bare_of, without_tail
from agentbot.core.values.surnames import EXPLAINED, SINGLE

__all__ = ["CLAUSE", "clauses", "explained", "is_explained", "only_explained"]

_RADICAL = re.compile(rf"{CJK}{{1,3}}(?:头|旁|底|边|水|耳|人|字)的?(?P<s>{CJK})")
"""草字头的董, 三点水的江, 双耳旁的陈."""
CLAUSE = re.compile(r"[，,、。！？!?；;…\s]+")
_FIGURES = re.compile(rf"[{NUMBER_SIGNS}]{{4,}}")
"""余冰幺七六四四: the name ends where the number begins."""
_WISH = re.compile(rf"祝(?:[您你]|大家|全家){CJK}*")
"""祝您一路顺风 ends in no name."""
_EXPLAINED = tuple(re.compile(rf"(?P<how>{CJK}{{{size}}})的(?P<sign>{CJK})$") for size in (2, 3, 4))
_BY_PARTS = re.compile("|".join(EXPLAINED))
_SAYS_HOW = re.compile(rf"(?P<how>{CJK}{{2,4}})的(?P<sign>{CJK})(?=\W|[啊呀哈吧对是字]|$)")
_LEAST_HOW = 3
"""Signs of a clause that explains a sign."""
_MOST_HOW = 4
"""Signs of a clause that explains a sign, at most."""


def explained(text: str) -> frozenset[str]:
    """Signs that the text explains: 张 of `弓长张`, 叶 of `树叶的叶`; what is written for them may sound alike."""
    signs = set[str]()
    for parts, sign in EXPLAINED.items() if _BY_PARTS.search(text) else ():
        for match in re.finditer(rf"{parts}的?({CJK})", text):
            if sound(match[1]).code == sound(sign).code:
                signs.add(sign)
    signs |= {m["sign"] for m in _SAYS_HOW.finditer(text) if m["sign"] in m["how"]}
    return frozenset(signs)


def only_explained(clause: str) -> str | None:
    """The family name that a clause spells and nothing else: `木子李，是吗`."""
    bare = bare_of(clause)
    spelt = (
        sign for parts, sign in EXPLAINED.items() if bare in (parts + sign, f"{parts}的{sign}")
    )
    radical = _RADICAL.fullmatch(bare)
    known = next((sign for sign in spelt if sign in SINGLE), None)
    return known or (radical["s"] if radical and radical["s"] in SINGLE else None)


def _explanation(plain: str) -> re.Match[str] | None:
    """The shortest words at the end of a clause that explain a sign: 建设的建, 国家的国."""
    found = (p.search(plain) for p in _EXPLAINED)
    # 姓孟的孟女士 explains nothing.
    return next(
        (
            m
            for m in found
            if m and m["sign"] in m["how"] and not m["how"].endswith("姓" + m["sign"])
        ),
        None,
    )


def clauses(text: str) -> list[str]:
    """Clauses with explanations of signs resolved (`弓长张`) or dropped (`种田的田`)."""
    kept: list[str] = []
    for clause in CLAUSE.split(_WISH.sub("，", _FIGURES.sub("，", text))):
        plain = clause
        for parts, sign in EXPLAINED.items() if _BY_PARTS.search(clause) else ():
            # 李雪梅木子李: what was said before the explanation is not said again by it.
            at = plain.find(parts)
            said = "" if sign in plain[: max(at, 0)] else sign
            plain = plain.replace(parts + "的" + sign, said).replace(parts + sign, said)
        while how := _explanation(without_tail(plain)):
            plain = plain[: how.start()]
        if plain:
            kept.append(plain)
    return kept


def is_explained(whole: str, text: str) -> bool:
    """Whether a sign of a name is explained, by known parts or by a clause ending with it (草重董)."""
    clauses = [without_tail(c) for c in CLAUSE.split(text)]
    after = (b for a, b in itertools.pairwise(clauses) if a.endswith(whole))
    return bool(explained(text) & set(whole)) or any(
        _LEAST_HOW <= len(c) <= _MOST_HOW and c[-1] in whole and not c.endswith(whole)
        for c in after
    )
