"""What a script's form cannot say: that everything named exists and can happen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from agentbot.authoring.problems import Place, Problems, nearest
from agentbot.authoring.script_form import (
    ChoiceForm,
    ConditionForm,
    CueForm,
    ForbiddenForm,
    NumberForm,
    ScriptForm,
    StepForm,
    TopicForm,
)
from agentbot.authoring.script_routes import END, check_routes
from agentbot.authoring.templates import template_problems

__all__ = ["ANSWER", "SEAT", "check_form"]

ANSWER = "answer"
"""What a deadline may count from besides a step."""
SEAT = "seat"
"""The place in a wording for the operator's number."""
_PAIRS = tuple(tuple(pair) for pair in ("「」", "『』", "“”", "（）", "()", "《》", "【】"))


def check_form(
    form: ScriptForm, greetings: Mapping[str, Collection[str]], problems: Problems
) -> None:
    """Note everything in `form` that names what is not there, or can never happen.

    `greetings` maps each greeting set to its variants (empty: the set's own file is broken).
    """
    _no_doubles([step.id for step in form.steps], "steps", problems)
    _no_doubles([phrase.id for phrase in form.forbidden], "forbidden", problems)
    _no_doubles([follow.id for follow in form.follow_ups], "follow_ups", problems)
    sets = [step.greet for step in form.steps if step.greet is not None]
    for position, step in enumerate(form.steps):
        _check_step(form, position, step, problems)
        _check_greeting(position, step, sets, greetings, problems)
        for number, branch in enumerate(step.next or []):
            if branch.when:
                at = ("steps", position, "next", number, "when")
                _check_condition(form, branch.when, at, problems)
    for name in form.fields:
        _check_field(form, name, problems)
    for position, phrase in enumerate(form.forbidden):
        _check_forbidden(position, phrase, problems)
    for position, follow in enumerate(form.follow_ups):
        _check_condition(form, follow.when, ("follow_ups", position, "when"), problems)
    check_routes(form.steps, problems)


def _no_doubles(ids: Sequence[str], where: str, problems: Problems) -> None:
    for position, name in enumerate(ids):
        if name in ids[:position]:
            problems.add((where, position, "id"), f"`{name}` is used twice", "give each its own id")


def _check_step(form: ScriptForm, position: int, step: StepForm, problems: Problems) -> None:
    at: Place = ("steps", position)
    if step.id in {END, ANSWER}:
        problems.add((*at, "id"), f"`{step.id}` has a meaning of its own", "choose another id")
    _check_kind(step, at, problems)
    for name in ("ask", "read_back"):
        field = getattr(step, name)
        if field is not None and field not in form.fields:
            mend = nearest(field, list(form.fields), "describe it under `fields:`")
            problems.add((*at, name), f"step `{step.id}` names the unknown field `{field}`", mend)
    if step.volunteer is not None and step.ask is None:
        problems.add(
            (*at, "volunteer"), f"`volunteer` on step `{step.id}`, which asks nothing", "remove it"
        )
    if step.read_back is None and not step.cues:
        problems.add(
            at,
            f"step `{step.id}` has no cues, so it could never be recognised",
            "add `cues:` with several ways to say it",
        )
    for number, cue in enumerate(step.cues):
        _check_cue(cue, (*at, "cues", number), problems)
    for problem, mend in template_problems(step.say or "", [SEAT, *form.fields]):
        problems.add((*at, "say"), problem, mend)
    _check_deadline(form, position, step, problems)


def _check_kind(step: StepForm, at: Place, problems: Problems) -> None:
    kinds = [name for name in ("greet", "ask", "read_back") if getattr(step, name) is not None]
    if len(kinds) > 1:
        problems.add(
            (*at, kinds[1]), f"step `{step.id}` is both {kinds[0]} and {kinds[1]}", "make two steps"
        )
    if kinds == ["greet"] and step.say is not None:
        problems.add(
            (*at, "say"), f"step `{step.id}` has its words in the greeting set", "remove `say`"
        )
    if kinds != ["greet"] and step.say is None:
        problems.add(at, f"step `{step.id}` has no words", "add `say:` with what should be said")


def _check_cue(cue: CueForm, at: Place, problems: Problems) -> None:
    if (cue.text is None) == (cue.words is None):
        problems.add(at, "a cue is a wording or `words:`, one of the two", "make two cues of it")
    for text in [cue.text or "", *(word for group in cue.words or [] for word in group)]:
        if "{" in text or "}" in text:
            problems.add(
                at,
                f"the cue `{text}` has a place to fill",
                "write only what is always said, or `words:`",
            )


