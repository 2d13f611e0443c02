"""Which steps were performed, by which words, and how surely."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from agentbot.core.book import Book, Hit
from agentbot.core.cues import WORDS_LIKENESS
from agentbot.core.events import Heard, Leg
from agentbot.core.known import Known
from agentbot.core.phonetic import normal
from agentbot.core.questions import confirms
from agentbot.core.script import FieldKind, Step, StepKind

__all__ = ["Performed", "answered", "performed", "trusted"]

_TITLED = re.compile(
    r"(?:^|[^一-鿿])[好嗯哦的是您姓叫]{0,3}(?![这那]位|您好|你好)[一-鿿]{1,3}(?:先生|女士|小姐)"
)
"""A title with a name before it: whoever says it has been told the name."""
_LEAVES = re.compile(r"再见|拜拜|再会|回见")
_THANKS = 12
"""Signs of thanks that close nothing where a question follows; a whole formula was said too early."""
_SURE = 0.9
"""Strength of a value that is one whatever was asked."""
_CERTAIN = 0.9
"""Words recognised with this confidence are as good as certain."""
_REPLY, _TOGETHER = 3.0, 0.3
"""Seconds within which a caller begins to answer, and by which times are rough."""
_SIGNS = 3
"""Signs of the shortest answer."""
_PLAIN = 0.66
_WHOLE = 0.99
"""Likeness of a wording heard to the letter."""


def trusted(item: Heard) -> bool:
    """Words that can be taken as they stand: a person's transcript, or nearly certain ones."""
    return item.confidence is None or item.confidence >= _CERTAIN


@dataclass(frozen=True, slots=True)
class Performed:
    """Where and by which words a step was done."""

    heard: tuple[Heard, ...]
    order: int
    confidence: float
    wording: str = ""
    answered: bool = False
    """Known from the caller's answer alone."""

    @property
    def plain(self) -> bool:
        """Heard for what it is, not inferred from its place: good enough to speak of order."""
        return self.confidence >= _PLAIN or all(trusted(h) for h in self.heard)

    @property
    def words(self) -> str:
        """The words that decided it."""
        return "，".join(h.text for h in self.heard)


def performed(known: Known, book: Book, heard: Sequence[Heard]) -> dict[str, Performed]:
    """Every step that was heard: the first good hit of each, read-backs also by their place."""
    done: dict[str, Performed] = {}
    for step in known.script.steps:
        if step.kind is StepKind.READ_BACK and step.field:
            repeated = book.repeated.get(step.field)
            if repeated:
                done[step.id] = Performed(
                    repeated[0].heard, repeated[0].order, 0.5 + 0.5 * repeated[0].reading.strength
                )
                continue
            alone = _value_alone(known, book, step.field, heard)
            if alone:
                done[step.id] = Performed((alone,), _order(book, alone), 0.6)
                continue
        hits = [h for h in book.hits if h.step == step.id]
        if step.id in known.closing:
            hits = [h for h in hits if not _asks_on(known, book, h)]
        if hits:
            done[step.id] = _by_cue(hits if step.kind is StepKind.ASK else _plainest(hits))
        elif step.kind is StepKind.ASK and step.field in book.answered:
            item = book.answered[step.field]
            done[step.id] = Performed((item,), _order(book, item), 0.7, answered=True)
    for step in known.script.steps:
        garbled = _garbled_question(known, book, step, done, heard) if step.id not in done else None
        if garbled:
            done[step.id] = Performed((garbled,), _order(book, garbled), 0.55, answered=True)
    return done


def _asks_on(known: Known, book: Book, hit: Hit) -> bool:
    """谢谢您的反馈，费用呢？ is no leave-taking: a question follows."""
    if _LEAVES.search(hit.heard.text):
        return False
    mere = len(normal(hit.heard.text)) <= _THANKS
    asks = [h for h in book.hits if known.steps[h.step].kind is StepKind.ASK]
    if mere and any(_order(book, item) >= hit.order for item in book.answered.values()):
        return True
    again = any(h.step == hit.step and h.order > hit.order for h in book.hits)
    if again and len(hit.rest) <= _THANKS and _reads_back_later(book, hit):
        return True
    return any(
        (mere and h.order > hit.order) or (h.order == hit.order and len(h.rest) < len(hit.rest))
        for h in asks
    )


def _reads_back_later(book: Book, hit: Hit) -> bool:
    return any(r.order > hit.order for items in book.repeated.values() for r in items)


def _garbled_question(
    known: Known, book: Book, step: Step, done: Mapping[str, Performed], heard: Sequence[Heard]
) -> Heard | None:
    """Words nearly like a question, whose answer was read back or at least followed at once."""
    if step.kind is not StepKind.ASK or not step.field:
        return None
    near = [h for h in book.doubtful if h.step == step.id and not trusted(h.heard)]
    back = next(
        (s for s in known.script.steps if s.kind is StepKind.READ_BACK and s.field == step.field),
        None,
    )
    for hit in sorted(near, key=lambda h: -h.cue.margin):
        read_back = (
            back is not None and back.id in done and done[back.id].order > _order(book, hit.heard)
        )
        if read_back or answered(hit.heard, heard):
            return hit.heard
    return None


def answered(question: Heard, heard: Sequence[Heard], least: int = _SIGNS) -> bool:
    """Whether the caller speaks at once after it, and so many signs at least."""
    later = sorted(
        (h for h in heard if h.start >= question.end - _TOGETHER and h is not question),
        key=lambda h: h.start,
    )
    reply = list(takewhile(lambda h: h.leg is Leg.CALLER, later))
    prompt = bool(reply) and reply[0].start - question.end < _REPLY
    return prompt and len(normal("".join(h.text for h in reply))) >= least


def _value_alone(known: Known, book: Book, field: str, heard: Sequence[Heard]) -> Heard | None:
    """A value with `对吗` behind it: the caller must have given it, though it was not understood."""
    if field in book.given:
        return None
    for item in heard:
        if (
            item.leg is not Leg.OPERATOR
            or trusted(item)
            or (item.start, item.end) in book.explained
        ):
            continue
        reading = known.kinds[field].read(item.text, asked=False)
        titled = known.fields[field].kind is FieldKind.NAME and _TITLED.search(item.text)
        if titled or (reading and reading.strength >= _SURE and confirms(item.text)):
            return item
    return None


def _order(book: Book, item: Heard) -> int:
    return book.order.get((item.leg, item.start, item.end), 0)


def _plainest(hits: list[Hit]) -> list[Hit]:
    """What is told again to the letter was not told before in words that only resemble it."""
    whole = [i for i, h in enumerate(hits) if h.cue.likeness >= _WHOLE]
    nearly = bool(hits) and hits[0].cue.likeness < WORDS_LIKENESS
    return hits[whole[0] :] if whole and nearly else hits


def _by_cue(hits: Sequence[Hit]) -> Performed:
    first = hits[0]
    best = max(h.cue.margin for h in hits)
    return Performed((first.heard,), first.order, min(1.0, 0.75 + best), first.cue.wording)
