"""How words about a matter are put: told, announced, asked about, said again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentbot.core.phonetic import normal

__all__ = ["clauses", "framed", "inquires", "of_a_place", "plain", "tells", "unannounced"]

_PLACE = re.compile(
    r"[零一二三四五六七八九十百\d](?:号楼|号|栋|幢|座|单元|门|室|弄)|我叫|我姓|电话|手机"
)
"""Clauses that give something else than the issue."""
_ANNOUNCED = re.compile(
    r"喂+|[您你]好|请问|麻烦|打扰|(?:我|咱)?(?:们)?(?:就?是)?(?:想|要|来)?(?:咨询|问|报个?修|反映|反应|说)(?:一?[下个]|修|情况|问题)*|是?这样(?:子)?的?|那个|"
    r"(?:师傅|姑娘|闺女|小[伙姑][子娘]|同志|美女|帅哥)|[有出]了?点?(?:事|问题)|[哦喔啊呃嗯诶哎呀]"
)
"""Words that announce a matter and do not tell it yet."""
_FRAMED = re.compile(
    r"对吗|对吧|是吧|是吗|没错吧|可以吧|没问题吧|理解错吧|对的?吧|是的?吧|对不对|是不是|呗|记错吧|听错吧|这个情况|记上|给您[报记]|行吗$|可以吗$|了解了|知道了吧|确认一?下|核对一?下|重复一|"
    r"您反映|您报|您说的?是|您的意思|咱们?这个?是|也?就是说|那就是|记录的是|登记的是|是这样吧|[哈啊呀]$"
)
"""Words by which an operator repeats instead of asking for more."""
_STOCK = re.compile(
    r"我?(?:这就|这边|给您|跟您|和您|再)*(?:确认|核对|登记|重复|复述|记录|记|写|查|念|核实|备注|改|说|看)(?:一?下|上|一遍|好|着|错|对)?(?:信息|情况|资料)?|"
    r"好的?|嗯+|[哦噢唉哎诶呃啊哈呀吧呢吗嘛呗啦]|那么?|行|收到|明白了?|知道了?|了解了?|清楚了?|对不对|对|是不是|没错|是这样|是?这么个?(?:回事儿?|情况|意思)|是|"
    r"报上|没有?[听记弄搞写理解]*错|稍等|等一下|请?稍候|您?别挂|您?请?[说讲]|继续|然后|喂|您好|你好|可以了?|不好意思|抱歉|久等了?|让您|这个情况|"
    r"您反映的?|您报的?|您的意思|您这|咱们?|这个|就|也|说|的|了|我|您家?|请问|麻烦|先|一下"
)
"""Words that say nothing of the matter."""
_INQUIRY = re.compile(
    r"[说讲报留念读诉我]一?下|方便|什么|哪|(?<!十)几|多少|(?<!不)怎么|有没有|[了过]没有?\W*$|还是(?![不没凉冷热漏响坏那老一])|多久|谁|(?<![对就不可也只都您])是[？?\s]*$|[吗没么]\W*$|(?<![对是地])(.)不\1|知不知道|[^对是错样误确]吗"
)
_AGREED = re.compile(
    r"对不对|是不是|(?:对|是|没错|正确|是这样|没记错|没听错|这个情况|行|好|可以)(?:的)?[吗吧么嘛]"
)
_ADVICE = re.compile(
    r"您先|先把|您把|请您?把|可以先|拍个|注意|千万|小心|安全第一|收费|缴费|费您?交"
)
_FIGURES = re.compile(r"[零幺洞拐勾两一二三四五六七八九十百\d]+")
_ELSEWHERE = re.compile(r"地址|住址|门牌|姓名|名字|贵姓|称呼|联系人|户主|电话|手机|号码")
"""对不对 in a sentence with one of these asks for a yes to something else."""
_OTHER = re.compile(
    _PLACE.pattern
    + r"|[a-zA-Z甲乙丙丁]座|[甲乙丙丁][零一二三四五六七八九十\d]+号|[二三四五两2-5]个[零幺一二三四五六七八九\d]|尽快|来电|再见|派[人单师]|安排|找(?:物业|热力|自来水|\S{0,4}公司)|"
    r"跟您联系|联系您|给您(?:报[上了好]|派)|没关系|姓[一-鿿]|先生|女士|您姓|您叫|您是姓|贵姓|地址|住址|门牌|(?<=[一-鿿])(?<![全整个们咱])小区|小区(?=[、和跟]|名[字称])|[楼房室]号|单元[号、和]|花园|姓名|名字|称呼|联系方式|[零幺洞拐勾一二三四五六七八九\d]{3}"
)
_TOLD = 2
"""Signs left of a clause when all stock words are gone, from which it tells something."""


def clauses(text: str) -> list[str]:
    return [c for c in re.split(r"[，,。！？!?；;]", text) if normal(c)]


def of_a_place(clause: str) -> bool:
    """Whether a clause gives something else than the matter: a place, a name, a number."""
    return bool(_PLACE.search(clause))


def unannounced(text: str) -> str:
    """The text without the words that only announce a matter."""
    return _ANNOUNCED.sub("，", text)


def framed(text: str) -> bool:
    """Whether words are put as a repetition: 丢了一个包，对吧."""
    return bool(_FRAMED.search(text)) and not _ELSEWHERE.search(text)


def inquires(clause: str) -> bool:
    """Whether a clause asks for something."""
    return bool(_INQUIRY.search(clause))


def plain(clause: str) -> str:
    """A clause without the stock words that say nothing of the matter."""
    return _STOCK.sub("", clause)


def tells(clause: str, terms: Iterable[str]) -> bool:
    """Whether a clause can tell of the matter: it asks, advises and arranges nothing.

    `terms`: key terms that it names.
    """
    other = clause
    for term in terms:
        other = other.replace(term, "")
    return not (
        len(normal(plain(clause))) < _TOLD
        or inquires(_AGREED.sub("", clause))
        or _OTHER.search(other)
        or _FIGURES.fullmatch(normal(clause))
        or _ADVICE.search(clause)
    )
