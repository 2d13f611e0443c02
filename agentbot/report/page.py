"""The page of one call: listen, read, see what was done and where it went wrong."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from agentbot.core.events import Leg
from agentbot.core.verdict import (
    CallVerdict,
    FieldResult,
    FieldVerdict,
    Finding,
    StepResult,
    StepVerdict,
)
from agentbot.report.compare import Cell, cells
from agentbot.report.glance import glance, worst_first
from agentbot.report.render import render
from agentbot.report.sound import Sound
from agentbot.report.talk import talk
from agentbot.report.wave import outline, spread, ticks
from agentbot.report.words import Words, words

__all__ = ["call_page"]

_STYLES = ("base.css", "call.css")
_PIN_APART = 0.018
"""Share of the timeline that the pin of a finding covers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A finding as the page numbers and pins it."""

    number: int
    """From 1, the worst first."""
    finding: Finding
    step: StepResult | None
    pin: float
    """Where its pin stands, 0..1; a little off its place where another is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A field and its two values, cut up for comparison."""

    id: str
    field: FieldResult
    cells: tuple[Cell, ...]
    place: str
    """Where the values part, in words; empty: nowhere."""


def call_page(verdict: CallVerdict, sound: Sound | None, lang: str = "zh") -> str:
    """One HTML page that needs nothing else, not even a network.

    Without `sound` the timeline is drawn from the transcript and a click goes to the line.
    Raises ConfigError for a language that the pages do not speak.
    """
    said = words(lang)
    findings = worst_first(verdict.findings)
    seconds = max(
        sound.seconds if sound else 0.0,
        verdict.duration,
        max((line.end for line in verdict.transcript), default=0.0),
    )
    summary = glance(verdict)
    return render(
        "call.html",
        lang,
        _STYLES,
        "call.js",
        verdict=verdict,
        glance=summary,
        findings=_shown(findings, verdict.steps, seconds),
        pairs=[_pair(name, field, said) for name, field in verdict.fields.items()],
        talk=talk(verdict.transcript, verdict.steps, findings),
        marked_steps=[
            {"number": number, "step": step}
            for number, step in enumerate(verdict.steps, 1)
            if step.start is not None and step.verdict is not StepVerdict.NOT_APPLICABLE
        ],
        seconds=seconds,
        ticks=ticks(seconds),
        waves={leg.value: outline(sound.peaks[leg]) if sound else "" for leg in Leg},
        peak_counts={leg.value: len(sound.peaks[leg]) if sound else 0 for leg in Leg},
        sound=sound,
        packed=base64.b64encode(sound.audio).decode() if sound else "",
    )


def _shown(
    findings: Sequence[Finding], steps: Sequence[StepResult], seconds: float
) -> list[_Shown]:
    by_id = {step.step: step for step in steps}
    placed = [number for number, finding in enumerate(findings) if finding.at is not None]
    shares = [(findings[number].at or 0.0) / seconds if seconds else 0.0 for number in placed]
    pins = dict(zip(placed, spread(shares, _PIN_APART), strict=True))
    return [
        _Shown(
            number=number + 1,
            finding=finding,
            step=by_id.get(finding.step or ""),
            pin=pins.get(number, 0.0),
        )
        for number, finding in enumerate(findings)
    ]


def _pair(name: str, field: FieldResult, said: Words) -> _Pair:
    answered = field.verdict is FieldVerdict.ANSWERED
    place = ""
    if field.difference:
        kind, _, number = field.difference.place.partition(" ")
        known = said["place"].get(kind)
        # A place the catalogue has no word for is shown as the engine wrote it.
        place = known.format(n=number) if known else field.difference.place
    return _Pair(
        id=name,
        field=field,
        cells=() if answered else cells(field.caller_value, field.readback_value),
        place=place,
    )
