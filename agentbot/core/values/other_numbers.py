"""Numbers that the words themselves call something else: 您的工单号是四五六七 is no telephone number."""

from __future__ import annotations

import re

from agentbot.core.values.digits import runs

__all__ = ["without_others"]

_NAMED = re.compile(
    r"(?P<what>工单|单|工作|工|员工|编|户|卡|流水|受理|预约|登记|序|服务|会员|证|合同|缴费|表|房|门牌|回执|案件|"
    r"挂|订单)号(?!码?是不是)|(?P<code>验证码|密码|邮编)"
)
_BETWEEN = 10
"""Signs at most between the name of a number and its digits: 单号给您说一下，二零六二."""


def without_others(text: str, names: str) -> str:
    """The text without the digits of numbers called by a name that does not stand in `names`."""
    for name in _NAMED.finditer(text):
        what = name["what"] or name["code"]
        if what in names:
            continue
        rest = text[name.end() :]
        run = next(iter(runs(rest)), None)
        if run and run.start <= _BETWEEN and not re.search("电话|手机|号码", rest[: run.start]):
            blank = "。" * (run.end - run.start)
            text = text[: name.end() + run.start] + blank + rest[run.end :]
    return text
