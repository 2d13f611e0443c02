"""Which steps are shown as done: a tick once shown does not flicker."""

from __future__ import annotations

from agentbot.core.judge import Judgement
from agentbot.core.known import Known
from agentbot.core.script import StepKind
from agentbot.core.seat.unfinished import unfinished
from agentbot.core.verdict import FieldVerdict

__all__ = ["Ticks"]

_HELD = 5.0
"""Seconds for which a tick stands though the words that gave it now read otherwise."""


class Ticks:
    """Which steps were seen done, and when last."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def update(
        self, known: Known, said: Judgement, now: float, *, settled: bool, growing: bool
    ) -> set[str]:
        """Steps that count as performed.

        `settled`: no words of the operator are under way; `growing`: they are saying something
        at this moment, so that a read-back may be half done.
        """
        for result in said.steps:
            if result.start is not None:
                step = known.steps[result.step]
                if step.kind is StepKind.READ_BACK and step.field and step.id not in self._seen:
                    matched = said.facts[step.field].result.verdict is FieldVerdict.MATCHED
                    half = unfinished(known, said, step.field, now)
                    if growing or half or not (settled or matched):
                        continue
                self._seen[result.step] = now
            elif settled and now - self._seen.get(result.step, now) >= _HELD:
                del self._seen[result.step]
        return set(self._seen)
