"""What of the operator's words no step explains: whole utterances, and sentences beside a step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from agentbot.core.asides import aside, left_of
from agentbot.core.book import Book, Hit
from agentbot.core.clauses import clauses
from agentbot.core.events import Heard, Leg
from agentbot.core.forbidden import forbids
from agentbot.core.known import Known
from agentbot.core.phonetic import normal, shared_sound, sound
from agentbot.core.questions import confirms, ends_in_question, is_question, sentences
from agentbot.core.script import StepKind
from agentbot.core.talk import asks_to_wait
from agentbot.core.turns import backchannel

__all__ = ["LEAVES", "beside", "parts", "statements"]

LEAVES = re.compile(r"再见|拜拜|回见|感谢|谢谢|祝[您你]|愉快|辛苦|打扰|随时|再打|支持|配合")
"""Words of leave-taking and of courtesy."""
_LEAST = 4
"""Signs that a statement has at least."""
_ECHO = 0.5
"""Share of sound from which words only repeat the caller's."""


def statements(
    known: Known,
    book: Book,
    heard: Sequence[Heard],
    place: tuple[float, float],
    *,
    questions: bool = False,
) -> list[Heard]:
    """What the operator states (or asks) in a place that is of no step and answers nothing."""
    start, end = place
    found: list[Heard] = []
    before: list[Heard] = []
    for item in sorted(heard, key=lambda h: (h.start, h.end)):
        if item.leg is Leg.CALLER:
            before = [item] if not backchannel(item.text) else before
            continue
        if (
            start <= item.start < end
            and ((item.start, item.end) not in book.explained or _again(known, book, item))
            and len(left_of(item.text)) >= _LEAST
            and (questions or not (is_question(item.text) or confirms(item.text)))
            and not aside(item.text)
            and (not asks_to_wait(item.text) or LEAVES.search(item.text))
            and not (before and _replies(item, before[-1]))
            and not forbids(known.script.forbidden, item)
        ):
            found.append(item)
        before = []
    return found


def _again(known: Known, book: Book, item: Heard) -> bool:
    """Words taken only for a question that was answered before: they may ask for something else."""
    hits = [h for h in book.hits if h.heard is item]
    return bool(hits) and all(
        known.steps[h.step].kind is StepKind.ASK
        and any(
            book.order[g.heard[0].leg, g.heard[0].start, g.heard[0].end] < h.order
            for g in book.given.get(known.steps[h.step].field or "", [])
        )
        and any(other.step == h.step and other.order < h.order for other in book.hits)
        for h in hits
    )


def _replies(item: Heard, caller: Heard) -> bool:
    """Words that answer the caller's question or only repeat what was said."""
    return ends_in_question(caller.text) or (
        shared_sound(sound(item.text), sound(caller.text)) >= _ECHO
    )


def beside(
    book: Book, heard: Sequence[Heard], way: AbstractSet[str] | None = None, *, questions: bool = False
) -> Iterator[Heard]:  # fmt: skip
    """Sentences without a step of their own (on this way), in utterances that did another one."""
    repeated = {h for items in book.repeated.values() for r in items for h in r.heard}
    for item in heard:
        explained = (item.start, item.end) in book.explained and item not in repeated
        if item.leg is not Leg.OPERATOR or not explained:
            continue
        hits = [h for h in book.hits if h.heard is item and (way is None or h.step in way)]
        for sentence in sentences(item.text):
            plain = normal(sentence)
            own = [h for h in hits if h.rest and plain.endswith(h.rest)]
            asks = is_question(sentence) or confirms(sentence)
            if not own and questions == asks:
                yield replace(item, text=sentence)
            elif questions and own:
                yield from (replace(item, text=w) for w in _questions_before(sentence, own))


def _questions_before(sentence: str, hits: Sequence[Hit]) -> Iterator[str]:
    """Questions before what was heard in their sentence: `故障排除了吗，维修工态度如何`."""
    plain, at = normal(sentence), 0
    first = min(len(plain) - len(h.rest) for h in hits)
    for clause in clauses(sentence):
        at += len(normal(clause))
        if at <= first and is_question(clause):
            yield clause


def parts(item: Heard) -> list[Heard]:
    """The sentences of a text, each of which may do a step; recognised words have none."""
    if item.confidence is not None:
        return [item]
    cut = [replace(item, text=s) for s in sentences(item.text) if len(left_of(s)) >= _LEAST]
    return cut or [item]
