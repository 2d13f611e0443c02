"""One call's verdict held against its truth: a mark for each thing that could be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agentbot.bench.truth import Truth, TruthStep
from agentbot.core.script import FieldKind, Script, StepKind
from agentbot.core.verdict import (
    CallVerdict,
    FieldResult,
    FieldVerdict,
    FindingKind,
    StepResult,
    StepVerdict,
)

__all__ = ["Mark", "Measure", "marks"]

NEAR = 3.0
"""Seconds by which the place of a finding may differ."""


class Measure(StrEnum):
    """What a mark is about."""

    MISSED = "missed"
    READBACK = "readback"
    GREETING = "greeting"
    ORDER = "out_of_order"
    FORBIDDEN = "forbidden"
    SILENCE = "long_silence"
    ANSWER = "answer"


_FIT = {
    "done": {StepVerdict.DONE},
    "skipped": {StepVerdict.MISSED},
    "not_given": {StepVerdict.NOT_APPLICABLE},
    "not_needed": {StepVerdict.NOT_APPLICABLE, StepVerdict.DONE},
    "wrong_readback": {StepVerdict.WRONG},
    "wrong_greeting": {StepVerdict.WRONG},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Truth and verdict on one point of one call."""

    call: str
    measure: Measure
    of: str
    """Step, field or phrase."""
    expected: bool
    """The truth holds the fault (an answer: the caller gave one)."""
    claimed: bool
    """The verdict claims it (an answer: the exact one)."""
    truth: str
    verdict: str
    open: bool = False
    """The verdict is `cannot_tell`, and the truth could have been told."""
    fits: bool = True
    """Verdict and truth agree in every shade."""
    heard: str = ""
    reason: str = ""


def marks(truth: Truth, verdict: CallVerdict, script: Script) -> list[Mark]:
    """Everything that truth and verdict can be compared on."""
    return [
        *_missed(truth, verdict),
        *_readbacks(truth, verdict, script),
        *_greeting(truth, verdict, script),
        *_order(truth, verdict),
        *_placed(
            truth, verdict, Measure.FORBIDDEN, FindingKind.FORBIDDEN_PHRASE, _said_badly(truth)
        ),
        *_placed(
            truth, verdict, Measure.SILENCE, FindingKind.LONG_SILENCE, _silences(truth, script)
        ),
        *_answers(truth, verdict, script),
    ]


def _steps(truth: Truth, verdict: CallVerdict) -> Iterator[tuple[TruthStep, StepResult]]:
    results = {result.step: result for result in verdict.steps}
    for step in truth.steps:
        if step.step in results:
            yield step, results[step.step]


def _missed(truth: Truth, verdict: CallVerdict) -> Iterator[Mark]:
    for step, result in _steps(truth, verdict):
        status = step.status if step.field_given else "not_given"
        yield Mark(
            call=truth.id,
            measure=Measure.MISSED,
            of=step.step,
            expected=step.missed,
            claimed=result.verdict is StepVerdict.MISSED,
            truth=status,
            verdict=result.verdict,
            open=result.verdict is StepVerdict.CANNOT_TELL,
            fits=result.verdict in _FIT.get(status, {result.verdict}),
            heard=result.heard or "",
            reason=result.reason,
        )


def _readbacks(truth: Truth, verdict: CallVerdict, script: Script) -> Iterator[Mark]:
    statuses = {step.step: step for step in truth.steps}
    for step in script.steps:
        real, result = statuses.get(step.id), verdict.fields.get(step.field or "")
        if step.kind is not StepKind.READ_BACK or real is None or result is None:
            continue
        wrong = real.status == "wrong_readback"
        claimed = result.verdict is FieldVerdict.MISMATCHED
        truth_value = (real.truth, real.said) if wrong else truth.fields.get(step.field or "")
        yield Mark(
            call=truth.id,
            measure=Measure.READBACK,
            of=step.field or "",
            expected=wrong,
            claimed=claimed,
            truth=real.status,
            verdict=result.verdict,
            open=result.verdict is FieldVerdict.CANNOT_TELL,
            fits=wrong == claimed,
            heard=_values(result),
            reason=f"{result.reason} [{_text(truth_value)}]",
        )


