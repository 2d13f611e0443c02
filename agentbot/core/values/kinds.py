"""From a script's field to the way its values are understood."""

from __future__ import annotations

import re
from functools import lru_cache

from agentbot.core.script import Field, FieldKind
from agentbot.core.values.address import Address
from agentbot.core.values.answers import ChoiceValue
from agentbot.core.values.base import ValueKind
from agentbot.core.values.name import Name
from agentbot.core.values.number import NumberValue
from agentbot.core.values.phone import Phone
from agentbot.core.values.times import TimeValue
from agentbot.core.values.topic import Topic

__all__ = ["asked_by", "kind_of", "named_by"]

_ASKED_BY = {
    FieldKind.PHONE: re.compile(
        r"电话|手机|号码|联系(?:方式|号|[的得上到]|[您你](?:用|打|是))|(?:怎么|咋|如何|哪)[^，,。]{0,6}联系|哪个号|什么号|打哪|打得?通|(?:[留给]|报(?!修))个?[^，,。]{0,6}号(?![楼院栋房门])"
    ),
    FieldKind.ADDRESS: re.compile(
        r"地址|住|小区|门牌|几号楼|几栋|几单元|什么地方|哪个地方|位置|[楼房]号|哪一?[栋幢座户]|"
        r"(?:去|送|寄|到|来|往|上|上门)哪[里儿边]|(?:收|寄)件地|您[那家]?[儿边里]?是?在?哪(?![位个天些种])|[家说]一?下?在哪"
    ),
    FieldKind.NAME: re.compile(
        r"姓|名字|全名|大名|名儿|称呼|您叫|怎么叫|叫什么|叫啥|户主|联系人|"
        r"(?:[主人]|您)是(?:哪[位个]|谁)|[写记填留报用][在着]?谁|登记(?:在|的|成)?谁|谁的名|名义"
    ),
    FieldKind.TIME: re.compile(r"时间|时候|几点|几号(?![楼院栋线])|哪[天日]|周几|星期几|哪个点"),
}
"""Words without which nobody asks for such a value, whatever the wording."""
_NUMBER = re.compile(
    r"号码|(?<!个)号(?:是|多少|几|呢|您|请|报|说|给|记|$)|[后末前]\w位|几位数?|编号|数字"
)
"""The same for a number that is none of a telephone: 卡号后四位."""
_TELEPHONE = re.compile(r"电话|手机|联系|座机|固话|来电")
_TELEPHONE_DIGITS = frozenset((7, 8, 10, 11, 12))

_NAMED_BY = {
    FieldKind.PHONE: re.compile(r"(?:联系)?(?:电话|手机)号?码?|联系方式|号码"),
    FieldKind.ADDRESS: re.compile(r"地址|住址"),
    FieldKind.NAME: re.compile(r"姓名|名字|全名|大名|贵姓|称呼"),
}
"""The names of things, as they stand side by side in `姓名和电话说一下`."""


@lru_cache(maxsize=256)
def asked_by(field: Field) -> re.Pattern[str] | None:
    """The words without which nobody asks for this field; None: any may do."""
    if field.kind is FieldKind.NUMBER and field.unit:
        return re.compile(rf"(?:几|多少)个?(?:{'|'.join(map(re.escape, field.unit))})")
    if field.kind is FieldKind.PHONE and not _telephone(field):
        return _NUMBER
    return _ASKED_BY.get(field.kind)


def named_by(field: Field) -> re.Pattern[str] | None:
    """How a field is named beside others; None: such a value has no common name."""
    other = field.kind is FieldKind.PHONE and not _telephone(field)
    return None if other else _NAMED_BY.get(field.kind)


def _telephone(field: Field) -> bool:
    """Whether a number is one to call: by its label, or else by its digits."""
    usual = not field.digits or not _TELEPHONE_DIGITS.isdisjoint(field.digits)
    return bool(_TELEPHONE.search(field.label)) or usual


def kind_of(field: Field, named: str = "") -> ValueKind:  # noqa: PLR0911 - one line a kind
    """The reader, corrector and comparer for a field; `named`: the words that ask for it."""
    match field.kind:
        case FieldKind.PHONE:
            return Phone(field.digits or (11,), field.label + named)
        case FieldKind.NUMBER:
            return NumberValue(field.minimum, field.maximum, field.unit)
        case FieldKind.ADDRESS:
            return Address(field.known)
        case FieldKind.NAME:
            return Name()
        case FieldKind.TOPIC:
            return Topic(field.choices)
        case FieldKind.CHOICE:
            return ChoiceValue(field.choices)
        case FieldKind.TIME:
            return TimeValue()
