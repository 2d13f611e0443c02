"""How a script file is written: the exact shape, key by key (docs/scripts.md tells it to people)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from agentbot.authoring.form import ArgumentName, Form, Id, OneOrMany, Phrase, Text

__all__ = [
    "BranchForm",
    "ChoiceForm",
    "ConditionForm",
    "CueForm",
    "DeadlineForm",
    "FieldForm",
    "FollowUpForm",
    "ForbiddenForm",
    "ListeningForm",
    "NumberForm",
    "PhoneForm",
    "ScriptForm",
    "StepForm",
    "TopicForm",
]

Points = Annotated[float, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(gt=0, le=3600)]
SeverityWord = Literal["critical", "major", "minor", "info"]
Phrases = Annotated[list[Phrase], Field(min_length=1)]
Answers = Annotated[dict[Text, Phrases], Field(min_length=1)]


class PhoneForm(Form):
    kind: Literal["phone"]
    label: Text
    digits: Annotated[list[Annotated[int, Field(ge=3, le=20)]], Field(min_length=1)] = Field(
        default_factory=lambda: [7, 8, 11]
    )


class NumberForm(Form):
    kind: Literal["number"]
    label: Text
    minimum: int | None = None
    maximum: int | None = None
    unit: OneOrMany = Field(default_factory=list)


class AddressForm(Form):
    kind: Literal["address"]
    label: Text
    known: list[Phrase] = Field(default_factory=list)


class NameForm(Form):
    kind: Literal["name"]
    label: Text


class TopicForm(Form):
    kind: Literal["topic"]
    label: Text
    topics: Answers


class ChoiceForm(Form):
    kind: Literal["choice"]
    label: Text
    answers: Answers


class TimeForm(Form):
    kind: Literal["time"]
    label: Text


FieldForm = Annotated[
    PhoneForm | NumberForm | AddressForm | NameForm | TopicForm | ChoiceForm | TimeForm,
    Field(discriminator="kind"),
]


class CueForm(Form):
    """A wording, or `words:` with groups of which each must be heard."""

    text: Phrase | None = None
    words: Annotated[list[Phrases], Field(min_length=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_wording(cls, value: Any) -> Any:
        # A bare number belongs in quotes; as a wording it is told so.
        return {"text": value} if isinstance(value, str | bool | int | float) else value


class ConditionForm(Form):
    field: str
    is_in: Annotated[OneOrMany | None, Field(alias="is", min_length=1)] = None
    at_most: float | None = None
    at_least: float | None = None


class BranchForm(Form):
    goto: str
    when: ConditionForm | None = None


class DeadlineForm(Form):
    within: Seconds
    after: str = "answer"


class StepForm(Form):
    """A step; exactly one of `greet`, `ask`, `read_back`, or `say` alone."""

    id: Id
    label: Text
    greet: str | None = None
    ask: str | None = None
    read_back: str | None = None
    say: Text | None = None
    cues: list[CueForm] = Field(default_factory=list)
    next: Annotated[list[BranchForm], Field(min_length=1)] | None = None
    needed: bool = True
    volunteer: bool | None = None
    any_time: bool = False
    only_on: Annotated[OneOrMany, Field(min_length=1)] | None = None
    deadline: DeadlineForm | None = None
    severity: SeverityWord = "major"
    points: Points = 10.0

    @model_validator(mode="before")
    @classmethod
    def _plain_next(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("next"), str):
            return {**value, "next": [{"goto": value["next"]}]}
        return value


class ForbiddenForm(Form):
    id: Id
    label: Text
    phrases: Phrases
    unless: list[Phrase] = Field(default_factory=list)
    severity: SeverityWord = "major"
    points: Points = 10.0


class FollowUpForm(Form):
    id: Id
    label: Text
    when: ConditionForm
    severity: SeverityWord = "info"
    points: Points = 0.0


class ListeningForm(Form):
    """Names and defaults are those of `core.script.Listening`."""

    long_silence: Seconds = 15.0
    interruption: Seconds = 1.5
    answer_within: Seconds | None = None
    shouting: Annotated[float, Field(ge=3, le=60)] = 10.0
    shouting_severity: SeverityWord = "major"
    shouting_points: Points = 10.0
    silence_points: Points = 2.0
    interruption_points: Points = 2.0
    slow_answer_points: Points = 5.0
    order_points: Points = 2.0
    late_points: Points = 2.0
    slip_points: Points = 1.0
    wording_points: Points = 2.0
    mismatch_points: Points = 20.0


class ScriptForm(Form):
    script: Id
    title: Text
    direction: Literal["inbound", "outbound"]
    steps: Annotated[list[StepForm], Field(min_length=1, max_length=200)]
    fields: dict[ArgumentName, FieldForm] = Field(default_factory=dict)
    forbidden: list[ForbiddenForm] = Field(default_factory=list)
    follow_ups: list[FollowUpForm] = Field(default_factory=list)
    hot_words: list[Phrase] = Field(default_factory=list)
    listening: ListeningForm = ListeningForm()
    transfer: Literal["continue", "restart", "greet"] = "continue"
