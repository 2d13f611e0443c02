"""The name in an address: its community or street."""

from __future__ import annotations

import re

from agentbot.core.phonetic import Sound, find, sound

__all__ = ["LEAST_NAME", "called", "heard_in", "looks_like_one", "same_name", "spoken"]

_UNKNOWN = re.compile(
    r"^(?:我|这|那|也|真|可|都|还|[哪那]儿)*(?:不?知道|不清楚|不晓得|没有?|不想说|不方便)"
)
LEAST_NAME = 3
_COMMUNITY = re.compile(
    r"(?:小区|花园|家园|新村|新城|公寓|大厦|广场|苑|园|庄|里|村|院|巷|弄|路|街|胡同|宿舍|大院|城|府|湾|轩|庭|居|郡|都|邸|"
    r"社区|屯|镇|乡|营|坊|台|岸|洲|港|峰|墅|寓|楼盘|馆|堡|桥|门|店|坡|岗|沟|坝|口|道|条|区)[东西南北一二三四五六七八九]?[区苑里院]?$"
)
_LEAD = re.compile(
    r"^.*(?:地址[是在]?|住址[是在]?|住在|家住|住的?是?|就|位置[是在]?|写的是?|登记的?是?|记的是?|就是|也就是|家是|家在|"
    r"[这那]儿是|[这那]里是|[这那]边是|我们?是|您是|不是|是不是|是|在|给|改成|改为|[寄送发邮运搬拉派][到往去]|念一遍|重复一遍|确认一下|核对一下|"
    r"[听说讲看记写念弄搞]错了?|[听看]岔了?|口误|没听清楚?|抱歉|对不起|不好意思|改[过好]来?了?)"
)
_JUNK = re.compile(
    r"^(?:[哈呃嗯啊哦喔额诶哎呀哟]|麻烦|[您你]?[写记登]|好的?|那|这边|这里|[我您你咱]们?家?|住|在|就?是|请|跟|确认|核对|一?下|重复|稍等|看看|想想|可以的?|行|没问题|对的?|地址|的)+(?=.{3})"
)
"""What is said before a name without a pause; compared are the names alone."""
_PARTICLES = re.compile(
    r"^(?:[嗯呃啊哦额哎诶喂唉呀嘿]|好嘞|好的?|行|那个|这个|那|我们家?|我家?|您家?|你家?|咱们?家?|收到|明白了?|师傅|你好|您好|对|噢|的|了|麻烦|请|帮我|给我|就|[送寄到](?=..))+"
)
_CLAUSE = re.compile(r"[，,、。！？!?；;\s]+")


def called(text: str) -> str:
    """The community in the words before the first number."""
    for piece in reversed([p for p in _CLAUSE.split(text) if p]):
        name = _PARTICLES.sub("", _LEAD.sub("", piece))
        name = _PARTICLES.sub("", name).removesuffix("的")
        if len(name) >= 2 and not _UNKNOWN.match(name):
            return name
    return ""


def looks_like_one(text: str) -> bool:
    """Whether words end as communities and streets do."""
    return len(text) >= LEAST_NAME and bool(_COMMUNITY.search(text))


def heard_in(community: str, speech: Sound) -> float:
    """How well a community is heard in speech, 0..1."""
    name = sound(_JUNK.sub("", community))
    at = find(name, speech) if len(name) > 1 else None
    return at.likeness if at else 0.0


def spoken(community: str, text: str) -> bool:
    """Whether a name stands in the words syllable for syllable: 没关系 is no 玫瑰园."""
    said = " ".join(sound(text).syllables)
    return " ".join(sound(community).syllables) in said


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, by their signs or their sound."""
    a, b = (_JUNK.sub("", name) for name in (one, other))
    return a in b or b in a or sound(a).syllables == sound(b).syllables
