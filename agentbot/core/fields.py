"""The verdict on each field: what the caller gave against what the operator repeated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agentbot.core.events import Heard, Rescored
from agentbot.core.ledger import Book, Given, Known, Repeated
from agentbot.core.rescored.compare import compared
from agentbot.core.rescored.names import names_alike
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.values.answers import ChoiceValue
from agentbot.core.values.base import CERTAIN, Comparison, ValueKind
from agentbot.core.values.number import NumberValue
from agentbot.core.values.times import TimeValue
from agentbot.core.values.topic import Topic
from agentbot.core.verdict import Difference, FieldResult, FieldVerdict, Span
from agentbot.core.wording import difference_text, say

__all__ = ["Fact", "judge_fields", "trust"]

_SAME = 0.7
_OTHER = 0.25
_SLIP = 0.2
_NEAR = 0.8
"""How surely garbled words are about what they come nearest to."""
_HEARD_WELL = 0.4
"""Below this an answer may have been another one."""
_BELIEVED = 0.5
"""Trust in words below which each sign may have been another."""
_OBJECTION, _AGREEMENT = 0.15, 0.12
_OWN_OBJECTION = 0.35
"""A no to a number, an address or a name; any no may seem to be about free talk."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A field's result and what steps and findings need of it."""

    result: FieldResult
    slip: Repeated | None = None


def trust(*heard: Heard) -> float:
    """How far recognised words can be believed, 0..1; words without a confidence are taken as they stand."""
    known = [h.confidence for h in heard if h.confidence is not None]
    if not known:
        return 1.0
    return max(0.0, min(0.95, (min(known) - 0.3) / 0.6))


def judge_fields(
    known: Known, book: Book, rescored: Mapping[str, Rescored], lang: str
) -> dict[str, Fact]:
    """All fields of the script; `rescored`: answers of second looks by field."""
    looks = {f: compared(known, f, book, r) for f, r in rescored.items() if f in book.repeated}
    looks |= {f: Comparison(1.0) for f in book.repeated if _one_name(known, book, f)}
    read_back = {s.field for s in known.script.steps if s.kind is StepKind.READ_BACK}
    return {
        f: _read_back(known, book, f, looks.get(f), lang)
        if f in read_back
        else _answer(known, book, f, lang)
        for f in known.fields
    }


def _one_name(known: Known, book: Book, field: str) -> bool:
    """Whether recognised words of both legs give names that sound alike: no sound says more."""
    given, last = book.given[field][-1], book.repeated[field][-1]
    return (
        known.fields[field].kind is FieldKind.NAME
        and trust(*given.heard, *last.heard) < 1.0
        and names_alike(given.reading, last.reading)
    )


def _span(heard: tuple[Heard, ...]) -> Span:
    return Span(start=heard[0].start, end=heard[-1].end)


def _answer(known: Known, book: Book, field: str, lang: str) -> Fact:
    label = known.fields[field].label
    given = book.given.get(field)
    if not given:
        replied = book.replied.get(field)
        return Fact(
            FieldResult(
                label=label, caller_value=None, readback_value=None,
                verdict=FieldVerdict.CANNOT_TELL if replied else FieldVerdict.NOT_APPLICABLE,
                caller_at=_span(replied) if replied else None,
                reason=say("field_replied", lang) if replied else say("not_given", lang, field=label),
            )
        )  # fmt: skip
    last = given[-1]
    words = "，".join(h.text for h in last.heard)
    sure = last.reading.strength * (0.5 + 0.5 * trust(*last.heard))
    heard_well = sure >= _HEARD_WELL and not _contested(known.kinds[field], last)
    return Fact(
        FieldResult(
            label=label, caller_value=last.reading.value if heard_well else None, readback_value=None,
            verdict=FieldVerdict.ANSWERED if heard_well else FieldVerdict.CANNOT_TELL,
            confidence=round(sure, 3), caller_at=_span(last.heard),
            reason=say("answered", lang, heard=words),
        )
    )  # fmt: skip


def _contested(kind: ValueKind, given: Given) -> bool:
    """Whether the words may be another answer of which a sign was garbled."""
    believed, value = trust(*given.heard), given.reading.value
    if isinstance(kind, NumberValue):
        return believed < _BELIEVED and kind.contested(value)
    if isinstance(kind, TimeValue):
        return believed < CERTAIN and kind.contested(value, "".join(h.text for h in given.heard))
    if not isinstance(kind, ChoiceValue):
        return False
    return believed < 1.0 and any(
        kind.contested(value, h.text, murky=believed < _BELIEVED) for h in given.heard
    )


