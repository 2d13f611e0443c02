"""Which read-backs to hear again before anybody is accused of a wrong one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import Heard, Rescored
from agentbot.core.known import Known
from agentbot.core.numerals import NUMBER_SIGNS
from agentbot.core.phonetic import normal
from agentbot.core.rescored.names import names_alike
from agentbot.core.script import FieldKind
from agentbot.core.values.address_place import number_leads
from agentbot.core.values.base import Reading, ValueKind, corrects, last_match
from agentbot.core.values.phone import Phone
from agentbot.core.values.surname_place import COMMON, name_places
from agentbot.core.verdict import Span

__all__ = ["find_doubts", "foreseen"]

_CLEAR = 0.97
"""Words heard with this confidence are not doubted (a person's transcript has none)."""
_ALIKE, _PLAIN = 0.9, 0.9
"""Certainty of agreement, and strength of both values, that settle a read-back."""
_REACH, _LONGEST_NAME = 6.0, 18
"""Seconds from an answer to its read-back, and signs of either: what is heard of a name elsewhere
or among many words is hardly one."""
_FIGURES = re.compile(rf"[{NUMBER_SIGNS}]{{2}}")
_NUMBER_IS = re.compile(r"(?:电话|手机|号码)(?:号码?)?[是为]?")
_BREATH, _LONGEST, _NEXT_GROUP = 0.6, 12.0, 6.0
"""Seconds: a pause within one breath, the longest telephone number said, and a pause in it."""
_GOES_ON, _SIGN = 3.0, 2
"""Seconds from one group of a number to the next where the other leg nods between them, and signs of a nod."""


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
        mine, theirs = given.heard, last.heard
        if kind is FieldKind.NAME:
            mine, theirs = _first_words(mine), _first_words(theirs)
        said, back = _words(mine), _words(theirs)
        if kind is FieldKind.PHONE:
            rivals = tuple(v for v in dict.fromkeys((given.reading.value, last.reading.value)) if v)
            leads: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        elif kind is FieldKind.NAME:
            if names_alike(given.reading, last.reading) or not _together(given, last):
                continue
            leads, rivals = _names(said, back)
        else:
            leads, rivals = (number_leads(said), number_leads(back)), ()
        if rivals if kind is FieldKind.PHONE else all(leads):
            doubts.append(
                ValueDoubt(
                    field=field, kind=kind, rivals=rivals,
                    caller=_spans(kind, _whole_turn(kind, mine, heard)),
                    operator=_spans(kind, _whole_turn(kind, theirs, heard)),
                    caller_leads=leads[0], operator_leads=leads[1],
                )
            )  # fmt: skip
    return tuple(doubts)


def foreseen(known: Known, book: Book, heard: Sequence[Heard]) -> tuple[ValueDoubt, ...]:
    """Numbers given and not read back yet: what of their sound can be asked beforehand."""
    return tuple(
        ValueDoubt(
            field=field, kind=FieldKind.PHONE, rivals=(given[-1].reading.value,), operator=(),
            caller=_spans(FieldKind.PHONE, _whole_turn(FieldKind.PHONE, given[-1].heard, heard)),
        )
        for field, given in book.given.items()
        if known.fields[field].kind is FieldKind.PHONE
        and field not in book.repeated
        and given[-1].reading.value
        and not _certain(given[-1].heard)
    )  # fmt: skip


def _first_words(heard: tuple[Heard, ...]) -> tuple[Heard, ...]:
    """The utterances that a name stands in: it is said first, and its signs explained behind it."""
    fitting = (n for n in range(len(heard), 0, -1) if len(_words(heard[:n])) <= _LONGEST_NAME)
    return heard[: next(fitting, 0)]


def _together(given: Given, last: Repeated) -> bool:
    """Whether a value and its repetition stand as near as question and answer do."""
    one, other = sorted((given.heard, last.heard), key=lambda heard: heard[0].start)
    return other[0].start - one[-1].end <= _REACH


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
    """A value's utterances and those of the same breath, whose numbers were not understood."""
    if kind not in (FieldKind.PHONE, FieldKind.ADDRESS):
        return said
    if kind is FieldKind.PHONE:
        said = _in_one_go(said)
    leg = sorted((h for h in heard if h.leg is said[0].leg), key=lambda h: h.start)
    inside = [h for h in leg if said[0].start <= h.start <= said[-1].start]
    # What was understood of an address tells where its numbers begin: nothing is put before it.
    for step, edge in ((-1, 0), (1, -1)) if kind is FieldKind.PHONE else ((1, -1),):
        at = leg.index(inside[edge]) + step
        while (
            0 <= at < len(leg)
            and (
                _gap(leg[at], inside[edge]) <= _BREATH
                or (step < 0 and _listened(leg[at], inside[edge], heard))
            )
            and inside[-1].end - inside[0].start < _LONGEST
        ):
            inside.insert(0 if step < 0 else len(inside), leg[at])
            at += step
    return tuple(inside)


def _in_one_go(said: tuple[Heard, ...]) -> tuple[Heard, ...]:
    """The last groups of a number; figures long before them were of something else."""
    after = (i for i in range(len(said) - 1, 0, -1) if _gap(said[i - 1], said[i]) > _NEXT_GROUP)
    return said[next(after, 0) :]


def _listened(one: Heard, other: Heard, heard: Sequence[Heard]) -> bool:
    """Whether between two utterances of a leg the other one only said 嗯: a number goes on."""
    first, then = sorted((one, other), key=lambda h: h.start)
    if then.start - first.end > _GOES_ON:
        return False
    between = [h for h in heard if h.leg is not one.leg and first.end <= h.start < then.start]
    return bool(between) and all(len(normal(h.text)) <= _SIGN for h in between)


def _gap(one: Heard, other: Heard) -> float:
    return max(one.start, other.start) - min(one.end, other.end)


def _certain(heard: tuple[Heard, ...]) -> bool:
    return all(h.confidence is None or h.confidence >= _CLEAR for h in heard)


def _spans(kind: FieldKind, heard: tuple[Heard, ...]) -> tuple[Span, ...]:
    """Where the words stand; of a number that its speaker put right, what comes after that."""
    spans = tuple(Span(start=h.start, end=h.end) for h in heard)
    if kind is not FieldKind.PHONE:
        return spans
    begins = [(i, _begin(heard[:i], h, heard[i + 1 :])) for i, h in enumerate(heard)]
    right = [(i, start) for i, start in begins if start is not None]
    if not right:
        return spans
    index, start = right[-1]
    first = (Span(start=start, end=spans[index].end),) if start < spans[index].end else ()
    return (*first, *spans[index + 1 :])


def _begin(earlier: Sequence[Heard], item: Heard, later: Sequence[Heard]) -> float | None:
    """Seconds from which the number alone is said: after a word of correction, or after 电话是.

    None: there are no other figures before, or none after it.
    """
    found: list[float] = []
    anew = corrects(item.text)
    for mark in (anew, last_match(_NUMBER_IS, item.text)):
        before = [item.text[: mark.start()]] if mark else []
        if mark is anew and mark and not normal(item.text[mark.end() :]):
            before += [normal(h.text) for h in earlier]  # said in a breath of its own
        if not mark or not any(map(_FIGURES.search, before)):
            continue
        if _FIGURES.search(item.text, mark.end()):
            found += _ends(item, mark.end())
        elif any(_FIGURES.search(normal(h.text)) for h in later):
            found.append(item.end)
    return max(found, default=None)


def _ends(item: Heard, signs: int) -> list[float]:
    """Seconds at which so many signs have been said, where the words are timed."""
    said = 0
    for word in item.words:
        said += len(word.text)
        if said >= signs:
            return [round(word.end, 3)]
    return []


def _words(heard: tuple[Heard, ...]) -> str:
    return "，".join(h.text for h in heard)


def _names(said: str, back: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]]:
    """The words before each leg's family name; the common ones, and the signs heard there."""
    mine, theirs = name_places(said, back)
    signs = [said[i] for i in mine] + [back[i] for i in theirs]
    leads = (tuple(said[:i] for i in mine), tuple(back[:i] for i in theirs))
    return leads, tuple(dict.fromkeys([*COMMON, *signs]))
