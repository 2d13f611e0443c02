"""What the operator could still mend: from the judgement of this moment to concerns.

Precision first: nothing is raised on words that are still under way, nor where the engine
cannot tell; what may be going right by itself is given a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentbot.core import wording
from agentbot.core.events import Heard, Leg
from agentbot.core.fields import Fact
from agentbot.core.judge import Judgement
from agentbot.core.known import Known
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.seat.alerts import Concern
from agentbot.core.seat.line import grouped
from agentbot.core.seat.named import plainly_named
from agentbot.core.seat.standing import Hand, Standing
from agentbot.core.seat.unfinished import corrected_since, unfinished
from agentbot.core.seat.view import Alert, AlertKind, StepState
from agentbot.core.seat.words import in_each, listed, say
from agentbot.core.talk import asks_to_wait
from agentbot.core.verdict import (
    FieldResult,
    FieldVerdict,
    Finding,
    FindingKind,
    Severity,
    Span,
)

__all__ = ["Moment", "concerns"]

_BREATH = 0.7
"""Seconds after a read-back in which it may still go on."""
_CORRECTED = 6.0
"""Seconds that an operator has for repeating what the caller has just corrected."""
_GREETED = 2.0
"""Seconds after the greeting in which its wish may still come."""
_BRIEF, _WHILE = 10.0, 15.0
"""Seconds for which something stands that cannot be unsaid, and a step that was skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All that concerns are drawn from."""

    known: Known
    said: Judgement
    standing: Standing
    hand: Hand
    now: float
    under_way: tuple[Heard, ...]
    quiet_since: float | None
    """Since when nobody speaks; None: nobody has spoken yet, or it is not known."""
    last_words: str
    """The operator's last words, if theirs were the last; else empty."""
    held: bool
    doubted: frozenset[str] = frozenset()
    """Fields that unsure words alone speak of, until their sound has been heard again."""

    def final(self, at: Span | None, leg: Leg) -> bool:
        """Whether words there are settled."""
        return at is not None and not any(
            h.leg is leg and h.start < at.end and at.start < h.end for h in self.under_way
        )


def concerns(moment: Moment) -> list[Concern]:
    """Everything that is of concern now, in no particular order."""
    return [
        *_mismatches(moment),
        *_findings(moment),
        *_closing(moment),
        *_missed(moment),
        *_dead_air(moment),
    ]


def _mismatches(m: Moment) -> Iterator[Concern]:
    for field, fact in m.said.facts.items():
        result = fact.result
        step = next(
            (s for s in m.known.script.steps if s.field == field and s.kind is StepKind.READ_BACK),
            None,
        )
        if (
            result.verdict is not FieldVerdict.MISMATCHED
            or step is None
            or field in m.hand.values
            or step.id in m.hand.marks
            or not m.final(result.caller_at, Leg.CALLER)
            or not m.final(result.readback_at, Leg.OPERATOR)
        ):
            continue
        repeated = m.said.book.repeated[field]
        given = m.said.book.given[field][-1]
        name = m.known.fields[field].kind is FieldKind.NAME
        if unfinished(m.known, m.said, field, m.now) or (
            name and not plainly_named(given, repeated[-1])
        ):
            continue
        if m.now - repeated[-1].end < _BREATH or field in m.doubted:
            continue
        if corrected_since(m.said, field) and m.now - given.heard[-1].end < _CORRECTED:
            continue
        caller, operator = _values(m.known, field, fact)
        yield Concern(
            alert=Alert(
                id=f"{AlertKind.READBACK_MISMATCH}:{field}:{len(repeated)}",
                kind=AlertKind.READBACK_MISMATCH, severity=Severity.CRITICAL, texts=_mismatch(result),
                at=m.now, caller=caller, operator=operator,
            )
        )  # fmt: skip


def _mismatch(result: FieldResult) -> tuple[str, ...]:
    found = result.difference
    return tuple(
        wording.say(
            "readback_mismatch", lang, label=result.label,
            difference=wording.difference_text(found.place, found.caller, found.operator, lang) if found else "",
        )
        for lang in wording.LANGUAGES
    )  # fmt: skip


def _values(known: Known, field: str, fact: Fact) -> tuple[str, str]:
    caller, operator = fact.result.caller_value or "", fact.result.readback_value or ""
    if known.fields[field].kind is FieldKind.PHONE:
        return grouped(caller), grouped(operator)
    return caller, operator


def _findings(m: Moment) -> Iterator[Concern]:
    for finding in m.said.findings:
        at = finding.at
        if at is None or not m.final(Span(start=at, end=at + 0.01), Leg.OPERATOR):
            continue
        if finding.kind is FindingKind.FORBIDDEN_PHRASE:
            kind, what = AlertKind.FORBIDDEN_PHRASE, f":{finding.message}"
            texts = _forbidden(m, finding)
        elif finding.kind is FindingKind.WRONG_GREETING and m.now - at >= _GREETED:
            kind, what = AlertKind.WRONG_GREETING, ""
            texts = in_each("wrong_greeting", due=m.said.greeting.text_due or "")
        else:
            continue
        if m.now - at < _BRIEF and finding.step not in m.hand.marks:
            yield Concern(
                alert=Alert(
                    id=f"{kind}:{at:.1f}{what}", kind=kind,
                    severity=finding.severity, texts=texts, at=m.now,
                ),
                lasts=_BRIEF,
            )  # fmt: skip


def _forbidden(m: Moment, finding: Finding) -> tuple[str, ...]:
    told = (
        wording.in_each("forbidden_phrase", label=rule.label) for rule in m.known.script.forbidden
    )
    return next(texts for texts in told if finding.message in texts)


def _closing(m: Moment) -> Iterator[Concern]:
    """Everything else is done, or the closing is begun, and something is left."""
    left = m.standing.left
    if not left:
        return
    states = {s.step: s.state for s in m.standing.steps}
    missed = [s for s in left if states[s] is not StepState.WRONG]
    key = "closing_early" if missed else "closing_wrong"
    if not missed and not m.standing.closing:
        return  # the mismatch itself is being shown
    labels = [m.known.steps[s].label for s in missed or left]
    yield Concern(
        alert=Alert(
            id=AlertKind.CLOSING_EARLY.value, kind=AlertKind.CLOSING_EARLY, severity=Severity.MAJOR,
            texts=tuple(say(key, lang, steps=listed(labels, lang)) for lang in wording.LANGUAGES),
            at=m.now,
        )
    )  # fmt: skip


def _missed(m: Moment) -> Iterator[Concern]:
    for step_id in m.standing.missed:
        step = m.known.steps[step_id]
        if step.kind is not StepKind.GREETING and step_id not in m.standing.left:
            yield Concern(
                alert=Alert(
                    id=f"{AlertKind.MISSED_STEP}:{step_id}", kind=AlertKind.MISSED_STEP,
                    severity=step.severity, texts=in_each("missed_step", label=step.label), at=m.now,
                ),
                lasts=_WHILE,
            )  # fmt: skip


def _dead_air(m: Moment) -> Iterator[Concern]:
    limit = m.known.script.listening.long_silence
    since = m.quiet_since
    if m.held or since is None or m.now - since < limit or asks_to_wait(m.last_words):
        return
    yield Concern(
        alert=Alert(
            id=f"{AlertKind.DEAD_AIR}:{since:.1f}", kind=AlertKind.DEAD_AIR,
            severity=Severity.MINOR, texts=in_each("dead_air", seconds=round(limit)), at=m.now,
        )
    )  # fmt: skip
