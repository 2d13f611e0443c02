"""The line the operator should say next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.events import CallStarted
from agentbot.core.judge import Judgement
from agentbot.core.ledger import Known
from agentbot.core.path import END
from agentbot.core.script import StepKind
from agentbot.core.wording import say

__all__ = ["Prompt", "next_prompt"]

PLACE = re.compile(r"\{\{ ?(\w+) ?\}\}")
OPEN = "…"
"""What stands for a value that nobody has given yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What the seat shows: one line for one step."""

    step: str
    label: str
    text: str


def next_prompt(
    known: Known, judgement: Judgement, started: CallStarted, lang: str
) -> Prompt | None:
    """The line of the step that is due now, filled in with what is known."""
    now = judgement.route.at
    if now == END:
        return None
    step = next(s for s in known.script.steps if s.id == now)
    text = step.say or step.label
    if step.kind is StepKind.GREETING and judgement.greeting.text_due:
        text = judgement.greeting.text_due
    if step.kind is StepKind.READ_BACK and step.field and not step.say:
        fact = judgement.facts[step.field].result
        text = say("prompt_readback", lang, label=fact.label, value=fact.caller_value or OPEN)
    values = {f: fact.result.caller_value for f, fact in judgement.facts.items()}
    values["seat"] = started.seat
    filled = PLACE.sub(lambda place: values.get(place[1]) or OPEN, text)
    return Prompt(step=step.id, label=step.label, text=filled)