def _check_deadline(form: ScriptForm, position: int, step: StepForm, problems: Problems) -> None:
    if step.deadline is None:
        return
    after, at = step.deadline.after, ("steps", position, "deadline", "after")
    known = [ANSWER, *(other.id for other in form.steps if other.id != step.id)]
    if after == step.id:
        problems.add(at, f"step `{after}` has a deadline after itself", "name another step")
    elif after not in known:
        mend = nearest(after, known, "use `answer` or a step id")
        problems.add(at, f"the deadline is after `{after}`, which is no step", mend)


def _check_greeting(
    position: int,
    step: StepForm,
    sets: Sequence[str],
    greetings: Mapping[str, Collection[str]],
    problems: Problems,
) -> None:
    at: Place = ("steps", position)
    if step.greet is not None:
        if len(sets) > 1:
            problems.add((*at, "greet"), "more than one step greets", "use `say` for the others")
        if step.greet not in greetings:
            mend = nearest(step.greet, list(greetings), "write greetings/… first")
            problems.add((*at, "greet"), f"unknown greeting set `{step.greet}`", mend)
    for variant in step.only_on or []:
        if not sets:
            problems.add(
                (*at, "only_on"),
                f"step `{step.id}` depends on the greeting of the day, and no step greets",
                "add a step with `greet:`, or remove `only_on`",
            )
            return
        known = list(greetings.get(sets[0], ()))
        if known and variant not in known:
            problems.add(
                (*at, "only_on"),
                f"greeting set `{sets[0]}` has no variant `{variant}`",
                nearest(variant, known, "see its file"),
            )


def _check_condition(
    form: ScriptForm, condition: ConditionForm, at: Place, problems: Problems
) -> None:
    field = form.fields.get(condition.field)
    if field is None:
        mend = nearest(condition.field, list(form.fields), "describe it under `fields:`")
        problems.add((*at, "field"), f"unknown field `{condition.field}` in `when`", mend)
        return
    bounds = condition.at_most is not None or condition.at_least is not None
    if condition.is_in is None and not bounds:
        problems.add(at, "`when` compares nothing", "add `is:`, `at_most:` or `at_least:`")
    if bounds and not isinstance(field, NumberForm):
        problems.add(at, f"`{condition.field}` is no number", "use `is:` with its answers")
    if (
        condition.at_most is not None
        and condition.at_least is not None
        and condition.at_least > condition.at_most
    ):
        problems.add(at, "no number is that large and that small", "exchange at_least and at_most")
    if condition.is_in is None:
        return
    if isinstance(field, ChoiceForm | TopicForm):
        values = list(field.answers if isinstance(field, ChoiceForm) else field.topics)
        for value in condition.is_in:
            if value not in values:
                problems.add(
                    (*at, "is"),
                    f"`{value}` is no answer of field `{condition.field}`",
                    f"its answers are {', '.join(values)}",
                )
    else:
        mend = "use `at_most:` or `at_least:`" if isinstance(field, NumberForm) else "ask a choice"
        problems.add((*at, "is"), f"`{condition.field}` has no fixed answers", mend)


def _check_field(form: ScriptForm, name: str, problems: Problems) -> None:
    field = form.fields[name]
    at: Place = ("fields", name)
    if name == SEAT:
        problems.add(at, "`seat` is the operator's number", "choose another id")
    if isinstance(field, NumberForm):
        low, high = field.minimum, field.maximum
        if low is not None and high is not None and low > high:
            problems.add((*at, "minimum"), "the minimum is above the maximum", "exchange the two")
    if isinstance(field, ChoiceForm | TopicForm):
        key = "answers" if isinstance(field, ChoiceForm) else "topics"
        owner: dict[str, str] = {}
        for value, phrases in getattr(field, key).items():
            for number, phrase in enumerate(phrases):
                other = owner.setdefault(phrase, value)
                if other != value:
                    problems.add(
                        (*at, key, value, number),
                        f"`{phrase}` means both `{other}` and `{value}`",
                        "keep it under one of them",
                    )


def _check_forbidden(position: int, forbidden: ForbiddenForm, problems: Problems) -> None:
    at: Place = ("forbidden", position)
    for number, phrase in enumerate(forbidden.phrases):
        if "…" in phrase or "..." in phrase:
            problems.add(
                (*at, "phrases", number),
                f"`{phrase}`: … has a meaning only under `unless`",
                "write the words themselves",
            )
    for number, around in enumerate(forbidden.unless):
        here = (*at, "unless", number)
        if "..." in around:
            problems.add(here, f"`{around}` has three dots", "write … (one character)")
        if around.startswith("…") or around.endswith("…"):
            problems.add(
                here, f"`{around}` is open at one side", "… stands between words: 您知道…吗"
            )
        for opening, closing in _PAIRS:
            if around.count(opening) != around.count(closing):
                problems.add(here, f"`{around}`: {opening} without {closing}", "write both or none")
        for phrase in forbidden.phrases:
            if around in phrase:
                problems.add(
                    here,
                    f"`{around}` excuses `{phrase}` always",
                    "write more of the words around it",
                )
