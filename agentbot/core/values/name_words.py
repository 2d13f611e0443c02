"""What can be a name, and the words before and behind one that are none of it."""

from __future__ import annotations

import re

from agentbot.core.values.surnames import COMPOUND, NOT_NAMES, SINGLE

__all__ = [
    "CJK",
    "TITLE",
    "bare_of",
    "no_name",
    "plausible",
    "surname_of",
    "without_lead",
    "without_tail",
]

CJK = "[一-鿿]"
TITLE = re.compile(
    r"先生|女士|小姐|师傅|大爷|大妈|大姐|大哥|阿姨|叔叔|老师|同志|太太|老板|经理|大叔|奶奶|爷爷|总(?![是共数价额机计阀体之算闸站部台会费量的归得要有])"
)
_LEAD = re.compile(
    r"^(?:[您你]好[呀啊哈]?|[嗯呃啊哦额哎诶喂唉噢]|好嘞|好的?|那个|这个|就是|就|我们?|您|你|咱|登记|记|写|报|填|用|谢谢|感谢(?!的)|那么?|行|知道了?|明白了?|收到|了解|抱歉|"
    r"对对|对|没错|是的|是|也|老(?=.$|.[就行])|小(?=.$)|改成|改为|抱歉|不好意思|的|确认|核对|请|叫|给|把|用|为|应该|哈|[室号](?=[一-鿿]{2,4}$))+"
)
_TAIL = re.compile(
    r"(?:对不对|对的?[吗吧]|是不是|是吗|是吧|没[听记写看念弄搞]?错吧?|这样|对|吗|吧|啊|呀|哦|噢|哈|呢|嘛|呐|喽|呗|嘞|哟|了|的|就?写?(?:这个?|那个)?(?:就行|就可以|就好)|就?写这个|这?个?名字(?:没错)?|"
    r"可以|就好|好了|好的|好嘞|(?<=[一-鿿]{3})好|收到|明白|知道|来?登记|的(?:名字|名儿|名)|行|您|先生|女士|字|"
    r"我?(?:[给帮][您你])?(?:记|写|登记|录入?)[上下好住](?:来|了)*|(?:户主|[业机房卡]主|[持开联收登][卡户系件货记]人|[也就都写])*是(?:我|本人)(?:本人|自己)?)+$"
)
_NOT_A_NAME = re.compile(
    r"^(?:正是|麻烦.*|再会|拜拜|爱人|本人|业主|.*号|[呐喽啊呀哈吧嘛呢]|不.*|没.*|别.*|好.*|可以.*|什么.*|怎么.*|.*名字.*|.*电话.*|.*号码.*|.*手机.*|.*地址.*|.*维修.*|.*登记.*|"
    r".*们.*|.*[了着]|房[东主子屋]|业主|户主|住户|家属|邻居|物业|.*[楼层]|.*一下|拜拜|成功|完成|时间.*|常[用客]|就这.*|这样.*|谢[谢拜].*|拜拜.*|周[一二三四五六日天末].*|那样.*|知道.*|稍等.*|谢谢.*|再见|方便.*|随便.*|匿名|保密|算了|行.*|嗯.*|是的|对.*)$"
)
_FORM = frozenset("不没吗呢吧的")
"""Signs that no given name has: 管不管."""


def surname_of(text: str) -> str:
    """The family name a name begins with, or an empty string."""
    if text[:2] in COMPOUND:
        return text[:2]
    return text[:1] if text[:1] in SINGLE else ""


def plausible(name: str) -> bool:
    """One to two signs behind a family name, no more, and no word that begins like one."""
    surname = surname_of(name)
    return (
        bool(surname)
        and len(name) - len(surname) <= 2
        and name[:2] not in NOT_NAMES
        and not TITLE.search(name)
        and not no_name(name)
        and _FORM.isdisjoint(name[1:])
    )


def no_name(text: str) -> bool:
    """Whether words are known to be something else: 本人, 稍等, 周一上午."""
    return bool(_NOT_A_NAME.fullmatch(text))


def without_lead(clause: str) -> str:
    """A clause without what leads up to a name."""
    return _LEAD.sub("", clause)


def without_tail(clause: str) -> str:
    """A clause without what follows a name."""
    return _TAIL.sub("", clause)


def bare_of(clause: str) -> str:
    """A clause without what leads up to a name and what follows it."""
    return without_tail(without_lead(clause))
