"""The transcript as a conversation: each line with the steps and findings heard in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agentbot.core.events import Leg
from agentbot.core.verdict import Finding, Line, StepResult

__all__ = ["Piece", "Talk", "talk"]

_UNSURE = 0.6
_EDGE = 0.05
"""Seconds by which a finding may lie outside its line (rounding)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Part of a line; `marked` where it is the evidence of a finding."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One line as the page shows it."""

    line: Line
    pieces: tuple[Piece, ...]
    unsure: bool
    """The recogniser had little confidence in it."""
    steps: tuple[StepResult, ...]
    findings: tuple[int, ...]
    """Numbers of the findings as the page lists them, from 1."""


def talk(
    lines: Sequence[Line], steps: Sequence[StepResult], findings: Sequence[Finding]
) -> list[Talk]:
    """Lines by start time; `findings` in the order in which the page numbers them."""
    return [
        _line(line, steps, findings)
        for line in sorted(lines, key=lambda line: (line.start, line.end))
    ]


def _line(line: Line, steps: Sequence[StepResult], findings: Sequence[Finding]) -> Talk:
    here = [
        number
        for number, finding in enumerate(findings, 1)
        if finding.at is not None
        and line.start - _EDGE <= finding.at <= line.end + _EDGE
        and not (finding.evidence and finding.evidence not in line.text and _is_caller(line))
    ]
    return Talk(
        line=line,
        pieces=_pieces(line.text, [findings[number - 1].evidence for number in here]),
        unsure=line.confidence is not None and line.confidence < _UNSURE,
        steps=tuple(step for step in steps if not _is_caller(line) and _within(step, line)),
        findings=tuple(here),
    )


def _is_caller(line: Line) -> bool:
    return line.channel == Leg.CALLER


def _within(step: StepResult, line: Line) -> bool:
    """The step was begun in this line."""
    return step.start is not None and line.start - _EDGE <= step.start < line.end


def _pieces(text: str, evidence: Sequence[str]) -> tuple[Piece, ...]:
    """Cut out the longest evidence that stands in the line word for word."""
    quoted = max((words for words in evidence if words and words in text), key=len, default="")
    if not quoted:
        return (Piece(text=text, marked=False),)
    before, _, after = text.partition(quoted)
    cut = ((before, False), (quoted, True), (after, False))
    return tuple(Piece(text=part, marked=marked) for part, marked in cut if part)