def _read_back(known: Known, book: Book, field: str, look: Comparison | None, lang: str) -> Fact:
    label, kind = known.fields[field].label, known.kinds[field]
    given, repeated = book.given.get(field), book.repeated.get(field)
    if not given:
        replied = book.replied.get(field)
        told = field in book.refused or field in book.pointed
        unclear = bool(replied) and not told and trust(*replied) < 1.0  # type: ignore[misc]
        return Fact(
            FieldResult(
                label=label, caller_value=None, readback_value=None,
                verdict=FieldVerdict.CANNOT_TELL if unclear else FieldVerdict.NOT_APPLICABLE,
                caller_at=_span(replied) if replied else None,
                reason=say("field_replied", lang) if unclear else say("not_given", lang, field=label),
            )
        )  # fmt: skip
    value = given[-1]
    if not repeated:
        return Fact(
            FieldResult(
                label=label, caller_value=value.reading.value, readback_value=None,
                verdict=FieldVerdict.NOT_READ_BACK, caller_at=_span(value.heard),
                confidence=round(value.reading.strength, 3),
                reason=say("missed_readback", lang, field=label, value=value.reading.value),
            )
        )  # fmt: skip
    last = repeated[-1]
    sure = trust(*value.heard, *last.heard) >= CERTAIN
    understood = (last.reading.parts and (value.reading.parts or sure)) or (
        sure and isinstance(kind, Topic) and kind.same_words(value.reading, last.reading)
    )
    plain = (
        kind.compare(value.reading, last.reading, trust=trust(*value.heard, *last.heard))
        if understood
        else None
    )
    garbled = plain is None and not sure
    if garbled and isinstance(kind, Topic) and kind.near(value.reading, last.reading):
        plain = Comparison(_NEAR)
    found = look or plain or Comparison(0.5)
    same = _with_reaction(found.same, last, value, known.fields[field].kind)
    if field in book.retold and trust(*value.heard, *last.heard) < 1.0:
        same = max(same, 0.5)
    slip = _slip(known, field, value, repeated[:-1])
    verdict = (
        FieldVerdict.MATCHED if same >= _SAME
        else FieldVerdict.MISMATCHED if same <= _OTHER
        else FieldVerdict.CANNOT_TELL
    )  # fmt: skip
    difference = _difference(found, lang) if verdict is FieldVerdict.MISMATCHED else None
    said, back = value.reading.value or None, last.reading.value or None
    if found.values and verdict is not FieldVerdict.CANNOT_TELL:
        said, back = found.values
    return Fact(
        FieldResult(
            label=label, caller_value=said, readback_value=back,
            verdict=verdict, confirmed=last.confirmed, difference=difference,
            confidence=round(min(1.0, abs(same - 0.5) * 2), 3),
            caller_at=_span(value.heard), readback_at=_span(last.heard),
            reason=_reason(verdict, slip, lang),
        ),
        slip if verdict is FieldVerdict.MATCHED else None,
    )  # fmt: skip


def _reason(verdict: FieldVerdict, slip: Repeated | None, lang: str) -> str:
    if verdict is FieldVerdict.MATCHED:
        return say("matched_after" if slip else "matched", lang)
    if verdict is FieldVerdict.CANNOT_TELL:
        return say("field_cannot_tell", lang)
    return ""


def _with_reaction(same: float, last: Repeated, value: Given, kind: FieldKind) -> float:
    """The caller's yes or no moves an unsure comparison; against what is sure it is not enough."""
    if last.confirmed is False or (value.correction and value.heard[0].start >= last.start):
        # Words that are certain speak for themselves, and half a read-back is not yet wrong.
        said = (*value.heard, *last.heard)
        garbled = trust(*said) < 1.0 and all(h.final for h in said)
        return same - (_OWN_OBJECTION if garbled and kind is not FieldKind.TOPIC else _OBJECTION)
    if last.confirmed is True:
        return same + _AGREEMENT
    return same


def _slip(known: Known, field: str, value: Given, earlier: list[Repeated]) -> Repeated | None:
    """A wrong read-back before the last one, to which the caller objected."""
    for item in earlier:
        found = known.kinds[field].compare(
            value.reading, item.reading, trust=trust(*value.heard, *item.heard)
        )
        if found.same <= _SLIP and item.confirmed is False:
            return item
    return None


def _difference(found: Comparison, lang: str) -> Difference | None:
    if not found.place:
        return None
    text = difference_text(found.place, found.caller, found.operator, lang)
    return Difference(place=found.place, caller=found.caller, operator=found.operator, text=text)
