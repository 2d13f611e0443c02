"""Which read-backs to hear again before anybody is accused of a wrong one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agentbot.core.book import Book
from agentbot.core.doubts import Rival, ValueDoubt
from agentbot.core.events import Heard, Rescored
from agentbot.core.known import Known
from agentbot.core.numerals import NUMBER_SIGNS, readings
from agentbot.core.script import FieldKind
from agentbot.core.values.base import Reading, ValueKind
from agentbot.core.values.phone import Phone
from agentbot.core.values.surname_place import COMMON, surname_place
from agentbot.core.verdict import Span

__all__ = ["find_doubts"]

_CLEAR = 0.97
"""Words heard with this confidence are not doubted (a person's transcript has none)."""
_ALIKE, _PLAIN = 0.9, 0.9
"""Certainty of agreement, and strength of both values, that settle a read-back."""
_BREATH, _LONGEST = 0.6, 12.0
"""Seconds: a pause within one breath, and the longest telephone number said."""


def find_doubts(
    known: Known, book: Book, rescored: Mapping[str, Rescored], heard: Sequence[Heard]
) -> tuple[ValueDoubt, ...]:
    """Read-backs to be heard again: all whose words are not certain, unless already done."""
    doubts: list[ValueDoubt] = []
    for field, repeated in book.repeated.items():
        given = book.given[field][-1]
        last = repeated[-1]
        kind = known.fields[field].kind
        if field in rescored or _certain((*given.heard, *last.heard)):
            continue
        if kind not in (FieldKind.PHONE, FieldKind.ADDRESS, FieldKind.NAME):
            continue
        if _agree(known.kinds[field], given.reading, last.reading):
            continue
        rivals = _rivals(kind, given.reading, last.reading, given.heard, last.heard)
        if rivals or kind is not FieldKind.PHONE:
            doubts.append(
                ValueDoubt(
                    field=field, kind=kind, rivals=rivals,
                    caller=_spans(_whole_turn(kind, given.heard, heard)),
                    operator=_spans(_whole_turn(kind, last.heard, heard)),
                )
            )  # fmt: skip
    return tuple(doubts)


def _agree(kind: ValueKind, caller: Reading, operator: Reading) -> bool:
    """Two legs heard apart that give one whole value need no second look."""
    whole = {p for p, _ in caller.parts if p != "community"} <= {p for p, _ in operator.parts}
    if isinstance(kind, Phone):
        return caller.value == operator.value and kind.complete(caller.value)
    sure = bool(caller.parts) and whole and kind.compare(caller, operator, trust=1.0).same >= _ALIKE
    return sure and min(caller.strength, operator.strength) >= _PLAIN


def _whole_turn(
    kind: FieldKind, said: tuple[Heard, ...], heard: Sequence[Heard]
) -> tuple[Heard, ...]:
    """A number's utterances and those of the same breath, whose digits were not understood."""
    if kind is not FieldKind.PHONE:
        return said
    leg = sorted((h for h in heard if h.leg is said[0].leg), key=lambda h: h.start)
    inside = [h for h in leg if said[0].start <= h.start <= said[-1].start]
    for step, edge in ((-1, 0), (1, -1)):
        at = leg.index(inside[edge]) + step
        while (
            0 <= at < len(leg)
            and _gap(leg[at], inside[edge]) <= _BREATH
            and inside[-1].end - inside[0].start < _LONGEST
        ):
            inside.insert(0 if step < 0 else len(inside), leg[at])
            at += step
    return tuple(inside)


def _gap(one: Heard, other: Heard) -> float:
    return max(one.start, other.start) - min(one.end, other.end)


def _certain(heard: tuple[Heard, ...]) -> bool:
    return all(h.confidence is None or h.confidence >= _CLEAR for h in heard)


def _spans(heard: tuple[Heard, ...]) -> tuple[Span, ...]:
    return tuple(Span(start=h.start, end=h.end) for h in heard)


def _rivals(
    kind: FieldKind,
    caller: Reading,
    operator: Reading,
    heard: tuple[Heard, ...],
    repeated: tuple[Heard, ...],
) -> tuple[Rival, ...]:
    if kind is FieldKind.NAME:
        return _surnames("".join(h.text for h in heard), "".join(h.text for h in repeated))
    if kind is FieldKind.PHONE:
        return tuple(Rival(value=v) for v in dict.fromkeys((caller.value, operator.value)) if v)
    mine, theirs = dict(caller.parts), dict(operator.parts)
    said, back = "".join(h.text for h in heard), "".join(h.text for h in repeated)
    rivals = []
    for place, value in mine.items():
        other = theirs.get(place)
        if other is None or other == value:
            continue
        a, b = _raw(said, value), _raw(back, other)
        if a and b:
            rivals.append(Rival(value=f"{place}={value}", caller=said, operator=back.replace(b, a)))
            rivals.append(Rival(value=f"{place}={other}", caller=said.replace(a, b), operator=back))
    return tuple(rivals)


def _surnames(said: str, back: str) -> tuple[Rival, ...]:
    """Common family names, each put where the two legs have theirs."""
    mine, theirs = surname_place(said), surname_place(back)
    if mine is None or theirs is None:
        return ()
    return tuple(
        Rival(
            value=name,
            caller=said[:mine] + name + said[mine + 1 :],
            operator=back[:theirs] + name + back[theirs + 1 :],
        )
        for name in dict.fromkeys(COMMON + said[mine] + back[theirs])
    )


def _raw(text: str, value: str) -> str:
    """The stretch of the text that was read as the value; empty if it cannot be found."""
    if value in text:
        return value
    for number in re.finditer(f"[{NUMBER_SIGNS}]+", text):
        if readings(number.group()) == value:
            return number.group()
    return ""
