"""A step that was heard: whether it was done well, in its place and in time."""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.case import Case
from agentbot.core.fields import trust
from agentbot.core.performed import Performed, trusted
from agentbot.core.script import Step, StepKind
from agentbot.core.verdict import FieldVerdict, StepResult, StepVerdict

__all__ = ["done"]


def done(case: Case, index: int, base: StepResult, at: Performed) -> StepResult:
    """The verdict on the step at this position of the script, heard in these words."""
    step = case.known.script.steps[index]
    start, end = at.heard[0].start, at.heard[-1].end
    result = replace(
        base, verdict=StepVerdict.DONE, start=start, end=end, heard=at.words,
        confidence=round(at.confidence * (0.6 + 0.4 * trust(*at.heard)), 3),
        out_of_order=_early(case, index, step, at), late=_late(case, step, start),
    )  # fmt: skip
    if step.kind is StepKind.GREETING and case.greeting.variant_said != case.greeting.variant_due:
        return _greeting(case, result, at)
    if step.kind is StepKind.READ_BACK and step.field and step.field in case.book.repeated:
        return _read_back(case, step, result, at)
    if at.answered:
        return replace(result, reason=case.say("done_answered", field=case.label(step.field)))
    percent = round(100 * at.confidence)
    return replace(
        result, reason=case.say("done_cue", heard=at.words, cue=at.wording, percent=percent)
    )


def _greeting(case: Case, result: StepResult, at: Performed) -> StepResult:
    """Another greeting than the one due that day; none that is known may be the due one."""
    if case.greeting.variant_due and case.greeting.variant_said is None:
        return case.untold(result, "grey", heard=at.words)
    due = case.greeting.text_due or ""
    return replace(
        result,
        verdict=StepVerdict.WRONG,
        reason=case.say("wrong_greeting", due=due, said=at.words),
    )


def _read_back(case: Case, step: Step, result: StepResult, at: Performed) -> StepResult:
    fact = case.facts[step.field or ""].result
    label = case.label(step.field)
    if fact.verdict is FieldVerdict.MISMATCHED:
        difference = fact.difference.text if fact.difference else ""
        return replace(
            result, verdict=StepVerdict.WRONG, confidence=fact.confidence,
            reason=case.say("wrong_readback", field=label, difference=difference),
        )  # fmt: skip
    key = "done_untold" if fact.verdict is FieldVerdict.CANNOT_TELL else "done_readback"
    return replace(result, reason=case.say(key, field=label, heard=at.words))


def _early(case: Case, index: int, step: Step, at: Performed) -> bool:
    """Done before a step that the script puts earlier."""
    if step.any_time or _unsure_what(case, step, at):
        return False
    asked = case.question(step.field)
    if not at.plain and not (asked and asked.plain):
        return False
    before = [
        case.done[earlier.id]
        for earlier in case.known.script.steps[:index]
        if earlier.id in case.done and not earlier.any_time
    ]
    return any(other.plain and other.order > at.order for other in before)


def _unsure_what(case: Case, step: Step, at: Performed) -> bool:
    """Unsure words that may have done another step: no cue of it, or no value of it, was heard."""
    if all(trusted(item) for item in at.heard):
        return False
    if step.kind is not StepKind.READ_BACK:
        return at.wording == step.label
    field = step.field or ""
    asked = case.question(field)
    by_cue = asked and asked.order < at.order and asked.wording != case.known.ask[field].label
    return not by_cue and case.facts[field].result.verdict is FieldVerdict.CANNOT_TELL


def _late(case: Case, step: Step, start: float) -> bool:
    """Begun (seconds) later after its deadline's beginning than the script allows."""
    limit = step.deadline
    if limit is None:
        return False
    since = 0.0
    if limit.after != "answer":
        if limit.after not in case.done:
            return False
        since = case.done[limit.after].heard[-1].end
    # What was not heard in between may have been this step, in time.
    return start - since > limit.within and not case.gaps(since, start)
