"""Answers told by what the operator did next.

`我这会儿开着车呢` is in no list of answers, but the operator who goes on with `那您什么时候有空`
took it for a no, and that step is come by on no other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from agentbot.core.fields import Fact
from agentbot.core.known import Known
from agentbot.core.path import branches, reachable
from agentbot.core.script import Branch, FieldKind, StepKind
from agentbot.core.verdict import FieldVerdict, StepResult, StepVerdict
from agentbot.core.wording import say

__all__ = ["perhaps_answered", "understood"]

_SURENESS = 0.6


def understood(
    known: Known, facts: Mapping[str, Fact], done: AbstractSet[str], lang: str
) -> dict[str, Fact]:
    """The facts with answers not understood by us, where the way taken tells them."""
    found = dict(facts)
    script = known.script
    for index, step in enumerate(script.steps):
        fact = facts.get(step.field or "")
        if fact is None or fact.result.verdict is not FieldVerdict.CANNOT_TELL:
            continue
        ways = branches(script, index)
        reach = [reachable(script, way.goto) for way in ways]
        for way, steps in zip(ways, reach, strict=True):
            others = frozenset[str]().union(*(r for r in reach if r is not steps))
            told = _told(known, step.field or "", way, ways)
            own = (steps - others) & done
            if way.when is None:
                # Leave is taken on any way, and in words of its own: only questions tell this one.
                asked = frozenset(s for s in own if known.steps[s].kind is StepKind.ASK)
                own = frozenset() if (others - steps) & done else asked
            if told and own:
                result = replace(
                    fact.result, caller_value=told, verdict=FieldVerdict.ANSWERED,
                    confidence=_SURENESS, reason=say("answer_followed", lang),
                )  # fmt: skip
                found[step.field or ""] = replace(fact, result=result)
    return found


def _told(known: Known, field: str, way: Branch, ways: Sequence[Branch]) -> str | None:
    """The one answer that leads this way; None: another may as well."""
    closed = known.fields.get(field)
    if closed is None or closed.kind is not FieldKind.CHOICE:
        return None
    if any(w.when is not None and w.when.field != field for w in ways):
        return None
    answers = set(way.when.is_in) if way.when else {c.value for c in closed.choices}
    if way.when is None:
        # What no other way asks for goes on by the last one.
        answers -= {value for w in ways if w.when for value in w.when.is_in}
    return answers.pop() if len(answers) == 1 else None


def perhaps_answered(
    known: Known, facts: Mapping[str, Fact], steps: Iterable[StepResult], lang: str
) -> dict[str, Fact]:
    """The facts; where it cannot be told whether something was asked, nor can its answer."""
    found = dict(facts)
    for result in steps:
        step = known.steps[result.step]
        fact = facts.get(step.field or "")
        if (
            fact is not None
            and step.kind is StepKind.ASK
            and step.field not in known.read_back
            and result.verdict is StepVerdict.CANNOT_TELL
            and fact.result.verdict is FieldVerdict.NOT_APPLICABLE
        ):
            open_one = replace(
                fact.result, verdict=FieldVerdict.CANNOT_TELL, reason=say("field_replied", lang)
            )
            found[step.field or ""] = replace(fact, result=open_one)
    return found
