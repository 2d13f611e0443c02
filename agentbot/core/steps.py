"""The verdict on each step: done, missed, wrong, cannot tell, not applicable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from agentbot.core.cues import floor
from agentbot.core.echoes import Echo, echo
from agentbot.core.events import AudioLost, GreetingDue, Heard, Leg
from agentbot.core.fields import Fact, trust
from agentbot.core.ledger import Book, Hit, Known
from agentbot.core.path import Route
from agentbot.core.phonetic import find, normal, sound
from agentbot.core.questions import confirms
from agentbot.core.script import FieldKind, Step, StepKind
from agentbot.core.turns import backchannel
from agentbot.core.verdict import FieldVerdict, GreetingResult, StepResult, StepVerdict
from agentbot.core.wording import say

__all__ = ["Performed", "greeting_said", "judge_steps", "performed"]

_PLAIN = 0.66
_BREATH = 1.2
"""Seconds of pause within one breath."""
_LEAD = 6.0
"""Seconds before the house formula in which the wish of the day is said."""
_DUE_SLACK, _WISH_SLACK = 0.1, 0.12
_UNCLEAR = 0.5
"""An utterance below this confidence may have been anything."""
_SURE = 0.9
"""Strength of a value that is one whatever was asked."""
_TITLED = re.compile(r"(?:^|[^一-鿿])[好嗯哦的是您姓叫]{0,3}(?![这那]位|您好|你好)[一-鿿]{1,3}(?:先生|女士|小姐)")
"""A title with a name before it: whoever says it has been told the name."""
_TOGETHER = 0.3
_REPLY = 3.0
"""Seconds within which a caller begins to answer."""
_SIGNS = 3
"""Shorter unclear utterances cannot hide a step."""
_LOST = 1.0
"""Seconds of lost sound that can hide a step."""


@dataclass(frozen=True, slots=True)
class Performed:
    """Where and by which words a step was done."""

    heard: tuple[Heard, ...]
    order: int
    confidence: float
    wording: str = ""
    answered: bool = False
    """Known from the caller's answer alone."""

    @property
    def words(self) -> str:
        """The words that decided it."""
        return "，".join(h.text for h in self.heard)


def performed(known: Known, book: Book, heard: Sequence[Heard]) -> dict[str, Performed]:
    """Every step that was heard: the first good hit of each, read-backs also by their place."""
    done: dict[str, Performed] = {}
    for step in known.script.steps:
        if step.kind is StepKind.READ_BACK and step.field:
            repeated = book.repeated.get(step.field)
            if repeated:
                done[step.id] = Performed(repeated[0].heard, repeated[0].order, 0.5 + 0.5 * repeated[0].reading.strength)
                continue
            alone = _value_alone(known, book, step.field, heard)
            if alone:
                done[step.id] = Performed((alone,), _order(book, alone), 0.6)
                continue
        hits = [h for h in book.hits if h.step == step.id]
        if hits:
            done[step.id] = _by_cue(hits)
        elif step.kind is StepKind.ASK and step.field in book.answered:
            item = book.answered[step.field]
            done[step.id] = Performed((item,), _order(book, item), 0.7, answered=True)
    for step in known.script.steps:
        garbled = _garbled_question(known, book, step, done, heard) if step.id not in done else None
        if garbled:
            done[step.id] = Performed((garbled,), _order(book, garbled), 0.55, answered=True)
    return done


def _garbled_question(
    known: Known, book: Book, step: Step, done: Mapping[str, Performed], heard: Sequence[Heard]
) -> Heard | None:
    """Words nearly like a question, whose answer was read back or at least followed at once."""
    if step.kind is not StepKind.ASK or not step.field:
        return None
    near = [h for h in book.doubtful if h.step == step.id and not _trusted(h.heard)]
    if not near:
        return None
    best = max(near, key=lambda h: h.cue.margin).heard
    back = next((s for s in known.script.steps if s.kind is StepKind.READ_BACK and s.field == step.field), None)
    if back and back.id in done and done[back.id].order > _order(book, best):
        return best
    after = sorted((h for h in heard if h.start >= best.end - _TOGETHER and h is not best), key=lambda h: h.start)
    reply = list(takewhile(lambda h: h.leg is Leg.CALLER, after))
    prompt = bool(reply) and reply[0].start - best.end < _REPLY
    return best if prompt and len(normal("".join(h.text for h in reply))) >= _SIGNS else None


