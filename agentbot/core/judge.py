"""From everything heard to the verdict: the one place where a call is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from transitions import Machine

from agentbot.core.case import Case
from agentbot.core.events import AudioLost, CallStarted, Heard, Rescored
from agentbot.core.fields import Fact, judge_fields
from agentbot.core.findings import find_faults
from agentbot.core.greeting import greeting_said
from agentbot.core.ledger import Book, Known, follow
from agentbot.core.path import Route, route
from agentbot.core.performed import Performed, performed
from agentbot.core.perhaps_given import perhaps_given
from agentbot.core.phrasing import phrased
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.sought import Looks
from agentbot.core.steps.judge import judge_steps
from agentbot.core.torn import torn
from agentbot.core.understood import perhaps_answered, understood
from agentbot.core.unforeseen.told import told
from agentbot.core.verdict import Finding, GreetingResult, StepResult, StepVerdict

__all__ = ["Judgement", "judge"]

_TOLD = 0.7
"""How surely a step was told in unforeseen words that speak of the same things."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that can be said of a call at one moment."""

    book: Book
    facts: Mapping[str, Fact]
    greeting: GreetingResult
    steps: tuple[StepResult, ...]
    findings: tuple[Finding, ...]
    route: Route
    score: float | None
    """100 less the points of all findings; None: no step could be judged."""


def judge(
    known: Known, machine: Machine, started: CallStarted, heard: Sequence[Heard],
    lost: Sequence[AudioLost], rescored: Mapping[str, Rescored], looks: Looks, ended: float, lang: str,
) -> Judgement:  # fmt: skip
    """Judge what was heard until `ended` (seconds)."""
    heard = [phrased(item) for item in heard]
    book = follow(known, heard)
    facts = torn(judge_fields(known, book, rescored, lang), lost, lang)
    facts = perhaps_given(known, book, facts, heard, lost, lang)
    done = _done(known, book, heard)
    greets = next((s.id for s in known.script.steps if s.kind is StepKind.GREETING), "")
    ordered = sorted(heard, key=lambda h: (h.start, h.end))
    facts = understood(known, facts, done.keys(), lang)
    case = Case(
        known=known, book=book, facts=facts,
        route=_route(known, machine, book, facts, done), done=done,
        greeting=greeting_said(started.greeting, done.get(greets), ordered),
        heard=ordered, lost=lost, looks=looks, ended=ended, lang=lang,
    )  # fmt: skip
    steps = judge_steps(case)
    case = replace(case, facts=perhaps_answered(known, facts, steps, lang))
    findings = find_faults(case, started, steps, _values(known, book, case.facts))
    return Judgement(
        book, case.facts, case.greeting, steps, findings, case.route, _score(steps, findings)
    )


def _done(known: Known, book: Book, heard: Sequence[Heard]) -> dict[str, Performed]:
    """Steps that were heard, by a cue or in unforeseen words."""
    done = performed(known, book, heard)
    return done | {
        step: Performed((item,), book.order[item.leg, item.start, item.end], _TOLD)
        for step, item in told(known, book, done, heard).items()
    }


def _route(
    known: Known, machine: Machine, book: Book, facts: Mapping[str, Fact], done: Mapping[str, Performed],
) -> Route:  # fmt: skip
    """The way of the call; a question whose answer was volunteered need not be waited for."""
    volunteered = {
        step.id
        for step in known.script.steps
        if step.field in book.given and step.kind is StepKind.ASK and step.volunteer
    }
    values = _values(known, book, facts)
    return route(machine, known.script, values, set(done), {*done, *volunteered})


def _values(known: Known, book: Book, facts: Mapping[str, Fact]) -> dict[str, str | None]:
    """What branches go by: the caller's values, and of free talk the topic that it named."""
    values = {f: fact.result.caller_value for f, fact in facts.items()}
    for field, given in book.given.items():
        if known.fields[field].kind is FieldKind.TOPIC:
            values[field] = next((name for _, name in given[-1].reading.parts), values[field])
    return values


def _score(steps: Sequence[StepResult], findings: Sequence[Finding]) -> float | None:
    open_ones = (StepVerdict.CANNOT_TELL, StepVerdict.NOT_APPLICABLE)
    if all(step.verdict in open_ones for step in steps):
        return None
    return max(0.0, 100.0 - sum(finding.points for finding in findings))
