"""What a script may say and its author will hardly have meant; calls are judged all the same."""

from __future__ import annotations

from collections.abc import Iterator

from agentbot.authoring.problems import Place, Problems
from agentbot.authoring.script_form import ConditionForm, ScriptForm, StepForm
from agentbot.authoring.script_routes import reached, ways
from agentbot.authoring.wording_advice import advise_on_wordings
from agentbot.core.phonetic import normal

__all__ = ["advise_on"]


def advise_on(form: ScriptForm, advice: Problems) -> None:
    """Note doubtful things in a form that `check_form` found nothing wrong with."""
    _cues(form, advice)
    _order(form, advice)
    _idle_fields(form, advice)
    advise_on_wordings(form, advice)


def _cues(form: ScriptForm, advice: Problems) -> None:
    owner: dict[str, str] = {}
    for position, step in enumerate(form.steps):
        for at, text in _wordings(step, position):
            plain = normal(text)
            first = owner.setdefault(plain, step.id)
            if first != step.id:
                advice.add(
                    at,
                    f"`{text}` is a cue of step `{first}` too, so it tells neither",
                    "keep it at one of them, or say what each is about",
                )
            if len(plain) == 1:
                advice.add(
                    at,
                    f"the cue `{text}` is one character, which stands in much of what is said",
                    "write more of the wording, or `words:` with a second group",
                )


def _wordings(step: StepForm, position: int) -> Iterator[tuple[Place, str]]:
    if step.say is not None and step.read_back is None and "{" not in step.say:
        yield ("steps", position, "say"), step.say
    for number, cue in enumerate(step.cues):
        if cue.text is not None:
            yield ("steps", position, "cues", number), cue.text


def _order(form: ScriptForm, advice: Problems) -> None:
    leads = ways(form.steps)
    asking = {step.ask: step.id for step in form.steps if step.ask is not None}
    for position, step in enumerate(form.steps):
        ask = asking.get(step.read_back or "")
        if ask is not None and ask in reached(step.id, leads):
            advice.add(
                ("steps", position, "read_back"),
                f"step `{step.id}` reads `{step.read_back}` back before step `{ask}` asks for it",
                f"move `{step.id}` behind `{ask}`",
            )


def _idle_fields(form: ScriptForm, advice: Problems) -> None:
    used = {name for step in form.steps for name in (step.ask, step.read_back)}
    used |= {when.field for when in _conditions(form)}
    for name in form.fields:
        if name not in used:
            advice.add(
                ("fields", name),
                f"field `{name}` is never asked for, read back or decided by",
                "give a step `ask:` or `read_back:` with it, or remove it",
            )


def _conditions(form: ScriptForm) -> Iterator[ConditionForm]:
    yield from (branch.when for step in form.steps for branch in step.next or [] if branch.when)
    yield from (follow.when for follow in form.follow_ups)
