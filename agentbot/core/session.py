"""One call followed from answer to hang-up: events in, verdict and prompt out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from transitions import Machine

from agentbot.core.doubts import Doubt, ValueDoubt
from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Event,
    Heard,
    Held,
    Leg,
    LossCause,
    Rescored,
    Resumed,
    Sought,
)
from agentbot.core.judge import Judgement, judge
from agentbot.core.ledger import Known
from agentbot.core.looks import find_doubts, foreseen
from agentbot.core.path import machine
from agentbot.core.prompts import Prompt, next_prompt
from agentbot.core.ripe import ripe
from agentbot.core.script import Script
from agentbot.core.sought import find_step_doubts
from agentbot.core.verdict import CallVerdict, Finding, Line

__all__ = ["Session", "prepared"]

_HEARD_LIMIT = 20_000
"""Utterances kept of one call; some thirty hours of talk."""


@lru_cache(maxsize=64)
def prepared(script: Script) -> tuple[Known, Machine]:
    """A script made ready for many calls."""
    return Known.of(script), machine(script)


class Session:
    """The engine's one door. Feed it events; ask it at any moment.

    Two sessions fed with the same events say the same, whatever the time of day.
    """

    def __init__(self, script: Script, lang: str = "zh") -> None:
        self._known, self._machine = prepared(script)
        self._lang = lang
        self._started = CallStarted(call_id="")
        self._heard: dict[tuple[Leg, float], Heard] = {}
        self._lost: list[AudioLost] = []
        self._rescored: dict[str, Rescored] = {}
        self._looks: dict[tuple[str, float], Sought] = {}
        self._held_since: float | None = None
        self._now = 0.0
        self._ended: float | None = None
        self._judgement: Judgement | None = None

    def feed(self, event: Event) -> None:
        """Take the next event; what follows from it is worked out when asked for."""
        self._judgement = None
        at = event.end if isinstance(event, AudioLost) else event.at
        self._now = max(self._now, at or 0.0)
        match event:
            case CallStarted():
                self._started = event
            case Heard():
                self._now = max(self._now, event.end)
                if not event.final and not event.text:
                    self._heard.pop((event.leg, event.start), None)
                elif len(self._heard) < _HEARD_LIMIT or (event.leg, event.start) in self._heard:
                    self._heard[event.leg, event.start] = event
            case AudioLost():
                self._lost.append(event)
            case Held():
                self._held_since = event.at
            case Resumed():
                self._lose(event.at)
            case Rescored() | Sought():
                self._look(event)
            case CallEnded():
                self._ended = event.at
                self._lose(event.at)
            case _:
                pass

    def _look(self, answer: Rescored | Sought) -> None:
        if isinstance(answer, Rescored):
            self._rescored[answer.field] = answer
        else:
            self._looks[answer.step, answer.start] = answer

    def _lose(self, until: float) -> None:
        """What was said on hold may not have been heard."""
        if self._held_since is not None:
            self._lost.append(
                AudioLost(
                    leg=Leg.OPERATOR, start=self._held_since, end=until, cause=LossCause.NOT_TAPPED
                )
            )
            self._held_since = None

    @property
    def judgement(self) -> Judgement:
        """Everything that can be said at this moment."""
        if self._judgement is None:
            self._judgement = judge(
                self._known, self._machine, self._started, list(self._heard.values()),
                self._lost, self._rescored, self._looks, self._now, self._lang,
            )  # fmt: skip
        return self._judgement

    @property
    def state(self) -> str:
        """The step that is due now; `end` when none is."""
        return self.judgement.route.at

    @property
    def prompt(self) -> Prompt | None:
        """The next line for the operator; None when nothing is left to say."""
        return next_prompt(self._known, self.judgement, self._started, self._lang)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What QA would note if the call ended now."""
        return self.judgement.findings

    def doubts(self) -> tuple[Doubt, ...]:
        """What a second look should settle before the verdict."""
        said, heard = self.judgement, list(self._heard.values())
        return (
            *find_doubts(self._known, said.book, self._rescored, heard),
            *find_step_doubts(self._known, said.book, said.steps, heard, self._lost, self._looks),
        )

    def foreseen(self) -> tuple[ValueDoubt, ...]:
        """What a second look will have to be taken at, as far as it has been said."""
        return foreseen(self._known, self.judgement.book, list(self._heard.values()))

    def ripe(self, doubt: ValueDoubt, now: float) -> bool:
        """Whether all is said at `now` (seconds) that a doubt is about, as far as can be told."""
        return ripe(self.judgement.book, doubt, list(self._heard.values()), now)

    def verdict(
        self, engine: str, audio: Mapping[str, str] | None = None, warnings: tuple[str, ...] = ()
    ) -> CallVerdict:
        """The verdict as it stands, with what the edges know of the recording."""
        said, start = self.judgement, self._started
        notes = warnings
        if start.greeting and start.greeting.warning:
            notes = (*warnings, start.greeting.warning)
        return CallVerdict(
            call_id=start.call_id, script=self._known.script.id, seat=start.seat,
            started_at=start.started_at.isoformat() if start.started_at else None,
            engine=engine, greeting=said.greeting, steps=said.steps,
            fields={f: fact.result for f, fact in said.facts.items()},
            findings=said.findings, score=said.score,
            transcript=tuple(
                Line(channel=h.leg.value, start=h.start, end=h.end, text=h.text, confidence=h.confidence)
                for h in sorted(self._heard.values(), key=lambda h: (h.start, h.end, h.leg))
            ),
            warnings=notes, duration=round(self._now if self._ended is None else self._ended, 3), audio=dict(audio or {}),
        )  # fmt: skip
