"""One call judged: what was heard goes through the engine, doubts are heard again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, CallEnded, CallStarted, Heard, Leg
from agentbot.core.script import Script
from agentbot.core.session import Session
from agentbot.core.verdict import CallVerdict
from agentbot.replay.call import Source
from agentbot.replay.house import Lang
from agentbot.replay.listening import Hearing, Listener, listen
from agentbot.report.notices import notice
from agentbot.speech.base import Signal

__all__ = ["Judged", "conclude", "judge"]

ROUNDS = 3
"""A second look may raise new doubts; after so many rounds what is open stays open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict, and the sound it was made from (empty for a transcript)."""

    verdict: CallVerdict
    legs: Mapping[Leg, Signal]


def judge(
    source: Source, script: Script, started: CallStarted, recogniser: Listener | None, lang: Lang
) -> Judged:
    """Read, hear and judge one call; a transcript needs no recogniser.

    Raises:
        RecordingError: the call cannot be read.
        RecognizerError: the engine failed.
    """
    hearing = listen(source, script, recogniser)
    return Judged(verdict=conclude(script, started, hearing, lang), legs=hearing.legs)


def conclude(script: Script, started: CallStarted, hearing: Hearing, lang: Lang) -> CallVerdict:
    """The verdict on what was heard, second looks included."""
    session = Session(script, lang)
    session.feed(started)
    for event in sorted(hearing.events, key=_moment):
        session.feed(event)
    if hearing.rehear is not None:
        asked: set[Doubt] = set()
        for _ in range(ROUNDS):
            doubts = [doubt for doubt in session.doubts() if doubt not in asked]
            if not doubts:
                break
            asked.update(doubts)
            for answer in hearing.rehear(doubts):
                session.feed(answer)
    session.feed(CallEnded(at=hearing.seconds))
    return session.verdict(
        engine=hearing.engine,
        audio=dict(hearing.audio),
        warnings=tuple(notice(warning, lang) for warning in hearing.warnings),
    )


def _moment(event: Heard | AudioLost) -> tuple[float, float, str]:
    """When the live engine would have learnt it; ties always fall the same way."""
    at = event.end if isinstance(event, AudioLost) or event.at is None else event.at
    return at, event.start, event.leg
