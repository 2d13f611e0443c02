"""What an operator says beside the script: comfort, words while writing, mere courtesy.

Such words take no step, and no garbled step is looked for in them.
"""

from __future__ import annotations

import re

from agentbot.core.phonetic import normal

__all__ = ["NO_MATTER", "aside", "left_of", "mere_courtesy"]

_COMFORT = re.compile(
    r"别着?急|放心|慢慢[来说讲]|没关系|没事|担心|理解|不客气|不用谢|应该的|别生气|别担心|抱歉|不好意思|对不起"
)
NO_MATTER = re.compile("[^,]{1,8}也(?:没事|没关系|不要紧|不碍事|不影响|没问题)")
"""不知道路线也没事 says of somebody else that it does not matter; a comma stands where the speaker broke off."""
_WRITING = re.compile(
    r"给我一点时间|系统|加载|电脑|(?:改|更正|修改|记|登记|备注|加急|查|核实)[好上下过]?(?:来|了|一下|好)"
)
"""What one says to oneself while writing, or in passing."""
_BARE = re.compile(
    r"(?:[嗯唔哦噢啊呃额哎诶唉喂行得好对那成的嘞啦呗吧哈了]|您好|你好|再见|拜拜|挂了|先?就?(?:这样|到这)|先挂|没别的|没事|知道|明白|可以|谢谢|不客气)+"
)
"""Words that take leave, or a turn, and tell nothing."""


def aside(text: str) -> bool:
    """Whether words comfort, or are said while writing."""
    return bool(_COMFORT.search(text) or _WRITING.search(text))


def mere_courtesy(text: str) -> bool:
    """Whether words only take leave or a turn."""
    plain = normal(text)
    return not plain or bool(_BARE.fullmatch(plain))


def left_of(text: str) -> str:
    """The signs that are neither courtesy nor comfort nor said while writing."""
    return normal(_BARE.sub("", _WRITING.sub("", _COMFORT.sub("", text))))
