"""Values that the caller only points to or mentions, and the operator says in so many words.

`就我现在打的这个号` gives no digit; the operator reads them off the screen. A day in the caller's
first words (我们明天过去住) may be the one that the script asks for; a read-back of it shows that.
"""

from __future__ import annotations

import re

from agentbot.core.book import Given
from agentbot.core.known import Known
from agentbot.core.progress import Progress
from agentbot.core.questions import is_question
from agentbot.core.script import FieldKind, Step
from agentbot.core.turns import Turn
from agentbot.core.values.base import Reading
from agentbot.core.values.phone import Phone
from agentbot.core.values.times import in_the_past

__all__ = ["adopt", "point_to", "times_mentioned"]

_SURELY = 0.5
"""Strength of words that name a time."""
_THIS_ONE = re.compile(
    r"来电(?:显示|号码|的)|本机|(?:现在|刚才)?打(?:过来|进来|给你们?|电话)?的?(?:就?是)?这个?(?:手机|电话|号)|这个?(?:来电|手机|电话|号码?)(?:就|能|可以|吧|行|成|呀|啊|哈|$)|"
    r"[用打是留记按找]这个?(?:来电|手机|电话|号码?)|打的这|这个就[行是成好可]"
)
_FORM = frozenset("什么时候间哪天几点大概的了是请问您时候号一下上午中晚早周月日个")
"""Signs of asking when, and of times themselves."""
_HAPPENED = re.compile(r"(?:时候|时间|哪天|几点|几号).{1,5}[的了]")
"""什么时候丢的 asks for a time gone by."""


def point_to(progress: Progress, turn: Turn) -> None:
    """Note that a number asked for was pointed to and not said."""
    if not _THIS_ONE.search(turn.text):
        return
    for field_id in (progress.asked, *progress.also):
        kind = progress.known.kinds.get(field_id or "")
        if field_id and isinstance(kind, Phone) and kind.read(turn.text, asked=True) is None:
            progress.referred[field_id] = turn.heard
            progress.book.pointed.add(field_id)


def times_mentioned(progress: Progress, turn: Turn) -> list[tuple[str, Reading]]:
    """Times given unasked by a caller who opens with an order; others are noted as perhaps meant."""
    known, book = progress.known, progress.book
    asks = {s.id for f, s in known.ask.items() if known.fields[f].kind is not FieldKind.TOPIC}
    opens = known.topic() is None and not any(h.step in asks for h in book.hits)
    found = []
    for field_id, step in known.ask.items():
        if (
            known.fields[field_id].kind is not FieldKind.TIME
            or field_id in (*book.given, *progress.mentioned)
            or not step.volunteer
            or step.id in known.conditional
        ):
            continue
        reading = known.kinds[field_id].read(turn.text, asked=True)
        if reading is None or reading.strength < _SURELY:
            continue
        past = any(_HAPPENED.search(c.text) for c in step.cues)
        named = {place for place, _ in reading.parts}
        if in_the_past(turn.text) > past or not named & ({"day", "hour"} if past else {"day"}):
            continue
        progress.mentioned[field_id] = (reading, turn.heard)
        if opens or (past and _tells_when(known, step, turn)):
            found.append((field_id, reading))
    return found


def _tells_when(known: Known, step: Step, turn: Turn) -> bool:
    """Whether a clause with a time tells what happened then: 早上八点坐的地铁, 是前天丢的."""
    signs = {s for c in step.cues if c.text for s in c.text} - _FORM
    return any(
        signs & set(clause) and known.kinds[step.field or ""].read(clause, asked=True)
        for clause in re.split(r"[，,。！？!?；;]", turn.text)
        if not is_question(clause)
    )


def adopt(progress: Progress, turn: Turn) -> None:
    """Take as given what the operator now says of what was pointed to or mentioned."""
    for field_id, heard in progress.referred.items():
        kind = progress.known.kinds[field_id]
        if field_id in progress.book.given or not isinstance(kind, Phone):
            continue
        said = kind.read(turn.text, asked=True)
        if said and kind.complete(said.value):
            progress.book.given[field_id] = [
                Given(field_id, said, heard, correction=False, asked=True)
            ]
    for field_id, (reading, heard) in progress.mentioned.items():
        kind = progress.known.kinds[field_id]
        again = kind.repeat(reading, turn.text) if field_id not in progress.book.given else None
        if again and dict(again.parts).get("day") == dict(reading.parts).get("day"):
            progress.book.given[field_id] = [
                Given(field_id, reading, heard, correction=False, asked=False)
            ]
