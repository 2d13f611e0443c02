"""The next line to say, filled in; what may have been heard wrongly is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from agentbot.core.events import Heard
from agentbot.core.known import Known
from agentbot.core.ledger import Given
from agentbot.core.numerals import DIGIT, NUMBER_SIGNS, readings
from agentbot.core.script import FieldKind, Step, StepKind
from agentbot.core.seat.view import Piece
from agentbot.core.values.kinds import kind_of
from agentbot.core.values.phone import Phone
from agentbot.core.wording import say

__all__ = ["fill", "grouped", "pieces"]

_UNSURE = 0.6
"""Words heard with less confidence are marked, here as in the reports."""
_PLACE = re.compile(r"(\{\{ \w+ \}\})")
_NUMBER = re.compile(f"[{NUMBER_SIGNS}]+")
_MOBILE, _GROUPS = (3, 4, 4), {8: (4, 4), 7: (3, 4)}
"""How mobile numbers are written and said, and land lines of these lengths."""
_OPEN = Piece(text="…", uncertain=True)
_DOORS = frozenset({"building", "number", "room", "lane", "unit", "group"})
"""Parts of which an address has at least one."""


def fill(
    step: Step, values: Mapping[str, tuple[Piece, ...]], seat: str, greeting: str | None,
    labels: Mapping[str, str], lang: str,
) -> tuple[Piece, ...]:  # fmt: skip
    """The house's words for a step; `values`: field id to its pieces, none for one not heard."""
    text = step.say or step.label
    if step.kind is StepKind.GREETING and greeting:
        text = greeting
    if step.kind is StepKind.READ_BACK and step.field and not step.say:
        place = f"{{{{ {step.field} }}}}"
        text = say("prompt_readback", lang, label=labels[step.field], value=place)
    found: list[Piece] = []
    for part in _PLACE.split(text):
        name = part[3:-3] if _PLACE.fullmatch(part) else None
        if name == "seat":
            found.append(Piece(text=seat))
        elif name is not None:
            found.extend(values.get(name) or (_OPEN,))
        elif part:
            found.append(Piece(text=part))
    return _joined((p.text, p.uncertain) for p in found)


def pieces(known: Known, field: str, given: Given, *, more: bool) -> tuple[Piece, ...]:
    """A value as the caller gave it; `more`: the caller is still saying it."""
    value = given.reading.value
    signs = [pair for heard in given.heard for pair in _signs(heard)]
    kind = known.fields[field].kind
    if kind is FieldKind.PHONE:
        marks = _digits(value, signs)
    elif kind is FieldKind.CHOICE:
        marks = [False] * len(value)  # the value is none of the caller's own words
    else:
        marks = _parts(value, given.reading.parts, signs)
    told = zip(value, marks, strict=True)
    if kind is FieldKind.PHONE:
        told = zip(grouped(value), _spread(value, marks), strict=True)
    lacking = more or not _whole(known, field, given)
    return _joined([*told, (_OPEN.text, True)] if lacking else told)


def grouped(number: str) -> str:
    """A telephone number as it is written: 138 1234 5678."""
    sizes = _MOBILE if number.startswith("1") else _GROUPS.get(len(number), ())
    starts = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    parts = [number[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    return " ".join(part for part in parts if part)


def _spread(number: str, marks: list[bool]) -> list[bool]:
    """The marks of the digits, with one for each gap between groups."""
    left = iter(marks)
    last = False
    spread = []
    for sign in grouped(number):
        last = last if sign == " " else next(left)
        spread.append(last)
    return spread


def _signs(heard: Heard) -> list[tuple[str, float]]:
    """Every sign of an utterance with the confidence of its word."""
    told = [
        (sign, word.confidence) for word in heard.words for sign in word.text if not sign.isspace()
    ]
    if told:
        return told
    confidence = 1.0 if heard.confidence is None else heard.confidence
    return [(sign, confidence) for sign in heard.text]


def _digits(value: str, signs: list[tuple[str, float]]) -> list[bool]:
    said = [(DIGIT[sign], confidence) for sign, confidence in signs if sign in DIGIT]
    if "".join(digit for digit, _ in said) == value:
        return [confidence < _UNSURE for _, confidence in said]
    return [_doubted(signs)] * len(value)


def _parts(
    value: str, parts: tuple[tuple[str, str], ...], signs: list[tuple[str, float]]
) -> list[bool]:
    """Marks of a value's signs, each part by the words it was heard in."""
    marks = [False] * len(value)
    at = 0
    for _, part in parts:
        start = value.find(part, at)
        if not part or start < 0:
            continue
        at = start + len(part)
        marks[start:at] = [_heard_badly(part, signs)] * len(part)
    return marks


def _heard_badly(part: str, signs: list[tuple[str, float]]) -> bool:
    text = "".join(sign for sign, _ in signs)
    spans = [(text.rfind(part), text.rfind(part) + len(part))] if part in text else [
        m.span() for m in _NUMBER.finditer(text) if readings(m.group()) == part
    ]  # fmt: skip
    if not spans:
        return _doubted(signs)
    start, end = spans[-1]
    return _doubted(signs[start:end])


def _doubted(signs: list[tuple[str, float]]) -> bool:
    return min((confidence for _, confidence in signs), default=1.0) < _UNSURE


def _whole(known: Known, field: str, given: Given) -> bool:
    """Whether nothing of the value is plainly missing."""
    asked = known.fields[field]
    kind = kind_of(asked) if asked.kind is FieldKind.PHONE else None
    if isinstance(kind, Phone):
        return kind.complete(given.reading.value)
    if asked.kind is FieldKind.ADDRESS:
        return bool({place for place, _ in given.reading.parts} & _DOORS)
    return True


def _joined(signs: Iterator[tuple[str, bool]] | list[tuple[str, bool]]) -> tuple[Piece, ...]:
    """Neighbours of one kind as one piece."""
    return tuple(
        Piece(text="".join(text for text, _ in run), uncertain=uncertain)
        for uncertain, run in groupby(signs, key=lambda pair: pair[1])
    )