def _value_alone(known: Known, book: Book, field: str, heard: Sequence[Heard]) -> Heard | None:
    """A value with `对吗` behind it: the caller must have given it, though it was not understood."""
    if field in book.given:
        return None
    for item in heard:
        if item.leg is not Leg.OPERATOR or _trusted(item) or (item.start, item.end) in book.explained:
            continue
        reading = known.kinds[field].read(item.text, asked=False)
        titled = known.fields[field].kind is FieldKind.NAME and _TITLED.search(item.text)
        if titled or (reading and reading.strength >= _SURE and confirms(item.text)):
            return item
    return None


def _order(book: Book, item: Heard) -> int:
    return book.order.get((item.leg, item.start, item.end), 0)


def _by_cue(hits: Sequence[Hit]) -> Performed:
    first = hits[0]
    best = max(h.cue.margin for h in hits)
    return Performed((first.heard,), first.order, min(1.0, 0.75 + best), first.cue.wording)


def greeting_said(due: GreetingDue | None, done: Performed | None, heard: Sequence[Heard]) -> GreetingResult:
    """Which variant of the greeting was said, by the marks that only it has."""
    if due is None:
        return GreetingResult(variant_due=None, variant_said=None)
    wanted = next((v for v in due.variants if v.id == due.variant), None)
    said = _variant(due, done.heard[0], heard) if done else None
    return GreetingResult(
        variant_due=due.variant, variant_said=said, text_due=wanted.text if wanted else None, why=due.why
    )


def _variant(due: GreetingDue, at: Heard, heard: Sequence[Heard]) -> str | None:
    near = [h for h in heard if h.leg is Leg.OPERATOR and at.start - _LEAD <= h.start <= at.end + 1]
    speech = sound("".join(h.text for h in near))
    plain = next((v.id for v in due.variants if not v.marks and v.id == due.variant), None) or next(
        (v.id for v in due.variants if not v.marks), None
    )
    bare = re.match(r"[喂嗯\W]*[您你]好", near[0].text) if near else None
    sure = all(_trusted(h) for h in near)
    best: tuple[float, str] | None = None
    for variant in due.variants:
        for mark in variant.marks:
            cue = sound(mark)
            place = find(cue, speech)
            if place is None or len(speech) < len(cue):
                continue
            # The greeting that is due is believed sooner than another; so is any wish where
            # the everyday 您好 was not heard.
            slack = (_DUE_SLACK if variant.id == due.variant else 0.0) + (0.0 if bare or sure else _WISH_SLACK)
            if place.likeness - floor(len(cue)) + slack >= 0 and (best is None or place.likeness > best[0]):
                best = (place.likeness, variant.id)
    if best:
        return best[1]
    return plain if bare or sure or plain == due.variant else None


