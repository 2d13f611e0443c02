"""What may hide a step: words that only resemble it, garbled words, sound that was lost."""

from __future__ import annotations

from agentbot.core.case import Case
from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.core.performed import trusted
from agentbot.core.phonetic import normal
from agentbot.core.script import Step, StepKind
from agentbot.core.sought import LOST, garbled, ruled_out, unclear
from agentbot.core.verdict import StepResult

__all__ = ["hidden"]

_BREATH = 1.2
"""Seconds of pause within one breath."""
_SLOWEST = 1.5
"""Signs a second below which speech was recognised in part only; people say 3 to 6."""
_BEGINNING = 5.0
"""Seconds at the start of a call that hold steps; an answer heard late by less holds none."""


def hidden(case: Case, index: int, base: StepResult) -> StepResult | None:
    """Why the step at this position may have been said unheard; None: nothing could hide it."""
    step = case.known.script.steps[index]
    start, end = case.place(index)
    grey = [
        hit
        for hit in case.book.doubtful
        if hit.step == step.id and not _explained(case, hit.heard) and not trusted(hit.heard)
    ]
    if grey:
        likeliest = max(grey, key=lambda hit: hit.cue.margin)
        return case.untold(base, "grey", heard=likeliest.heard.text)
    for item in case.heard:
        within = item.end > start and item.start < end
        here = within and (_may_greet(case, step, item) or _open(case, step, item))
        if here or _with_greeting(case, step, item):
            return case.untold(
                base, "weak_audio", start=round(item.start, 1), end=round(item.end, 1)
            )
    for gap in (*case.gaps(start, end), *_before_us(case, index)):
        if not ruled_out(case.looks, step.id, gap.start):
            return case.untold(base, "lost_audio", start=round(gap.start, 1), end=round(gap.end, 1))
    return None


def _explained(case: Case, item: Heard) -> bool:
    return (item.start, item.end) in case.book.explained


def _with_greeting(case: Case, step: Step, item: Heard) -> bool:
    """Garbled words that greet, for what is said along with it: the number or the name."""
    if step.id not in case.known.opening or step.kind is StepKind.GREETING:
        return False
    greeting = case.known.greeting
    return garbled(item) and any(h.heard is item and h.step == greeting for h in case.book.hits)


def _open(case: Case, step: Step, item: Heard) -> bool:
    """Words that may have been anything, this step too."""
    return (
        unclear(case.book, item)
        and not ruled_out(case.looks, step.id, item.start)
        and not _greets(case, step, item)
    )


def _may_greet(case: Case, step: Step, item: Heard) -> bool:
    """Few words for so long a sound at the beginning: most of a sentence was not heard."""
    return (
        step.id == case.known.greeting
        and item.leg is Leg.OPERATOR
        and item.confidence is not None
        and item.start < _BEGINNING
        and len(normal(item.text)) < _SLOWEST * (item.end - item.start)
    )


def _greets(case: Case, step: Step, item: Heard) -> bool:
    """In one breath with the greeting: garbled words there are part of it, or of what is said with it."""
    if step.kind is StepKind.GREETING or step.id in case.known.opening:
        return False
    steps = case.known.script.steps
    greeting = next((s.id for s in steps if s.kind is StepKind.GREETING), "")
    hits = [hit.heard for hit in case.book.hits if hit.step == greeting]
    return any(max(h.start, item.start) - min(h.end, item.end) < _BREATH for h in hits)


def _before_us(case: Case, index: int) -> list[AudioLost]:
    """A beginning that was not heard: in it may be any step but a last one, or an answer's echo."""
    step, *after = case.known.script.steps[index:]
    if step.kind is StepKind.READ_BACK or not any(later.id in case.done for later in after):
        return []
    gaps = case.gaps(0.0, case.ended)
    return [gap for gap in gaps if gap.start < LOST and gap.end - gap.start >= _BEGINNING]
