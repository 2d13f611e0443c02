"""Where in recognised words a family name stands, whatever sign the recogniser found for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentbot.core.phonetic import likeness, sound
from agentbot.core.values.surnames import SINGLE

__all__ = ["COMMON", "name_places", "surname_places"]

COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜叶程苏魏吕"
    "丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严赖武戴莫孔向汤"
)
"""The commonest family names, nearly nine in ten people (Ministry of Public Security, yearly)."""
_LEAD = re.compile(
    r"^(?:[\W_]|嗯|呃|啊|哦|额|哎|诶|好的?|那个|这个|就是|那|我|您|你|是|不是|不对|对)+"
)
_FAMILY = frozenset(("xing", "xin", "xian", "qing", "xun"))
"""姓 as it is heard."""
_CALLED = "jiao"
_CALLED_TOO = "jia"
"""您叫 is heard as 您家."""
_EARLY = 6
"""姓 stands within the first signs, unless it is heard for what it is."""
_NO_NAME = frozenset("吧吗么呢啊我的您你就请跟给是叫姓信兴性行心新名对号先生女士子没来")
_MOST = 3
_WHOLE = 3
"""Signs of a whole name at most."""
_BEHIND = re.compile(r"(?:先生|女士|小姐|对[吗吧]|是[吗吧]|没错吧|[吧啊呀的吗好对是])+$")
_GIVEN, _ALIKE = 2, 0.75
"""Signs of a given name that tell where it stands, and likeness by sound from which it is the same."""
_SOUNDS = frozenset(sound(name).code for name in SINGLE)


def surname_places(text: str) -> tuple[int, ...]:
    """Positions where the family name may stand, the likeliest first.

    Behind 姓, 叫 and 名字是 by their sound, where the words begin, and where a clause does.
    """
    return tuple(dict.fromkeys((*_marked(text), *_bare(text))))[:_MOST]


def name_places(said: str, back: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`surname_places` of both legs.

    Where no word leads up to the name on one of them, and a given name is heard on both, it
    stands before that alone: 等其家程序吧 after 习家成 begins with a 嗯.
    """
    mine, theirs = surname_places(said), surname_places(back)
    return _told(said, mine, back, theirs), _told(back, theirs, said, mine)


def _told(
    text: str, places: tuple[int, ...], other: str, others: tuple[int, ...]
) -> tuple[int, ...]:
    """The places in a text, or the one before a given name that was heard on the other leg."""
    if _marked(text):
        return places
    found = (place for at in others for place in _before(_given_at(other, at), text))
    return next(((place,) for place in found), places)


def _given_at(text: str, at: int) -> str:
    """The signs behind a family name: two, or the one that ends the clause."""
    name = _name_at(text, at)
    return name[1 : 1 + _GIVEN]


def _marked(text: str) -> list[int]:
    """Places behind a word that leads up to a name, by its sound."""
    lead = _LEAD.match(text)
    first = lead.end() if lead else 0
    syllables = [sound(sign).syllables[0] if _chinese(sign) else "" for sign in text]
    places: list[int] = []
    for at in range(len(text) - 1):
        title = text[at : at + 2] == "先生"
        family = (
            syllables[at] in _FAMILY and (at < first + _EARLY or text[at] == "姓") and not title
        )
        called = syllables[at] == _CALLED or (
            syllables[at] == _CALLED_TOO and text[at - 1 : at] in ("您", "你", "我")
        )
        told = (text[at] == "是" and at > 1) or text[at] == "写"
        if family or called or (told and _chinese(text[at + 1])):
            places.append(at + 1)
    return _fitting(text, places)


def _bare(text: str) -> list[int]:
    """Where the words begin, and each clause, if no more is said there than a name."""
    lead = _LEAD.match(text)
    places = [lead.end() if lead else 0]
    places += [at for at in range(1, len(text)) if not _chinese(text[at - 1])]
    return [at for at in _fitting(text, places) if len(_name_at(text, at)) <= _WHOLE]


def _fitting(text: str, places: Sequence[int]) -> list[int]:
    """The places, each at its first sign, where that may be a family name."""
    signs = (next((i for i in range(at, len(text)) if _chinese(text[i])), None) for at in places)
    return [i for i in signs if i is not None and (_may_be(text[i]) or _alone(text, i))]


def _alone(text: str, at: int) -> bool:
    """Whether one sign alone stands behind 姓: whatever it was heard as, it is the family name."""
    family = at > 0 and _chinese(text[at - 1]) and sound(text[at - 1]).syllables[0] in _FAMILY
    return family and text[at] not in _NO_NAME and len(_name_at(text, at)) == 1


def _name_at(text: str, at: int) -> str:
    """The words from here to the end of the clause, without what stands behind a name."""
    end = next((i for i in range(at, len(text)) if not _chinese(text[i])), len(text))
    return _BEHIND.sub("", text[at:end])


def _before(given: str, text: str) -> tuple[int, ...]:
    """Where a family name may stand in words, before a given name that sounds like this one."""
    size = len(given)
    for at in range(len(text) - size):
        around = text[at : at + 1 + size]
        if size and all(map(_chinese, around)):
            like = likeness(sound(given), sound(around[1:]))
            if like >= (_ALIKE if size == _GIVEN else 1.0):
                return (at,)
    return ()


def _may_be(sign: str) -> bool:
    return sign not in _NO_NAME and sound(sign).code in _SOUNDS


def _chinese(sign: str) -> bool:
    return "一" <= sign <= "鿿"
