"""Whether garbled words have the form of a read-back: they end by asking for a yes, or sound like it."""

from __future__ import annotations

import re
from enum import Enum

from agentbot.core.asides import left_of
from agentbot.core.cues import floor
from agentbot.core.events import Heard
from agentbot.core.known import Known
from agentbot.core.performed import trusted
from agentbot.core.phonetic import Sound, find, likeness, sound
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import backchannel

__all__ = ["Echo", "an_address", "beside", "echoes", "up_to_tag"]

_TAG = re.compile(
    r"(?:对吗|对吧|对不对|是吗|是吧|是不是|没错吧|号码[吗吧]|是这样吗|对么|正确吗|记错吧|听错吧)[？?，,。.\s]*[那好行嗯]{0,2}[？?，,。.\s]*$"
)
_TAGS = tuple(
    sound(t)
    for t in (
        "对吗",
        "对吧",
        "是吧",
        "是这样吗",
        "是这个号码吗",
        "请问正确吗",
        "没有错吧",
        "对不对",
    )
)
_TITLE = re.compile(r"先生|女士|小姐")
_WAIT = re.compile(
    r"^.{0,2}(?:知道了|明白了?|了解了?|收到|好的|[好行得][嘞咧勒累])\W*$|[稍少收烧]等|等一下|[久就九]等|登记一下|登记[上好]|记一下|查一下|改一下|不好意思"
)
_ASKS = re.compile(r"方便.{2,}吗|多少|什么|怎么|哪[里儿个]")
"""Another question: no name has it."""
_PLACE_ASKED = re.compile(r"哪[里儿个]|什么地方|几号楼|门牌")
"""Whoever asks for a place tells no matter."""
_FIGURES = frozenset("yao yi er san si wu liu qi ba jiu ling dong liang shi bai you".split())
_FIGURES_PHONE, _FIGURES_ADDRESS = 3, 2
"""Signs that sound like figures without which words are no telephone number, or no address."""
_SHORT, _HARDLY = 9, 0.45
"""Signs of a name read back at most; likeness below which words are about something else."""
_MURKY = 0.4
"""Words below this confidence may have been anything."""
_UNSURE = 0.8
"""Words below this confidence may have been a matter in words of the operator's own."""
_LIKE = 0.62
"""Likeness by sound from which garbled words may be the answer said again."""
_LEAST = 4
"""Signs of words not understood that can be a read-back."""
_PLACED = re.compile("[号栋幢单室楼]")
_CLAUSE = re.compile(r"[^，,。？?！!；;\s]+[，,。？?！!；;\s]*")
_LEFT = 2
"""Signs that words beside the script leave at most."""


class Echo(Enum):
    """What words are of an answer before them."""

    SAID = "said"
    """The answer, said again."""
    UNCLEAR = "unclear"
    """Perhaps that."""
    NONE = "none"
    """Something else."""


def echoes(known: Known, field: str, item: Heard, text: str, answer: Sound) -> Echo:
    """Whether words of an utterance repeat the answer, could do so, or are of another kind."""
    kind = known.fields[field].kind
    tagged = up_to_tag(text)
    speech = sound(tagged or text)
    near = find(speech, answer) if len(speech) <= len(answer) else find(answer, speech)
    like = near.likeness if near and len(speech) > 1 else 0.0
    figures = sum(1 for s in speech.syllables if s in _FIGURES)
    fits = {
        FieldKind.PHONE: figures >= _FIGURES_PHONE,
        FieldKind.ADDRESS: figures >= _FIGURES_ADDRESS or like >= _HARDLY,
        FieldKind.NAME: 1 < len(speech) <= _SHORT and not _ASKS.search(tagged or text),
    }.get(kind, like >= _HARDLY or _matter(known, field, tagged or text))
    titled = kind is FieldKind.NAME and bool(_TITLE.search(text))
    if kind is FieldKind.TOPIC and (
        figures > len(speech) / 2 or (not tagged and _PLACE_ASKED.search(text))
    ):
        return Echo.NONE
    if titled or (tagged and (fits or kind is not FieldKind.PHONE)) or like >= _LIKE:
        return Echo.SAID
    perhaps = fits or (_murky(item, kind) and len(speech) >= _LEAST)
    return Echo.UNCLEAR if perhaps else Echo.NONE


def _murky(item: Heard, kind: FieldKind) -> bool:
    """Words that may have been anything; a matter may be put in any words at all."""
    least = _UNSURE if kind is FieldKind.TOPIC else _MURKY
    return item.confidence is not None and item.confidence < least


def _matter(known: Known, field: str, text: str) -> bool:
    """Whether words name a matter of the script: it may be the answer, which was garbled."""
    reading = known.kinds[field].read(text, asked=True)
    return reading is not None and bool(reading.parts)


def beside(known: Known, item: Heard) -> bool:
    """Words beside the script, or those of a step that is only told, and with no tag behind."""
    if backchannel(item.text) or _WAIT.search(item.text):
        return True
    if _tagged(item.text):
        return False
    if len(left_of(item.text)) < _LEFT:
        return True
    # Garbled words may share a sound with a step that is told, and be the value all the same.
    least = 1 if trusted(item) else 2
    told = (s.id for s in known.script.steps if s.kind is StepKind.SAY)
    return any(known.vocabulary.tells(step, item.text, least=least) for step in told)


def an_address(known: Known, field: str, item: Heard) -> bool:
    """Garbled words with the signs of an address, taken for another value for their numbers."""
    return (
        known.fields[field].kind is FieldKind.ADDRESS
        and not trusted(item)
        and bool(_PLACED.search(item.text))
    )


def up_to_tag(text: str) -> str:
    """The words up to the last clause that asks for a yes; empty: none does."""
    ends = [m.end() for m in _CLAUSE.finditer(text)]
    return next((text[:end] for end in reversed(ends) if _tagged(text[:end])), "")


def _tagged(text: str) -> bool:
    """Ends by asking for a yes, also where the recogniser garbled a sign of it (是这要吗, 尸巴)."""
    if _TAG.search(text):
        return True
    speech = sound(text)
    endings = ((tag, speech.cut(max(0, len(speech) - len(tag)), len(speech))) for tag in _TAGS)
    return any(likeness(tag, end) >= floor(len(tag)) for tag, end in endings)
