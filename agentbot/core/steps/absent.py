"""A step that was not heard: missed, or only told in words that nobody understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agentbot.core.case import Case
from agentbot.core.events import Heard, Leg
from agentbot.core.performed import trusted
from agentbot.core.readback.echoes import Echo, echo
from agentbot.core.script import Step, StepKind
from agentbot.core.steps.hidden import hidden
from agentbot.core.unforeseen.read_back import perhaps_read_back
from agentbot.core.verdict import FieldVerdict, StepResult, StepVerdict
from agentbot.core.volunteered import garbled_value, summed_up

__all__ = ["absent"]

_SURE = 0.9
"""Strength of a value that is one whatever was asked."""


def absent(case: Case, index: int, base: StepResult, otherwise: Heard | None) -> StepResult:
    """The verdict on the step at this position of the script, which no words are known to have done.

    `otherwise`: words where it was due that nothing explains, and that may have been it.
    """
    step = case.known.script.steps[index]
    spoke = [item for item in case.heard if item.leg is Leg.OPERATOR]
    if not spoke:
        return case.untold(base, "no_audio")
    if step.kind is StepKind.READ_BACK and step.field:
        if not all(trusted(item) for item in spoke):
            return _not_echoed(case, index, step.field, base)
        return hidden(case, index, base) or _not_repeated(case, step.field, base)
    covered = hidden(case, index, base)
    if covered:
        return covered
    if otherwise:
        return case.untold(base, "otherwise", heard=otherwise.text)
    return _volunteered(case, step, base) or _missed(case, base, "missed")


def _not_echoed(case: Case, index: int, field: str, base: StepResult) -> StepResult:
    """A read-back not heard in recognised speech: missed only if the next step came at once."""
    after = echo(case.known, case.book, field, case.heard)
    if after is None or after.echo is not Echo.NONE or case.gaps(*case.place(index)):
        said = "，".join(item.text for item in after.heard) if after else ""
        if said:
            return case.untold(base, "grey", heard=said)
        return case.untold(base, "field_replied")
    if not _surely_given(case, field):
        return case.untold(base, "field_replied")
    later = summed_up(case.known, field, case.heard)
    if later:
        return case.untold(base, "grey", heard=later.text)
    return _missed(case, base, "missed_next")


def _surely_given(case: Case, field: str) -> bool:
    """Whether the value was asked for by a cue, or is one whatever was asked."""
    if field not in case.known.ask:
        return True
    asked, given = case.question(field), case.book.given.get(field, [])
    by_cue = asked is not None and not asked.answered
    return by_cue or any(first.reading.strength >= _SURE for first in given[:1])


def _not_repeated(case: Case, field: str, base: StepResult) -> StepResult:
    """A read-back that is not in a transcript whose words are certain."""
    fact = case.facts[field].result
    if fact.verdict is FieldVerdict.CANNOT_TELL:
        return case.untold(base, "field_replied")
    if fact.verdict is FieldVerdict.NOT_READ_BACK:
        perhaps = perhaps_read_back(case.known, case.book, field, case.done, case.heard)
        if perhaps:
            return case.untold(base, "otherwise", heard=perhaps.text)
        return _missed(case, base, "missed_readback", field=fact.label, value=fact.caller_value)
    return _missed(case, base, "missed")


def _volunteered(case: Case, step: Step, base: StepResult) -> StepResult | None:
    """A question that the caller's garbled words may have made needless."""
    if step.kind is not StepKind.ASK or not step.volunteer or not step.field:
        return None
    if step.field in case.book.given:
        return None
    told = garbled_value(case.known, case.book, step.field, case.heard)
    return case.untold(base, "perhaps_volunteered", heard=told.text) if told else None


def _missed(case: Case, base: StepResult, key: str, **values: object) -> StepResult:
    return replace(
        base,
        verdict=StepVerdict.MISSED,
        confidence=_certainty(case.heard),
        reason=case.say(key, **values),
    )


def _certainty(heard: Sequence[Heard]) -> float:
    """How surely the operator's words were recognised on the whole, 0..1."""
    known = [h.confidence for h in heard if h.leg is Leg.OPERATOR and h.confidence is not None]
    return round(sum(known) / len(known), 3) if known else 1.0
