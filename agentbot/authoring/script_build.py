"""A checked form, made the engine's script."""

from __future__ import annotations

import re
from typing import Any

from agentbot.authoring.script_form import (
    ConditionForm,
    FieldForm,
    ListeningForm,
    ScriptForm,
    StepForm,
)
from agentbot.core.script import (
    Branch,
    Choice,
    Condition,
    Cue,
    Deadline,
    Direction,
    Field,
    FieldKind,
    FollowUp,
    Forbidden,
    HandOver,
    Listening,
    Script,
    Step,
    StepKind,
)
from agentbot.core.verdict import Severity

__all__ = ["build"]

_PLACE = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")
"""A place, however spaced; the core knows only `{{ name }}`."""


def build(form: ScriptForm) -> Script:
    """The script of a form that `check_form` found nothing wrong with."""
    return Script(
        id=form.script,
        title=form.title,
        direction=Direction(form.direction),
        steps=tuple(_step(step) for step in form.steps),
        fields=tuple(_field(name, field) for name, field in form.fields.items()),
        forbidden=tuple(
            Forbidden(
                id=phrase.id,
                label=phrase.label,
                phrases=tuple(phrase.phrases),
                unless=tuple(phrase.unless),
                severity=Severity(phrase.severity),
                points=phrase.points,
            )
            for phrase in form.forbidden
        ),
        follow_ups=tuple(
            FollowUp(
                id=follow.id,
                label=follow.label,
                when=_condition(follow.when),
                severity=Severity(follow.severity),
                points=follow.points,
            )
            for follow in form.follow_ups
        ),
        greeting=next((step.greet for step in form.steps if step.greet), None),
        hot_words=tuple(form.hot_words),
        listening=_listening(form.listening),
        transfer=HandOver(form.transfer),
    )


def _listening(form: ListeningForm) -> Listening:
    told = form.model_dump()
    return Listening(**{**told, "shouting_severity": Severity(form.shouting_severity)})


def _step(step: StepForm) -> Step:
    kind, field = StepKind.SAY, None
    if step.greet is not None:
        kind = StepKind.GREETING
    elif step.ask is not None:
        kind, field = StepKind.ASK, step.ask
    elif step.read_back is not None:
        kind, field = StepKind.READ_BACK, step.read_back
    return Step(
        id=step.id,
        kind=kind,
        label=step.label,
        say=_PLACE.sub(r"{{ \1 }}", step.say or ""),
        cues=_cues(step, kind),
        field=field,
        next=tuple(
            Branch(goto=branch.goto, when=_condition(branch.when) if branch.when else None)
            for branch in step.next or ()
        ),
        needed=step.needed,
        volunteer=step.volunteer is not False,
        any_time=step.any_time,
        only_on=tuple(step.only_on or ()),
        deadline=Deadline(within=step.deadline.within, after=step.deadline.after)
        if step.deadline
        else None,
        severity=Severity(step.severity),
        points=step.points,
    )


def _cues(step: StepForm, kind: StepKind) -> tuple[Cue, ...]:
    """The cues, led by the house's own words: who says just those has done the step.

    Not for a read-back, where the value decides, nor for words with a place to fill.
    """
    cues = [
        Cue(text=cue.text or "", words=tuple(tuple(group) for group in cue.words or ()))
        for cue in step.cues
    ]
    own = Cue(text=step.say or "")
    if kind in {StepKind.SAY, StepKind.ASK} and "{" not in own.text and own not in cues:
        cues.insert(0, own)
    return tuple(cues)


def _condition(when: ConditionForm) -> Condition:
    return Condition(
        field=when.field,
        is_in=tuple(when.is_in or ()),
        at_most=when.at_most,
        at_least=when.at_least,
    )


def _field(name: str, field: FieldForm) -> Field:
    told = field.model_dump(exclude={"kind", "label", "answers", "topics"})
    options: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in told.items()
    }
    phrases = getattr(field, "answers", None) or getattr(field, "topics", None) or {}
    return Field(
        id=name,
        label=field.label,
        kind=FieldKind(field.kind),
        choices=tuple(Choice(value=value, phrases=tuple(said)) for value, said in phrases.items()),
        **options,
    )
