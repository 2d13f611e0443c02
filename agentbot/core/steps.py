"""The verdict on each step: done, missed, wrong, cannot tell, not applicable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agentbot.core.book import Book
from agentbot.core.echoes import Echo, echo
from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.core.fields import Fact, trust
from agentbot.core.known import Known
from agentbot.core.path import Route
from agentbot.core.performed import Performed, trusted
from agentbot.core.phonetic import normal
from agentbot.core.script import Step, StepKind
from agentbot.core.sought import LOST, Looks, ruled_out, unclear
from agentbot.core.unforeseen import due_place, perhaps_read_back, perhaps_told
from agentbot.core.verdict import FieldVerdict, GreetingResult, StepResult, StepVerdict
from agentbot.core.volunteered import garbled_value, summed_up
from agentbot.core.wording import say

__all__ = ["judge_steps"]

_BREATH = 1.2
"""Seconds of pause within one breath."""
_SURE = 0.9
"""Strength of a value that is one whatever was asked."""
_SLOWEST = 1.5
"""Signs a second below which speech was recognised in part only; people say 3 to 6."""
_BEGINNING = 5.0
"""Seconds at the start of a call that hold steps; an answer heard late by less holds none."""


def judge_steps(
    known: Known, book: Book, facts: Mapping[str, Fact], route: Route, done: Mapping[str, Performed],
    greeting: GreetingResult, heard: Sequence[Heard], lost: Sequence[AudioLost], looks: Looks, ended: float, lang: str,
) -> tuple[StepResult, ...]:  # fmt: skip
    """All steps in the script's order."""
    judge = _Judge(
        known, book, facts, route, done, greeting, heard, lost, looks, ended, lang,
        perhaps_told(known, book, done, heard, ended),
    )  # fmt: skip
    return tuple(judge.step(index, step) for index, step in enumerate(known.script.steps))


