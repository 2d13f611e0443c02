"""Greeting set files: the variants of one house greeting, and when each is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agentbot.authoring.complaints import fill_in
from agentbot.authoring.greeting_form import GreetingSetForm, VariantForm
from agentbot.authoring.problems import Problems
from agentbot.authoring.source import read_source
from agentbot.authoring.templates import fill, template_problems

__all__ = ["GreetingSet", "Variant", "load_set"]

_NAMES = ("seat",)
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One wording and when it is due; neither holidays nor hours: the everyday one."""

    id: str
    say: str
    marks: tuple[str, ...]
    holidays: tuple[str, ...]
    minutes: frozenset[int]
    """Minutes of the day at which it is due."""

    @property
    def everyday(self) -> bool:
        """Due whenever nothing else is."""
        return not self.holidays and not self.minutes

    def text(self, seat: str | None) -> str:
        """The words, with the operator's number as given (digits stay digits)."""
        return fill(self.say, {"seat": seat or ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingSet:
    """All variants of one house greeting."""

    id: str
    title: str
    zone: ZoneInfo
    variants: tuple[Variant, ...]

    def by_id(self, name: str) -> Variant:
        """The variant of that id, which exists."""
        return next(variant for variant in self.variants if variant.id == name)

    def for_holiday(self, holiday: str | None) -> Variant | None:
        """The variant that a holiday calls for, if any."""
        return next((v for v in self.variants if holiday in v.holidays), None)

    def for_time(self, clock: time) -> Variant:
        """The variant due by hour, else the everyday one."""
        minute = clock.hour * 60 + clock.minute
        timely = (v for v in self.variants if minute in v.minutes)
        return next(timely, None) or next(v for v in self.variants if v.everyday)


def load_set(path: Path) -> GreetingSet:
    """The greeting set of one file.

    Raises:
        ScriptErrors: the file is wrong.
    """
    source = read_source(path)
    form = fill_in(GreetingSetForm, source)
    zone = _zone(form.time_zone, source.problems)
    variants = [_variant(name, variant) for name, variant in form.variants.items()]
    for variant in variants:
        for problem, mend in template_problems(variant.say, _NAMES, conditions=True):
            source.problems.add(("variants", variant.id, "say"), problem, mend)
    source.problems.stop()
    _check_times(variants, source.problems)
    _check_marks(variants, source.problems)
    source.problems.stop()
    return GreetingSet(id=form.greeting, title=form.title, zone=zone, variants=tuple(variants))


def _zone(name: str, problems: Problems) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.add(("time_zone",), f"unknown time zone `{name[:40]}`", "write Asia/Shanghai")
        return ZoneInfo("UTC")


def _variant(name: str, form: VariantForm) -> Variant:
    minutes: set[int] = set()
    for stretch in form.hours:
        start, end = (time.fromisoformat(part) for part in stretch.split("-"))
        first, last = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        # 22:00-06:00 runs over midnight.
        minutes |= {minute % MINUTES for minute in range(first, last + MINUTES * (last <= first))}
    return Variant(
        id=name,
        say=form.say,
        marks=tuple(form.marks),
        holidays=tuple(form.holidays),
        minutes=frozenset(minutes),
    )


def _check_times(variants: list[Variant], problems: Problems) -> None:
    at = ("variants",)
    everyday = [variant for variant in variants if variant.everyday]
    for variant in everyday[1:]:
        problems.add(
            (*at, variant.id),
            f"`{everyday[0].id}` and `{variant.id}` are both for every day",
            "give one of them `holidays:` or `hours:`",
        )
    covered: dict[int, str] = {}
    called: dict[str, str] = {}
    for variant in variants:
        for minute in sorted(variant.minutes):
            other = covered.setdefault(minute, variant.id)
            if other != variant.id:
                clock = f"{minute // 60:02}:{minute % 60:02}"
                problems.add(
                    (*at, variant.id, "hours"),
                    f"`{other}` and `{variant.id}` are both due at {clock}",
                    "let the hours only touch",
                )
                break
        for holiday in variant.holidays:
            other = called.setdefault(holiday, variant.id)
            if other != variant.id:
                problems.add(
                    (*at, variant.id, "holidays"),
                    f"`{other}` and `{variant.id}` are both for `{holiday}`",
                    "keep it with one of them",
                )
    if not everyday and len(covered) < MINUTES:
        gap = next(minute for minute in range(MINUTES) if minute not in covered)
        problems.add(
            at,
            f"nothing is due on a plain day at {gap // 60:02}:{gap % 60:02}",
            "add a variant without `holidays` and `hours`",
        )


def _check_marks(variants: list[Variant], problems: Problems) -> None:
    for variant in variants:
        text = variant.text("")
        at = ("variants", variant.id, "marks")
        if variant.marks and not any(mark in text for mark in variant.marks):
            problems.add(at, f"no mark of `{variant.id}` stands in its words", "add the one said")
        for mark in variant.marks:
            for other in variants:
                if other is not variant and mark in other.text(""):
                    problems.add(
                        at,
                        f"the mark `{mark}` also stands in the words of `{other.id}`",
                        "keep only words that no other variant has",
                    )
