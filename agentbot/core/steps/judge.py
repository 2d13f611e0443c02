"""Which question each step is put to: was it called for, how was it done, why is it absent?"""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.case import Case
from agentbot.core.events import Heard
from agentbot.core.script import Step, StepKind
from agentbot.core.steps.absent import absent
from agentbot.core.steps.done import done
from agentbot.core.unforeseen.told import perhaps_told
from agentbot.core.verdict import FieldVerdict, StepResult, StepVerdict

__all__ = ["judge_steps"]


def judge_steps(case: Case) -> tuple[StepResult, ...]:
    """All steps in the script's order."""
    otherwise = perhaps_told(
        case.known, case.book, case.done, case.heard, case.ended, frozenset(case.route.steps)
    )
    steps = case.known.script.steps
    return tuple(_judge(case, i, step, otherwise.get(step.id)) for i, step in enumerate(steps))


def _judge(case: Case, index: int, step: Step, otherwise: Heard | None) -> StepResult:
    """`otherwise`: words in which the operator may have told the step, and no cue knows."""
    base = StepResult(
        step=step.id, label=step.label, verdict=StepVerdict.NOT_APPLICABLE, confidence=1.0
    )
    if step.only_on and case.greeting.variant_due not in step.only_on:
        return replace(base, reason=case.say("not_due"))
    at, off = case.done.get(step.id), step.id not in frozenset(case.route.steps)
    # Thanks on parting are no closing where the call does not come by one.
    if at and not (off and step.id in case.known.closing):
        return done(case, index, base, at)
    if off:
        return replace(base, reason=case.say("not_on_path"))
    excuse = _excuse(case, step)
    if excuse:
        return replace(base, reason=excuse)
    if step.id in case.route.unsure:
        return case.untold(base, "branch_unknown")
    return absent(case, index, base, otherwise)


def _excuse(case: Case, step: Step) -> str:
    """Why a step that was not heard was not needed; empty: it was needed."""
    if not step.needed:
        return case.say("not_on_path")
    if (
        step.kind is StepKind.ASK
        and step.volunteer
        and (step.field in case.book.given or _read_back(case, step))
    ):
        return case.say("volunteered", field=case.label(step.field))
    back = step.field if step.kind is StepKind.READ_BACK else None
    if back and case.facts[back].result.verdict is FieldVerdict.NOT_APPLICABLE:
        refused = back in case.book.refused
        return case.say("refused" if refused else "not_given", field=case.label(back))
    return ""


def _read_back(case: Case, question: Step) -> bool:
    """Whether the value that a question is for was read back: then it had been given."""
    return any(
        step.id in case.done
        for step in case.known.script.steps
        if step.kind is StepKind.READ_BACK and step.field == question.field
    )