@dataclass(frozen=True, slots=True)
class _Judge:
    known: Known
    book: Book
    facts: Mapping[str, Fact]
    route: Route
    done: Mapping[str, Performed]
    greeting: GreetingResult
    heard: Sequence[Heard]
    lost: Sequence[AudioLost]
    looks: Looks
    ended: float
    lang: str
    otherwise: Mapping[str, Heard]
    """Steps that the operator may have told in unforeseen words."""

    def step(self, index: int, step: Step) -> StepResult:
        base = StepResult(
            step=step.id, label=step.label, verdict=StepVerdict.NOT_APPLICABLE, confidence=1.0
        )
        if step.only_on and self.greeting.variant_due not in step.only_on:
            return replace(base, reason=self.say("not_due"))
        at, off = self.done.get(step.id), step.id not in self.route.steps
        # Thanks on parting are no closing where the call does not come by one.
        if at and not (off and step.id in self.known.closing):
            return self._done(index, step, base, at)
        if off:
            return replace(base, reason=self.say("not_on_path"))
        excuse = self._excuse(step)
        if excuse:
            return replace(base, reason=excuse)
        if step.id in self.route.unsure:
            return replace(
                base,
                verdict=StepVerdict.CANNOT_TELL,
                confidence=0.0,
                reason=self.say("branch_unknown"),
            )
        return self._absent(index, step, base)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    def _label(self, field: str | None) -> str:
        return self.known.fields[field].label if field else ""

    def _excuse(self, step: Step) -> str:
        """Why a step that was not heard was not needed; empty: it was needed."""
        if not step.needed:
            return self.say("not_on_path")
        if (
            step.kind is StepKind.ASK
            and step.volunteer
            and (step.field in self.book.given or self._read_back_of(step))
        ):
            return self.say("volunteered", field=self._label(step.field))
        back = step.field if step.kind is StepKind.READ_BACK else None
        if back and self.facts[back].result.verdict is FieldVerdict.NOT_APPLICABLE:
            return self.say(
                "refused" if back in self.book.refused else "not_given", field=self._label(back)
            )
        return ""

    def _not_echoed(self, index: int, field: str, base: StepResult) -> StepResult:
        """A read-back not heard in recognised speech: missed only if the next step came at once."""
        after = echo(self.known, self.book, field, self.heard)
        if after is None or after.echo is not Echo.NONE or self._gaps(*self._window(index)):
            said = "，".join(h.text for h in after.heard) if after else ""
            return (
                self._untold(base, "grey", heard=said)
                if said
                else self._untold(base, "field_replied")
            )
        given = self.book.given.get(field)
        ask = self.known.ask.get(field)
        asked = ask is not None and ask.id in self.done and not self.done[ask.id].answered
        if not (asked or ask is None or (given and given[0].reading.strength >= _SURE)):
            return self._untold(base, "field_replied")
        later = summed_up(self.known, field, self.heard)
        if later:
            return self._untold(base, "grey", heard=later.text)
        return self._missed(base, "missed_next")

    def _read_back_of(self, step: Step) -> bool:
        """Whether the value that a question is for was read back: then it had been given."""
        return any(
            s.id in self.done
            for s in self.known.script.steps
            if s.kind is StepKind.READ_BACK and s.field == step.field
        )

    def _done(self, index: int, step: Step, base: StepResult, at: Performed) -> StepResult:
        start, end = at.heard[0].start, at.heard[-1].end
        result = replace(
            base, verdict=StepVerdict.DONE, start=start, end=end, heard=at.words,
            confidence=round(at.confidence * (0.6 + 0.4 * trust(*at.heard)), 3),
            out_of_order=self._early(index, step, at), late=self._late(step, start),
        )  # fmt: skip
        if (
            step.kind is StepKind.GREETING
            and self.greeting.variant_due
            and self.greeting.variant_said is None
        ):
            return self._untold(result, "grey", heard=at.words)
        if (
            step.kind is StepKind.GREETING
            and self.greeting.variant_said != self.greeting.variant_due
        ):
            return replace(
                result, verdict=StepVerdict.WRONG,
                reason=self.say("wrong_greeting", due=self.greeting.text_due or "", said=at.words),
            )  # fmt: skip
        if step.kind is StepKind.READ_BACK and step.field and step.field in self.book.repeated:
            return self._read_back(step, result, at)
        if at.answered:
            return replace(result, reason=self.say("done_answered", field=self._label(step.field)))
        percent = round(100 * at.confidence)
        return replace(
            result, reason=self.say("done_cue", heard=at.words, cue=at.wording, percent=percent)
        )

    def _read_back(self, step: Step, result: StepResult, at: Performed) -> StepResult:
        fact = self.facts[step.field or ""].result
        label = self._label(step.field)
        if fact.verdict is FieldVerdict.MISMATCHED:
            difference = fact.difference.text if fact.difference else ""
            return replace(
                result, verdict=StepVerdict.WRONG, confidence=fact.confidence,
                reason=self.say("wrong_readback", field=label, difference=difference),
            )  # fmt: skip
        key = "done_untold" if fact.verdict is FieldVerdict.CANNOT_TELL else "done_readback"
        return replace(result, reason=self.say(key, field=label, heard=at.words))

    def _early(self, index: int, step: Step, at: Performed) -> bool:
        """Done before a step that the script puts earlier."""
        if step.any_time or self._unsure_what(step, at):
            return False
        ask = self.known.ask.get(step.field or "")
        asked = self.done.get(ask.id) if ask else None
        if not at.plain and not (asked and asked.plain):
            return False
        before = [
            self.done[s.id]
            for s in self.known.script.steps[:index]
            if s.id in self.done and not s.any_time
        ]
        return any(other.plain and other.order > at.order for other in before)

    def _unsure_what(self, step: Step, at: Performed) -> bool:
        """Unsure words that may have done another step: no cue of it, or no value of it, was heard."""
        if all(trusted(h) for h in at.heard):
            return False
        if step.kind is not StepKind.READ_BACK:
            return at.wording == step.label
        ask = self.known.ask.get(step.field or "")
        asked = self.done.get(ask.id) if ask else None
        known = ask and asked and asked.order < at.order and asked.wording != ask.label
        return not known and self.facts[step.field or ""].result.verdict is FieldVerdict.CANNOT_TELL

    def _late(self, step: Step, start: float) -> bool:
        limit = step.deadline
        if limit is None:
            return False
        since = 0.0
        if limit.after != "answer":
            if limit.after not in self.done:
                return False
            since = self.done[limit.after].heard[-1].end
        # What was not heard in between may have been this step, in time.
        return start - since > limit.within and not self._gaps(since, start)

    # --- was it missed, or only not heard? -------------------------------------------

    def _absent(self, index: int, step: Step, base: StepResult) -> StepResult:
        spoke = [h for h in self.heard if h.leg is Leg.OPERATOR]
        if not spoke:
            return self._untold(base, "no_audio")
        if step.kind is StepKind.READ_BACK and step.field:
            if not all(trusted(h) for h in spoke):
                return self._not_echoed(index, step.field, base)
            return self._hidden(index, step, base) or self._not_repeated(step.field, base)
        return (
            self._hidden(index, step, base)
            or self._otherwise(step, base)
            or self._volunteered(step, base)
            or self._missed(base, "missed")
        )

    def _otherwise(self, step: Step, base: StepResult) -> StepResult | None:
        """Unforeseen words where the step was due; None: nothing of the kind was said."""
        said = self.otherwise.get(step.id)
        return self._untold(base, "otherwise", heard=said.text) if said else None

    def _volunteered(self, step: Step, base: StepResult) -> StepResult | None:
        """A question that the caller's garbled words may have made needless."""
        if step.kind is not StepKind.ASK or not step.volunteer or not step.field:
            return None
        if step.field in self.book.given:
            return None
        told = garbled_value(self.known, self.book, step.field, self.heard)
        return self._untold(base, "perhaps_volunteered", heard=told.text) if told else None

    def _not_repeated(self, field: str, base: StepResult) -> StepResult:
        """A read-back that is not in a transcript whose words are certain."""
        fact = self.facts[field].result
        if fact.verdict is FieldVerdict.CANNOT_TELL:
            return self._untold(base, "field_replied")
        if fact.verdict is FieldVerdict.NOT_READ_BACK:
            perhaps = perhaps_read_back(self.known, self.book, field, self.done, self.heard)
            if perhaps:
                return self._untold(base, "otherwise", heard=perhaps.text)
            return self._missed(base, "missed_readback", field=fact.label, value=fact.caller_value)
        return self._missed(base, "missed")

    def _hidden(self, index: int, step: Step, base: StepResult) -> StepResult | None:
        """Why the step may have been said unheard; None: nothing could hide it."""
        start, end = self._window(index)
        grey = [
            h
            for h in self.book.doubtful
            if h.step == step.id and not self._used(h.heard) and not trusted(h.heard)
        ]
        if grey:
            return self._untold(
                base, "grey", heard=max(grey, key=lambda h: h.cue.margin).heard.text
            )
        for item in self.heard:
            if (
                item.end > start
                and item.start < end
                and (self._may_greet(step, item) or self._open(step, item))
            ):
                return self._untold(
                    base, "weak_audio", start=round(item.start, 1), end=round(item.end, 1)
                )
        for gap in (*self._gaps(start, end), *self._before_us(index)):
            if ruled_out(self.looks, step.id, gap.start):
                continue
            return self._untold(
                base, "lost_audio", start=round(gap.start, 1), end=round(gap.end, 1)
            )
        return None

    def _before_us(self, index: int) -> list[AudioLost]:
        """A beginning that was not heard: in it may be any step but a last one, or an answer's echo."""
        step, *after = self.known.script.steps[index:]
        if step.kind is StepKind.READ_BACK or not any(later.id in self.done for later in after):
            return []
        gaps = self._gaps(0.0, self.ended)
        return [gap for gap in gaps if gap.start < LOST and gap.end - gap.start >= _BEGINNING]

    def _missed(self, base: StepResult, key: str, **values: object) -> StepResult:
        reason = self.say(key, **values)
        return replace(
            base, verdict=StepVerdict.MISSED, confidence=self._certainty(self.heard), reason=reason
        )

    def _gaps(self, start: float, end: float) -> list[AudioLost]:
        """Lost sound of the operator in a window, long enough to hide a step."""
        return [
            g
            for g in self.lost
            if g.leg is Leg.OPERATOR and min(g.end, end) - max(g.start, start) >= LOST
        ]

    def _untold(self, base: StepResult, key: str, **values: object) -> StepResult:
        return replace(
            base, verdict=StepVerdict.CANNOT_TELL, confidence=0.0, reason=self.say(key, **values)
        )

    @staticmethod
    def _certainty(spoke: Sequence[Heard]) -> float:
        known = [h.confidence for h in spoke if h.leg is Leg.OPERATOR and h.confidence is not None]
        return round(sum(known) / len(known), 3) if known else 1.0

    def _used(self, item: Heard) -> bool:
        return (item.start, item.end) in self.book.explained

    def _open(self, step: Step, item: Heard) -> bool:
        """Words that may have been anything, this step too."""
        return (
            unclear(self.book, item)
            and not ruled_out(self.looks, step.id, item.start)
            and not self._greets(step, item)
        )

    def _may_greet(self, step: Step, item: Heard) -> bool:
        """Few words for so long a sound at the beginning: most of a sentence was not heard."""
        return (
            step.id == self.known.greeting
            and item.leg is Leg.OPERATOR
            and item.confidence is not None
            and item.start < _BEGINNING
            and len(normal(item.text)) < _SLOWEST * (item.end - item.start)
        )

    def _greets(self, step: Step, item: Heard) -> bool:
        """In one breath with the greeting: garbled words there are part of it."""
        if step.kind is StepKind.GREETING:
            return False
        greeting = next((s.id for s in self.known.script.steps if s.kind is StepKind.GREETING), "")
        hits = [h.heard for h in self.book.hits if h.step == greeting]
        return any(max(h.start, item.start) - min(h.end, item.end) < _BREATH for h in hits)

    def _window(self, index: int) -> tuple[float, float]:
        if self.known.script.steps[index].any_time:
            return 0.0, self.ended
        return due_place(self.known, self.done, index, self.ended)
