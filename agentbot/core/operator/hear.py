"""What a turn of the operator does: it says steps, asks questions, repeats values."""

from __future__ import annotations

from agentbot.core.book import Hit
from agentbot.core.cue_search import cue_hits
from agentbot.core.cues import GREY, CueHit
from agentbot.core.events import Heard
from agentbot.core.mere_words import mere_words
from agentbot.core.operator.both import asks_both
from agentbot.core.operator.enter import enter
from agentbot.core.operator.own_words import (
    by_vocabulary,
    may_still_ask,
    perhaps_anything,
    perhaps_asked,
)
from agentbot.core.phonetic import find, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms
from agentbot.core.readback.by_value import read_back
from agentbot.core.script import StepKind
from agentbot.core.turns import Turn, backchannel

__all__ = ["hear_operator"]

_RESEMBLES = 0.5
"""Likeness from which words may be a value that was badly heard."""


def hear_operator(progress: Progress, turn: Turn) -> None:
    """Enter what the operator did in a turn."""
    if all(backchannel(h.text) for h in turn.heard):
        return
    # `喂，哪位？` before anything of the script is none of its questions.
    begun = bool(progress.book.hits)
    repeated = read_back(progress, turn)
    _perhaps_read_back(progress, turn, repeated)
    progress.also.clear()
    last, passed_over = _cues(progress, turn, repeated)
    if last is not None:
        asks_both(progress, last)
    rest = _after(turn, last)
    if rest is None:
        return
    if by_vocabulary(progress, rest, repeated, begun=begun):
        asks_both(progress, progress.book.hits[-1].heard)
        return
    if progress.asked in repeated:
        progress.asked = None
    if perhaps_asked(progress, rest, repeated) or last is not None:
        return
    if passed_over is None or not may_still_ask(progress, turn, passed_over):
        perhaps_anything(progress, turn, repeated)


def _cues(progress: Progress, turn: Turn, repeated: set[str]) -> tuple[Heard | None, Hit | None]:
    """Enter the cues heard: the last that asks for something, and the last that was passed over."""
    last: Heard | None = None
    passed_over: Hit | None = None
    for hit in cue_hits(progress, turn):
        if hit.cue.margin < 0:
            progress.book.doubtful.append(hit)
        elif mere_words(progress, turn, hit, repeated):
            passed_over = hit
        elif enter(progress, hit):
            last = hit.heard
    return last, passed_over


def _after(turn: Turn, last: Heard | None) -> Turn | None:
    """What a turn says behind its last known question: there may be one in unforeseen words."""
    if last is None:
        return turn
    rest = turn.heard[turn.heard.index(last) + 1 :]
    return Turn(turn.leg, rest) if rest else None


def _perhaps_read_back(progress: Progress, turn: Turn, repeated: set[str]) -> None:
    """Words asking for a yes, straight after a value was given: garbled, they may have been that value."""
    for step in progress.known.script.steps:
        field_id = step.field
        if (
            step.kind is not StepKind.READ_BACK
            or not field_id
            or field_id not in progress.just_given - repeated
        ):
            continue
        value = sound(progress.book.given[field_id][-1].reading.value)
        for item in turn.heard:
            near = find(value, sound(item.text), least=_RESEMBLES) if len(value) > 1 else None
            if confirms(item.text) or near:
                cue = CueHit(_RESEMBLES, -GREY / 2, 0, len(sound(item.text)), step.label)
                progress.book.doubtful.append(Hit(step.id, item, cue, progress.order(item)))
