"""From everything heard to the verdict: the one place where a call is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transitions import Machine

from agentbot.core.events import AudioLost, CallStarted, Heard, Rescored
from agentbot.core.fields import Fact, judge_fields
from agentbot.core.greeting import greeting_said
from agentbot.core.ledger import Book, Known, follow
from agentbot.core.own_number import own_number
from agentbot.core.path import Route, Walk, route
from agentbot.core.performed import Performed, performed
from agentbot.core.perhaps_given import perhaps_given
from agentbot.core.phrasing import phrased
from agentbot.core.sought import Looks
from agentbot.core.steps import judge_steps
from agentbot.core.talk import forbidden, interruptions, shouting, silences
from agentbot.core.torn import torn
from agentbot.core.understood import perhaps_answered, understood
from agentbot.core.unforeseen import told
from agentbot.core.verdict import (
    FieldVerdict,
    Finding,
    FindingKind,
    GreetingResult,
    Severity,
    StepResult,
    StepVerdict,
)
from agentbot.core.wording import say

__all__ = ["Judgement", "judge"]

_TOLD = 0.7
"""How surely a step was told in unforeseen words that speak of the same things."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that can be said of a call at one moment."""

    book: Book
    facts: dict[str, Fact]
    greeting: GreetingResult
    steps: tuple[StepResult, ...]
    findings: tuple[Finding, ...]
    route: Route
    score: float | None


def judge(
    known: Known, machine: Machine, started: CallStarted, heard: Sequence[Heard],
    lost: Sequence[AudioLost], rescored: Mapping[str, Rescored], looks: Looks, ended: float, lang: str,
) -> Judgement:  # fmt: skip
    """Judge what was heard until `ended` (seconds)."""
    script = known.script
    heard = [phrased(item) for item in heard]
    book = follow(known, heard)
    facts = torn(judge_fields(known, book, rescored, lang), lost, lang)
    facts = perhaps_given(known, book, facts, heard, lost, lang)
    done = performed(known, book, heard)
    done |= {
        step: Performed((item,), book.order[item.leg, item.start, item.end], _TOLD)
        for step, item in told(known, book, done, heard).items()
    }
    greeting_step = next((s.id for s in script.steps if s.kind == "greeting"), None)
    ordered = sorted(heard, key=lambda h: (h.start, h.end))
    greeting = greeting_said(started.greeting, done.get(greeting_step or ""), ordered)
    facts = understood(known, facts, done.keys(), lang)
    values = _values(known, book, facts)
    settled = {
        *done,
        *(s.id for s in script.steps if s.field in book.given and s.kind == "ask" and s.volunteer),
    }
    way = route(machine, script, values, set(done), settled)
    steps = judge_steps(known, book, facts, way, done, greeting, ordered, lost, looks, ended, lang)
    facts = perhaps_answered(known, facts, steps, lang)
    findings = _findings(known, started, book, facts, done, steps, ordered, ended, lang)
    judged = any(
        s.verdict not in (StepVerdict.CANNOT_TELL, StepVerdict.NOT_APPLICABLE) for s in steps
    )
    score = max(0.0, 100.0 - sum(f.points for f in findings)) if judged else None
    return Judgement(book, facts, greeting, steps, findings, way, score)


def _findings(
    known: Known, started: CallStarted, book: Book, facts: Mapping[str, Fact], done: Mapping[str, Performed],
    steps: tuple[StepResult, ...], heard: Sequence[Heard], ended: float, lang: str,
) -> tuple[Finding, ...]:  # fmt: skip
    rules = known.script.listening
    found = [f for s in steps for f in _of_step(known, s, done, lang)]
    for field, fact in facts.items():
        found.extend(_of_field(known, field, fact, lang))
    found.extend(_follow_ups(known, book, facts, lang))
    found.extend(forbidden(known.script.forbidden, heard, lang))
    found.extend(silences(heard, rules, ended, lang))
    found.extend(interruptions(heard, rules, lang))
    found.extend(own_number(known, started.greeter or started.seat, done, lang))
    found.extend(shouting(heard, rules, lang))
    limit, rang = rules.answer_within, started.ring_seconds
    if limit is not None and rang is not None and rang > limit:
        found.append(
            _finding(
                FindingKind.SLOW_ANSWER, 0.0, Severity.MINOR, rules.slow_answer_points, "",
                say("slow_answer", lang, seconds=round(rang, 1), within=limit),
            )
        )  # fmt: skip
    return tuple(
        sorted(
            found,
            key=lambda f: (ended if f.at is None else f.at, f.kind, f.step or "", f.field or ""),
        )
    )


