"""What the verdict is drawn from: the call as it was heard, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agentbot.core.book import Book
from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.core.fields import Fact
from agentbot.core.known import Known
from agentbot.core.path import Route
from agentbot.core.performed import Performed
from agentbot.core.sought import LOST, Looks
from agentbot.core.unforeseen.told import due_place
from agentbot.core.verdict import GreetingResult, StepResult, StepVerdict
from agentbot.core.wording import say

__all__ = ["Case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call at one moment."""

    known: Known
    book: Book
    facts: Mapping[str, Fact]
    route: Route
    done: Mapping[str, Performed]
    """Steps that were heard, by id."""
    greeting: GreetingResult
    heard: Sequence[Heard]
    """Both legs, in order of time."""
    lost: Sequence[AudioLost]
    looks: Looks
    ended: float
    """Seconds until which it was heard."""
    lang: str
    """Language of the reasons."""

    def say(self, key: str, **values: object) -> str:
        """A reason in the language of the reader."""
        return say(key, self.lang, **values)

    def label(self, field: str | None) -> str:
        """What a field is called; empty for none."""
        return self.known.fields[field].label if field else ""

    def question(self, field: str | None) -> Performed | None:
        """Where a field was asked for; None: it was not, or no step does so."""
        ask = self.known.ask.get(field or "")
        return self.done.get(ask.id) if ask else None

    def place(self, index: int) -> tuple[float, float]:
        """From when to when (seconds) the step at this position of the script may be done."""
        if self.known.script.steps[index].any_time:
            return 0.0, self.ended
        return due_place(self.known, self.done, index, self.ended)

    def gaps(self, start: float, end: float) -> list[AudioLost]:
        """Lost sound of the operator between two moments (seconds), long enough to hide a step."""
        return [
            gap
            for gap in self.lost
            if gap.leg is Leg.OPERATOR and min(gap.end, end) - max(gap.start, start) >= LOST
        ]

    def untold(self, base: StepResult, key: str, **values: object) -> StepResult:
        """Nobody can tell, for this reason."""
        return replace(
            base, verdict=StepVerdict.CANNOT_TELL, confidence=0.0, reason=self.say(key, **values)
        )