def judge_steps(
    known: Known, book: Book, facts: Mapping[str, Fact], route: Route, done: Mapping[str, Performed],
    greeting: GreetingResult, heard: Sequence[Heard], lost: Sequence[AudioLost], ended: float, lang: str,
) -> tuple[StepResult, ...]:  # fmt: skip
    """All steps in the script's order."""
    judge = _Judge(known, book, facts, route, done, greeting, heard, lost, ended, lang)
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
    ended: float
    lang: str

    def step(self, index: int, step: Step) -> StepResult:
        base = StepResult(step=step.id, label=step.label, verdict=StepVerdict.NOT_APPLICABLE, confidence=1.0)
        if step.only_on and self.greeting.variant_due not in step.only_on:
            return replace(base, reason=self.say("not_due"))
        at = self.done.get(step.id)
        if at:
            return self._done(index, step, base, at)
        if step.id not in self.route.steps:
            return replace(base, reason=self.say("not_on_path"))
        excuse = self._excuse(step)
        if excuse:
            return replace(base, reason=excuse)
        if step.id in self.route.unsure:
            return replace(base, verdict=StepVerdict.CANNOT_TELL, confidence=0.0, reason=self.say("branch_unknown"))
        return self._absent(index, step, base)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    def _label(self, field: str | None) -> str:
        return self.known.fields[field].label if field else ""

    def _excuse(self, step: Step) -> str:
        """Why a step that was not heard was not needed; empty: it was needed."""
        if not step.needed:
            return self.say("not_on_path")
        if step.kind is StepKind.ASK and step.volunteer and (step.field in self.book.given or self._read_back_of(step)):
            return self.say("volunteered", field=self._label(step.field))
        if step.kind is StepKind.READ_BACK and step.field:
            if self.facts[step.field].result.verdict is FieldVerdict.NOT_APPLICABLE:
                key = "refused" if step.field in self.book.refused else "not_given"
                return self.say(key, field=self._label(step.field))
        return ""

    def _not_echoed(self, index: int, field: str, base: StepResult) -> StepResult:
        """A read-back not heard in recognised speech: missed only if the next step came at once."""
        after = echo(self.known, self.book, field, self.heard)
        if after is None or after.echo is not Echo.NONE or self._gaps(*self._window(index)):
            said = "，".join(h.text for h in after.heard) if after else ""
            return self._untold(base, "grey", heard=said) if said else self._untold(base, "field_replied")
        given = self.book.given.get(field)
        ask = self.known.ask.get(field)
        asked = ask is not None and ask.id in self.done and not self.done[ask.id].answered
        if not (asked or ask is None or (given and given[0].reading.strength >= _SURE)):
            return self._untold(base, "field_replied")
        return replace(base, verdict=StepVerdict.MISSED, confidence=self._certainty(self.heard), reason=self.say("missed_next"))

    def _read_back_of(self, step: Step) -> bool:
        """Whether the value that a question is for was read back: then it had been given."""
        return any(
            s.id in self.done for s in self.known.script.steps if s.kind is StepKind.READ_BACK and s.field == step.field
        )

    def _done(self, index: int, step: Step, base: StepResult, at: Performed) -> StepResult:
        start, end = at.heard[0].start, at.heard[-1].end
        result = replace(
            base, verdict=StepVerdict.DONE, start=start, end=end, heard=at.words,
            confidence=round(at.confidence * (0.6 + 0.4 * trust(*at.heard)), 3),
            out_of_order=self._early(index, step, at), late=self._late(step, start),
        )  # fmt: skip
        if step.kind is StepKind.GREETING and self.greeting.variant_due and self.greeting.variant_said is None:
            return self._untold(result, "grey", heard=at.words)
        if step.kind is StepKind.GREETING and self.greeting.variant_said != self.greeting.variant_due:
            return replace(
                result, verdict=StepVerdict.WRONG,
                reason=self.say("wrong_greeting", due=self.greeting.text_due or "", said=at.words),
            )  # fmt: skip
        if step.kind is StepKind.READ_BACK and step.field and step.field in self.book.repeated:
            return self._read_back(step, result, at)
        if at.answered:
            return replace(result, reason=self.say("done_answered", field=self._label(step.field)))
        percent = round(100 * at.confidence)
        return replace(result, reason=self.say("done_cue", heard=at.words, cue=at.wording, percent=percent))

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
        if step.any_time:
            return False
        if not _plain(at):
            return False
        before = [self.done[s.id] for s in self.known.script.steps[:index] if s.id in self.done and not s.any_time]
        return any(_plain(other) and other.order > at.order for other in before)

    def _late(self, step: Step, start: float) -> bool:
        limit = step.deadline
        if limit is None:
            return False
        since = 0.0
        if limit.after != "answer":
            if limit.after not in self.done:
                return False
            since = self.done[limit.after].heard[-1].end
        return start - since > limit.within

    # --- was it missed, or only not heard? -------------------------------------------

    def _absent(self, index: int, step: Step, base: StepResult) -> StepResult:
        spoke = [h for h in self.heard if h.leg is Leg.OPERATOR]
        if not spoke:
            return replace(base, verdict=StepVerdict.CANNOT_TELL, confidence=0.0, reason=self.say("no_audio"))
        if step.kind is StepKind.READ_BACK and step.field and not all(_trusted(h) for h in spoke):
            return self._not_echoed(index, step.field, base)
        start, end = self._window(index)
        grey = [h for h in self.book.doubtful if h.step == step.id and not self._used(h.heard) and not _trusted(h.heard)]
        if grey:
            best = max(grey, key=lambda h: h.cue.margin)
            return self._untold(base, "grey", heard=best.heard.text)
        for item in spoke:
            inside = item.end > start and item.start < end
            hides = not confirms(item.text) or step.kind is StepKind.READ_BACK
            if inside and hides and self._unclear(item) and not self._greets(step, item):
                return self._untold(base, "weak_audio", start=round(item.start, 1), end=round(item.end, 1))
        for gap in self._gaps(start, end):
            return self._untold(base, "lost_audio", start=round(gap.start, 1), end=round(gap.end, 1))
        if step.kind is StepKind.READ_BACK and step.field:
            fact = self.facts[step.field].result
            if fact.verdict is FieldVerdict.CANNOT_TELL:
                return self._untold(base, "field_replied")
            if fact.verdict is FieldVerdict.NOT_READ_BACK:
                return replace(
                    base, verdict=StepVerdict.MISSED, confidence=self._certainty(spoke),
                    reason=self.say("missed_readback", field=fact.label, value=fact.caller_value),
                )  # fmt: skip
        return replace(base, verdict=StepVerdict.MISSED, confidence=self._certainty(spoke), reason=self.say("missed"))

    def _gaps(self, start: float, end: float) -> list[AudioLost]:
        """Lost sound of the operator in a window, long enough to hide a step."""
        return [
            g for g in self.lost if g.leg is Leg.OPERATOR and min(g.end, end) - max(g.start, start) >= _LOST
        ]

    def _untold(self, base: StepResult, key: str, **values: object) -> StepResult:
        return replace(base, verdict=StepVerdict.CANNOT_TELL, confidence=0.0, reason=self.say(key, **values))

    @staticmethod
    def _certainty(spoke: Sequence[Heard]) -> float:
        known = [h.confidence for h in spoke if h.confidence is not None]
        return round(sum(known) / len(known), 3) if known else 1.0

    def _used(self, item: Heard) -> bool:
        return (item.start, item.end) in self.book.explained

    def _greets(self, step: Step, item: Heard) -> bool:
        """In one breath with the greeting: garbled words there are part of it."""
        if step.kind is StepKind.GREETING:
            return False
        greeting = next((s.id for s in self.known.script.steps if s.kind is StepKind.GREETING), "")
        hits = [h.heard for h in self.book.hits if h.step == greeting]
        return any(max(h.start, item.start) - min(h.end, item.end) < _BREATH for h in hits)

    def _unclear(self, item: Heard) -> bool:
        known = item.confidence is not None and item.confidence < _UNCLEAR
        return known and not self._used(item) and len(normal(item.text)) >= _SIGNS and not backchannel(item.text)

    def _window(self, index: int) -> tuple[float, float]:
        """From the last earlier step done to the first later one: where the step belongs."""
        steps = self.known.script.steps
        before = [self.done[s.id].heard[-1].end for s in steps[:index] if s.id in self.done]
        after = [self.done[s.id].heard[0].start for s in steps[index + 1 :] if s.id in self.done]
        start, end = max(before, default=0.0), min(after, default=self.ended)
        return (start, end) if start < end else (0.0, self.ended)


def _plain(at: Performed) -> bool:
    """Heard for what it is, not inferred from its place: good enough to speak of order."""
    return at.confidence >= _PLAIN or all(_trusted(h) for h in at.heard)


def _trusted(item: Heard) -> bool:
    return item.confidence is None or item.confidence >= 0.9