def _finding(
    kind: FindingKind, at: float | None, severity: Severity, points: float, evidence: str, message: str,
    *, step: str | None = None, field: str | None = None,
) -> Finding:  # fmt: skip
    return Finding(
        kind=kind,
        step=step,
        field=field,
        at=at,
        severity=severity,
        points=points,
        evidence=evidence,
        message=message,
    )


def _of_step(
    known: Known, result: StepResult, done: Mapping[str, Performed], lang: str
) -> list[Finding]:
    step = next(s for s in known.script.steps if s.id == result.step)
    rules = known.script.listening
    found: list[Finding] = []
    heard = result.heard or ""
    if result.verdict is StepVerdict.MISSED:
        found.append(
            _finding(FindingKind.MISSED_STEP, None, step.severity, step.points, result.reason,
                     say("missed_step", lang, label=step.label), step=step.id)
        )  # fmt: skip
    if result.verdict is StepVerdict.WRONG and step.kind == "greeting":
        found.append(
            _finding(
                FindingKind.WRONG_GREETING,
                result.start,
                step.severity,
                step.points,
                heard,
                result.reason,
                step=step.id,
            )
        )
    if result.out_of_order and not _follows_its_question(known, result, done):
        found.append(
            _finding(FindingKind.OUT_OF_ORDER, result.start, Severity.MINOR, rules.order_points, heard,
                     say("out_of_order", lang, label=step.label), step=step.id)
        )  # fmt: skip
    if result.late and step.deadline and result.start is not None:
        since = 0.0 if step.deadline.after == "answer" else done[step.deadline.after].heard[-1].end
        found.append(
            _finding(FindingKind.LATE, result.start, Severity.MINOR, rules.late_points, heard,
                     say("late", lang, label=step.label, seconds=round(result.start - since, 1), within=step.deadline.within),
                     step=step.id)
        )  # fmt: skip
    return found


def _follows_its_question(known: Known, result: StepResult, done: Mapping[str, Performed]) -> bool:
    """A read-back right after its own early question is one fault, not two."""
    step = next(s for s in known.script.steps if s.id == result.step)
    ask = known.ask.get(step.field or "")
    return step.kind == "read_back" and ask is not None and ask.id in done


def _of_field(known: Known, field: str, fact: Fact, lang: str) -> list[Finding]:
    result, rules = fact.result, known.script.listening
    step = next((s for s in known.script.steps if s.field == field and s.kind == "read_back"), None)
    if step is None:
        return []
    at = result.readback_at.start if result.readback_at else None
    if result.verdict is FieldVerdict.MISMATCHED:
        difference = result.difference.text if result.difference else ""
        return [
            _finding(FindingKind.READBACK_MISMATCH, at, Severity.CRITICAL, rules.mismatch_points, result.readback_value or "",
                     say("readback_mismatch", lang, label=result.label, difference=difference), step=step.id, field=field)
        ]  # fmt: skip
    if fact.slip:
        return [
            _finding(FindingKind.READBACK_SLIP, fact.slip.start, Severity.MINOR, rules.slip_points, fact.slip.reading.value,
                     say("readback_slip", lang, label=result.label), step=step.id, field=field)
        ]  # fmt: skip
    return []


def _values(known: Known, book: Book, facts: Mapping[str, Fact]) -> dict[str, str | None]:
    """What branches go by: the caller's values, and of free talk the topic that it named."""
    values = {f: fact.result.caller_value for f, fact in facts.items()}
    for field, given in book.given.items():
        if known.fields[field].kind == "topic":
            values[field] = next((name for _, name in given[-1].reading.parts), values[field])
    return values


def _follow_ups(known: Known, book: Book, facts: Mapping[str, Fact], lang: str) -> list[Finding]:
    walk = Walk(_values(known, book, facts), set())
    found = []
    for rule in known.script.follow_ups:
        if walk.holds(rule.when):
            result = facts[rule.when.field].result
            at = result.caller_at.start if result.caller_at else None
            found.append(
                _finding(FindingKind.FOLLOW_UP, at, rule.severity, rule.points, result.caller_value or "",
                         say("follow_up", lang, label=rule.label, value=result.caller_value), field=rule.when.field)
            )  # fmt: skip
    return found
