"""Pauses put back into words that were written down without any.

Some transcripts have no punctuation. `阀门坏了了解了我登记下住址您请讲` repeats a matter and asks
for an address; where one ends and the other begins is told by the words that end or begin a
sentence in the trade.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agentbot.core.events import Heard

__all__ = ["phrased"]

_LEAST = 9
"""Shorter words are one sentence."""
_PAUSED = re.compile(r"[，,。！？!?；;、…：:]")
_ASKED = re.compile(
    r"((?:是|就是)?这样(?:子)?吗|对不对|(?<![不没])[对是]的?[吗吧]|没有?(?:理解|记|听|弄)?错吧|(?<!还)可以吧|正确[吗吧]|没问题吧)(?=.)"
)
_SAID = re.compile(
    r"(了解了|明白了|收到(?!货)|[记登]下了|登记[好下]了|知道了|改过来了|好的[呀哈]?|(?<!没)不好意思|(?:先生|女士|小姐|[您你])好(?!像)|是?这样子[的啊]|咨询一下[哦啊]?|问一下|[想要来]报个?修)(?=.)"
)
_BEGINS = re.compile(
    r"(?<=..)(请问|麻烦(?!您?了)|那么|那这边|您贵姓|怎么称呼|[我您]?登记一?下|能告诉我|我(?:这里|这边|家)?(?:是|住)在?|[说讲念看记搞弄]错了|不对(?=.))"
)


def phrased(item: Heard) -> Heard:
    """The utterance with pauses, if it has none and its words are certain."""
    if item.confidence is not None or len(item.text) < _LEAST or _PAUSED.search(item.text):
        return item
    text = _BEGINS.sub(r"，\1", _SAID.sub(r"\1，", _ASKED.sub(r"\1？", item.text)))
    text = re.sub(r"[，？]+(?=[，？])", lambda m: "？" if "？" in m.group() else "", text)
    return item if text == item.text else replace(item, text=text)
