"""What QA notes of a call: faults in steps, values and talk, each with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentbot.core.case import Case
from agentbot.core.events import CallStarted
from agentbot.core.fields import Fact
from agentbot.core.forbidden import forbidden
from agentbot.core.own_number import own_number
from agentbot.core.path import Walk
from agentbot.core.script import StepKind
from agentbot.core.talk import interruptions, shouting, silences
from agentbot.core.verdict import (
    FieldVerdict,
    Finding,
    FindingKind,
    Severity,
    StepResult,
    StepVerdict,
)

__all__ = ["find_faults"]


def find_faults(
    case: Case, started: CallStarted, steps: tuple[StepResult, ...],
    values: Mapping[str, str | None],
) -> tuple[Finding, ...]:  # fmt: skip
    """All findings in order of time; `values`: what branches and follow-ups go by."""
    script, heard, lang = case.known.script, case.heard, case.lang
    found = [finding for step in steps for finding in _of_step(case, step)]
    for field, fact in case.facts.items():
        found.extend(_of_field(case, field, fact))
    found.extend(_follow_ups(case, values))
    found.extend(forbidden(script.forbidden, heard, lang))
    found.extend(silences(heard, script.listening, case.ended, lang))
    found.extend(interruptions(heard, script.listening, lang))
    found.extend(own_number(case.known, started.greeter or started.seat, case.done, lang))
    found.extend(shouting(heard, script.listening, lang))
    found.extend(_slow_answer(case, started))
    return tuple(sorted(found, key=lambda finding: _order(finding, case.ended)))


def _order(finding: Finding, ended: float) -> tuple[float, str, str, str]:
    """What has no moment comes last."""
    at = ended if finding.at is None else finding.at
    return at, finding.kind, finding.step or "", finding.field or ""


def _finding(
    kind: FindingKind, at: float | None, severity: Severity, points: float, evidence: str, message: str,
    *, step: str | None = None, field: str | None = None,
) -> Finding:  # fmt: skip
    return Finding(
        kind=kind, step=step, field=field, at=at, severity=severity, points=points,
        evidence=evidence, message=message,
    )  # fmt: skip


def _of_step(case: Case, result: StepResult) -> Iterator[Finding]:
    step, rules = case.known.steps[result.step], case.known.script.listening
    heard, label = result.heard or "", step.label
    if result.verdict is StepVerdict.MISSED:
        yield _finding(
            FindingKind.MISSED_STEP, None, step.severity, step.points, result.reason,
            case.say("missed_step", label=label), step=step.id,
        )  # fmt: skip
    if result.verdict is StepVerdict.WRONG and step.kind is StepKind.GREETING:
        yield _finding(
            FindingKind.WRONG_GREETING, result.start, step.severity, step.points, heard,
            result.reason, step=step.id,
        )  # fmt: skip
    if result.out_of_order and not _follows_its_question(case, result):
        yield _finding(
            FindingKind.OUT_OF_ORDER, result.start, Severity.MINOR, rules.order_points, heard,
            case.say("out_of_order", label=label), step=step.id,
        )  # fmt: skip
    limit = step.deadline
    if result.late and limit and result.start is not None:
        since = 0.0 if limit.after == "answer" else case.done[limit.after].heard[-1].end
        seconds = round(result.start - since, 1)
        yield _finding(
            FindingKind.LATE, result.start, Severity.MINOR, rules.late_points, heard,
            case.say("late", label=label, seconds=seconds, within=limit.within), step=step.id,
        )  # fmt: skip


def _follows_its_question(case: Case, result: StepResult) -> bool:
    """A read-back right after its own early question is one fault, not two."""
    step = case.known.steps[result.step]
    return step.kind is StepKind.READ_BACK and case.question(step.field) is not None


def _of_field(case: Case, field: str, fact: Fact) -> Iterator[Finding]:
    result, script = fact.result, case.known.script
    of_field = (s for s in script.steps if s.field == field and s.kind is StepKind.READ_BACK)
    step = next(of_field, None)
    if step is None:
        return
    if result.verdict is FieldVerdict.MISMATCHED:
        at = result.readback_at.start if result.readback_at else None
        difference = result.difference.text if result.difference else ""
        yield _finding(
            FindingKind.READBACK_MISMATCH, at, Severity.CRITICAL, script.listening.mismatch_points,
            result.readback_value or "",
            case.say("readback_mismatch", label=result.label, difference=difference),
            step=step.id, field=field,
        )  # fmt: skip
    elif fact.slip:
        yield _finding(
            FindingKind.READBACK_SLIP, fact.slip.start, Severity.MINOR, script.listening.slip_points,
            fact.slip.reading.value, case.say("readback_slip", label=result.label),
            step=step.id, field=field,
        )  # fmt: skip


def _follow_ups(case: Case, values: Mapping[str, str | None]) -> Iterator[Finding]:
    """Answers that the house wants to be told of."""
    walk = Walk(values, set())
    for rule in case.known.script.follow_ups:
        if walk.holds(rule.when):
            result = case.facts[rule.when.field].result
            at = result.caller_at.start if result.caller_at else None
            yield _finding(
                FindingKind.FOLLOW_UP, at, rule.severity, rule.points, result.caller_value or "",
                case.say("follow_up", label=rule.label, value=result.caller_value),
                field=rule.when.field,
            )  # fmt: skip


def _slow_answer(case: Case, started: CallStarted) -> Iterator[Finding]:
    rules, rang = case.known.script.listening, started.ring_seconds
    limit = rules.answer_within
    if limit is not None and rang is not None and rang > limit:
        yield _finding(
            FindingKind.SLOW_ANSWER, 0.0, Severity.MINOR, rules.slow_answer_points, "",
            case.say("slow_answer", seconds=round(rang, 1), within=limit),
        )  # fmt: skip
