"""Utterances joined to turns: what one side says until the other really answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agentbot.core.events import Heard, Leg
from agentbot.core.phonetic import normal
from agentbot.core.questions import ends_in_question

__all__ = ["Turn", "agrees", "backchannel", "changes_mind", "objects", "objects_at_once", "turns"]

_BACKCHANNEL = re.compile(
    r"(?:[嗯唔哦噢啊呃额哎诶唉喂]|好的?|对对?|是的?|行|可以|没错|您?说|您?讲|请讲|知道了|明白)+"
)
_DRAWN = re.compile(r"([^零幺一二两三四五六七八九\d])\1{2,}")
"""What recognisers make of a drawn-out 嗯: 丫丫丫丫."""
_AGREE = re.compile(
    r"^[嗯唔哦噢啊呃哎诶唉好那\W]*(?:对|是的|是啊|是这|没错|没问题|嗯|好|行|可以|正确|ok|就是|就这|一点没错|不错|是$|是，)"
)
_OBJECT = re.compile(
    r"(?<!对)不对|没对|(?<![可是要])不是(?!不是|说|嘛|吗|什么|很|太|特别|那么|怎么)|(?:^|[，,。！？\s哎呃啊哦嗯])(?:不好意思)?错了|(?<!没)(?:说|听|弄|搞|记|写)错|不不|应该是|我说的是|麻烦改|改一?下是|改成|换成"
)
_NO_OBJECTION = re.compile(r"(?<!不)对不对|没错")
"""Signs of a no that are none; 不对不对 is one twice."""
_OPENING = 6
"""An objection stands within the first signs of a turn; later ones correct one's own words."""
_OVERLAP = 0.5
"""An answer may begin so many seconds before the question ends."""
_PAUSE = 2.5
"""A pause of so many seconds ends a turn even if nobody else spoke."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Consecutive utterances of one leg."""

    leg: Leg
    heard: tuple[Heard, ...]

    @property
    def start(self) -> float:
        """Seconds."""
        return self.heard[0].start

    @property
    def end(self) -> float:
        """Seconds."""
        return self.heard[-1].end

    @property
    def text(self) -> str:
        """All words, utterances set apart by a comma."""
        return "，".join(h.text.rstrip("，,") for h in self.heard)

    @property
    def confidence(self) -> float | None:
        """Of the weakest utterance that has one."""
        known = [h.confidence for h in self.heard if h.confidence is not None]
        return min(known) if known else None


_OTHERWISE = re.compile(
    r"算了[，,]?(?:还是|那?就|给|来|要)|改主意|改(?:成|为|要|订)|要不(?:还是|就|来|改)|干脆"
)
"""How callers say that they now want something else."""


def backchannel(text: str) -> bool:
    """A mere sign of listening, which takes no turn."""
    plain = normal(text)
    return not plain or bool(_BACKCHANNEL.fullmatch(plain) or _DRAWN.fullmatch(plain))


def agrees(text: str) -> bool:
    """The words confirm what was just said."""
    return not objects(text) and bool(_AGREE.search(text.strip().lower()))


def objects(text: str) -> bool:
    """The words contradict what was just said."""
    return bool(_OBJECT.search(_NO_OBJECTION.sub("", text)))


def objects_at_once(text: str) -> bool:
    """The words begin by contradicting what was just said by another."""
    return objects(normal(text)[:_OPENING])


def changes_mind(text: str) -> bool:
    """The words take back what their speaker wanted: 算了，给我送三瓶吧."""
    return bool(_OTHERWISE.search(text))


def _answers(item: Heard, asked: list[Heard]) -> bool:
    """A mere `可以` or `对` behind a question is the answer to it."""
    last = asked[-1] if asked else None
    return last is not None and item.start >= last.end - _OVERLAP and ends_in_question(last.text)


def turns(heard: Sequence[Heard]) -> list[Turn]:
    """Turns by start time; a backchannel of the other leg does not end one."""
    open_turns: dict[Leg, list[Heard]] = {Leg.CALLER: [], Leg.OPERATOR: []}
    done: list[Turn] = []

    def close(leg: Leg) -> None:
        if open_turns[leg]:
            done.append(Turn(leg, tuple(open_turns[leg])))
            open_turns[leg].clear()

    for item in heard:
        mine = open_turns[item.leg]
        if mine and item.start - mine[-1].end > _PAUSE:
            close(item.leg)
        mine.append(item)
        other = Leg.CALLER if item.leg is Leg.OPERATOR else Leg.OPERATOR
        if not backchannel(item.text) or _answers(item, open_turns[other]):
            close(other)
    for leg in open_turns:
        close(leg)
    return sorted(done, key=lambda t: (t.start, t.leg))
