"""Where the operator was not understood, and which steps may have been said there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agentbot.core.book import Book
from agentbot.core.doubts import StepDoubt
from agentbot.core.events import AudioLost, Heard, Leg, LossCause, Sought
from agentbot.core.known import Known
from agentbot.core.phonetic import normal
from agentbot.core.questions import confirms
from agentbot.core.script import StepKind
from agentbot.core.turns import backchannel
from agentbot.core.verdict import Span, StepResult, StepVerdict

__all__ = ["LOST", "Looks", "find_step_doubts", "garbled", "hardly_heard", "ruled_out", "unclear"]

LOST = 1.0
"""Seconds of lost sound that can hide a step."""
_UNCLEAR = 0.7
"""An utterance below this confidence may have been anything."""
_SIGNS = 3
"""Shorter unclear utterances cannot hide a step."""
_LONGEST = 3.0
"""Seconds; in a longer stretch the words may stand anywhere, and stay in doubt."""
_NOT_SAID = -3.6
"""Mean log likelihood of a token. On 236 utterances that held a step, in wordings that its cues
know or not and often among other words, the likeliest cue lay above it in 73 of 100; for steps
that were not said, in 5 of 100 of 2,492. So a look alone rules out only what is unclear and short."""

_SLOWEST, _LONG = 1.5, 2.0
"""Signs a second below which speech was recognised in part only (people say 3 to 6), and seconds
from which that is no drawn-out 嗯."""

Looks = Mapping[tuple[str, float], Sought]
"""Second looks by step and start of the stretch."""


def hardly_heard(item: Heard) -> bool:
    """Few unsure words for so long a sound: most of a sentence was not heard."""
    seconds = item.end - item.start
    return (
        item.confidence is not None
        and item.confidence < _UNCLEAR
        and seconds >= _LONG
        and len(normal(item.text)) < _SLOWEST * seconds
    )


def garbled(item: Heard) -> bool:
    """Words of the operator recognised so unsurely that they may have been others."""
    unsure = item.confidence is not None and item.confidence < _UNCLEAR
    return item.leg is Leg.OPERATOR and unsure


def unclear(book: Book, item: Heard) -> bool:
    """Words of the operator that may have been anything."""
    return (
        garbled(item)
        and (item.start, item.end) not in book.explained
        and (hardly_heard(item) or _says_something(item.text))
    )


def _says_something(text: str) -> bool:
    return len(normal(text)) >= _SIGNS and not backchannel(text) and not confirms(text)


def ruled_out(looks: Looks, step: str, start: float) -> bool:
    """Whether a second look found that the step was not said there."""
    look = looks.get((step, start))
    return look is not None and look.likelihood < _NOT_SAID


def find_step_doubts(
    known: Known, book: Book, steps: Iterable[StepResult], heard: Sequence[Heard],
    lost: Sequence[AudioLost], looks: Looks,
) -> tuple[StepDoubt, ...]:  # fmt: skip
    """Every short unclear stretch of the operator, for the steps that may hang on one."""
    places = [Span(start=h.start, end=h.end) for h in heard if unclear(book, h)]
    places += [
        Span(start=gap.start, end=gap.end)
        for gap in lost
        if gap.leg is Leg.OPERATOR and gap.cause is LossCause.UNRECOGNISED
        if gap.end - gap.start >= LOST
    ]
    places = [place for place in places if place.end - place.start <= _LONGEST]
    wordings = {
        s.step: tuple(cue.text for cue in known.steps[s.step].cues if cue.text)
        for s in steps
        if s.verdict is StepVerdict.CANNOT_TELL and s.start is None
        if known.steps[s.step].kind is not StepKind.READ_BACK
    }
    doubts = []
    for place in places:
        asked = tuple((s, w) for s, w in wordings.items() if w and (s, place.start) not in looks)
        if asked:
            doubts.append(StepDoubt(operator=place, steps=asked))
    return tuple(doubts)