def _greeting(truth: Truth, verdict: CallVerdict, script: Script) -> Iterator[Mark]:
    kinds = {step.id: step.kind for step in script.steps}
    for step, result in _steps(truth, verdict):
        if kinds[step.step] is not StepKind.GREETING or step.status == "skipped":
            continue
        claimed = any(found.kind is FindingKind.WRONG_GREETING for found in verdict.findings)
        expected = step.status == "wrong_greeting"
        yield Mark(
            call=truth.id,
            measure=Measure.GREETING,
            of="wish due" if step.holiday_wish_due else "no wish due",
            expected=expected,
            claimed=claimed,
            truth=f"due {step.holiday_wish_due}, said {step.holiday_wish_said}",
            verdict=f"due {verdict.greeting.variant_due}, said {verdict.greeting.variant_said}",
            open=result.verdict is StepVerdict.CANNOT_TELL,
            fits=expected == claimed,
            heard=result.heard or "",
            reason=result.reason,
        )


def _order(truth: Truth, verdict: CallVerdict) -> Iterator[Mark]:
    for step, result in _steps(truth, verdict):
        yield Mark(
            call=truth.id,
            measure=Measure.ORDER,
            of=step.step,
            expected=step.out_of_order,
            claimed=result.out_of_order,
            truth="out of order" if step.out_of_order else "in order",
            verdict="out of order" if result.out_of_order else "in order",
            fits=step.out_of_order == result.out_of_order,
            heard=result.heard or "",
            reason=result.reason,
        )


_Place = tuple[float, float, str]


def _said_badly(truth: Truth) -> list[_Place]:
    return [
        (v.start or 0.0, v.end or v.start or 0.0, v.detail)
        for v in truth.violations
        if v.type == "forbidden_phrase"
    ]


def _silences(truth: Truth, script: Script) -> list[_Place]:
    return [
        (e.start, e.end, f"{e.end - e.start:.1f} s")
        for e in truth.events
        if e.type == "silence" and e.start is not None and e.end is not None
        if e.end - e.start >= script.listening.long_silence
    ]


def _placed(
    truth: Truth, verdict: CallVerdict, measure: Measure, kind: FindingKind, real: Sequence[_Place]
) -> Iterator[Mark]:
    """Findings that have a place: each real one takes the first finding near it."""
    left = [found for found in verdict.findings if found.kind is kind]
    for start, end, detail in real:
        hit = next(
            (f for f in left if f.at is not None and start - NEAR <= f.at <= end + NEAR), None
        )
        if hit is not None:
            left.remove(hit)
        yield Mark(
            call=truth.id,
            measure=measure,
            of=measure,
            expected=True,
            claimed=hit is not None,
            truth=f"{detail} at {start:.1f}",
            verdict="found" if hit else "not found",
            fits=hit is not None,
            heard="" if hit is None else hit.evidence,
        )
    for found in left:
        yield Mark(
            call=truth.id,
            measure=measure,
            of=measure,
            expected=False,
            claimed=True,
            truth="not there",
            verdict=f"found at {found.at}",
            fits=False,
            heard=found.evidence,
            reason=found.message,
        )


def _answers(truth: Truth, verdict: CallVerdict, script: Script) -> Iterator[Mark]:
    """Fields that are asked and never read back: is the caller's answer the true one?"""
    read_back = {step.field for step in script.steps if step.kind is StepKind.READ_BACK}
    for known in script.fields:
        result = verdict.fields.get(known.id)
        if known.id in read_back or known.id not in truth.fields or result is None:
            continue
        real = _text(truth.fields[known.id], known.kind)
        given = result.caller_value or ""
        untold = result.verdict is FieldVerdict.CANNOT_TELL
        # Nobody could tell what a truth of null means: to say so is the exact answer.
        exact = not real if untold else given == real
        yield Mark(
            call=truth.id,
            measure=Measure.ANSWER,
            of=known.id,
            expected=bool(real),
            claimed=exact,
            truth=real or "none",
            verdict="cannot_tell" if untold else given or "none",
            open=untold and not exact,
            fits=exact,
            heard=given,
            reason=result.reason,
        )


def _text(value: Any, kind: FieldKind | None = None) -> str:
    """A truth value as the verdict would write it."""
    match value:
        case None:
            return ""
        case {"value": inner} | {"text": inner}:
            return _text(inner, kind)
        case [low, high] if kind is FieldKind.NUMBER:
            return f"{low}-{high}" if low != high else f"{low}"
        case [*_] | (_, _):
            return " / ".join(_text(part) for part in value)
        case _:
            return str(value)


def _values(result: FieldResult) -> str:
    return f"{result.caller_value} | {result.readback_value}"
