"""Short sentences for the seat about the state of things."""

from __future__ import annotations

from agentbot.core.events import Leg

__all__ = ["notice"]

_TEXTS = {
    "zh": {
        "swapped": "两路声音接反了，已自动对调",
        "same": "两路声音相同，分不清是谁说的，无法判断",
        "caller": "听不到来电方的声音",
        "operator": "听不到坐席的声音",
        "untapped": "听不到本次通话的声音",
        "after": "本次通话在结束后根据录音评判",
        "paused": "已暂停录音和识别",
        "picked_up": "通话中途接入，之前的内容未听到",
        "offline": "与电话交换机的连接中断",
    },
    "en": {
        "swapped": "the legs were swapped and have been put right",
        "same": "both legs carry the same sound: nothing can be judged",
        "caller": "the caller is not heard",
        "operator": "the operator is not heard",
        "untapped": "this call cannot be heard",
        "after": "this call is judged from its recording, after its end",
        "paused": "recording and recognition are paused",
        "picked_up": "first heard in mid-call",
        "offline": "no connection to the exchange",
    },
}


def notice(key: str | Leg, lang: str) -> str:
    """The sentence in the language of the pages."""
    return _TEXTS[lang][str(key)]
