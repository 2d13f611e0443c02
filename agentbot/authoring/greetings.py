"""What must be said at the beginning of a call, and why: notice, holiday, hour, or plain day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from agentbot.authoring.calendar import HOLIDAYS, Calendar
from agentbot.authoring.complaints import fill_in
from agentbot.authoring.greeting_form import HolidaysForm, NoticesForm
from agentbot.authoring.greeting_sets import GreetingSet, load_set
from agentbot.authoring.notices import Notice, notice_for, notices_of
from agentbot.authoring.places import yaml_files
from agentbot.authoring.problems import ScriptErrors, nearest
from agentbot.authoring.reasons import outlook, reason, warning
from agentbot.authoring.source import Source, read_source
from agentbot.core.events import GreetingDue, GreetingVariant
from agentbot.errors import ConfigError, ScriptError

__all__ = ["Greetings", "check_greetings", "greeting_variants", "load_greetings", "year_ahead"]

NOTICES, HOLIDAY_TABLE = "notices", "holidays"
"""Names of the two files that are no greeting set."""
_YEARS = (1900, 2999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greetings:
    """All greeting sets of a house with its notices and its calendar."""

    sets: Mapping[str, GreetingSet]
    notices: tuple[Notice, ...] = ()
    calendar: Calendar = field(default_factory=Calendar)

    def due(
        self,
        greeting_id: str,
        at: datetime,
        seat: str | None,
        queue: str | None = None,
        *,
        lang: Literal["zh", "en"] = "zh",
    ) -> GreetingDue:
        """The greeting for a call answered `at` (without a zone: local time of the set).

        A notice wins over a holiday, a holiday over the hour, the hour over the everyday
        greeting. `seat` is put into the words as given; None leaves its place empty.

        Raises:
            ConfigError: no such greeting set, or a year without a calendar.
        """
        greetings = self._set(greeting_id)
        if not _YEARS[0] <= at.year <= _YEARS[1]:
            raise ConfigError(
                f"{at.isoformat()}: no calendar for {at.year}; a year from {_YEARS[0]} to {_YEARS[1]} is wanted"
            )
        local = at.astimezone(greetings.zone).replace(tzinfo=None) if at.tzinfo else at
        day = self.calendar.day(local.date())
        ids = [variant.id for variant in greetings.variants]
        notice = notice_for(self.notices, greeting=greeting_id, variants=ids, at=local, queue=queue)
        festive = greetings.for_holiday(day.holiday) if day.holiday else None
        if notice:
            variant = greetings.by_id(notice.variant)
        else:
            variant = festive or greetings.for_time(local.time())
        return GreetingDue(
            variant=variant.id,
            why=reason(variant, local, day, notice, festive=festive is not None, lang=lang),
            variants=tuple(
                GreetingVariant(id=one.id, text=one.text(seat), marks=one.marks)
                for one in greetings.variants
            ),
            # A notice is the house's own word; what the calendar does not know is then no matter.
            warning=None if notice else warning(day, local.year, lang),
        )

    def outlook(self, today: date, *, lang: Literal["zh", "en"] = "zh") -> str | None:
        """From 1 December on: a warning if next year's holidays are not known yet."""
        return outlook(self.calendar, today, lang)

    def _set(self, greeting_id: str) -> GreetingSet:
        try:
            return self.sets[greeting_id]
        except KeyError:
            mend = nearest(greeting_id, list(self.sets), "write a greeting set first")
            raise ConfigError(f"unknown greeting set `{greeting_id}`; {mend}") from None


def load_greetings(folder: Path) -> Greetings:
    """The greeting sets (`*.yaml`), `notices.yaml` and `holidays.yaml` of a folder.

    Raises:
        ScriptErrors: files are wrong; all problems of all files.
        ConfigError: the folder has no greeting set.
    """
    greetings, problems = _read(folder)
    if problems:
        raise ScriptErrors(problems)
    if not greetings.sets:
        raise ConfigError(f"{folder}: no greeting set; name a folder with greeting files (*.yaml)")
    return greetings


def year_ahead(folder: Path, today: date, *, lang: Literal["zh", "en"] = "zh") -> str | None:
    """`Greetings.outlook` for a folder, greeting sets in it or not."""
    return _read(folder)[0].outlook(today, lang=lang)


def check_greetings(folder: Path) -> list[ScriptError]:
    """Everything wrong with the files of a folder of greetings; empty: nothing."""
    return _read(folder)[1]


def greeting_variants(folder: Path) -> dict[str, tuple[str, ...]]:
    """The ids of the variants of each set; none for a set whose file is broken."""
    known: dict[str, tuple[str, ...]] = {}
    for path in _set_files(folder):
        try:
            loaded = load_set(path)
        except ScriptErrors:
            known[path.stem] = ()
        else:
            known[loaded.id] = tuple(variant.id for variant in loaded.variants)
    return known


def _set_files(folder: Path) -> list[Path]:
    return [path for path in yaml_files(folder) if path.stem not in {NOTICES, HOLIDAY_TABLE}]


def _read(folder: Path) -> tuple[Greetings, list[ScriptError]]:
    problems: list[ScriptError] = []
    sets: dict[str, GreetingSet] = {}
    for path in _set_files(folder):
        try:
            loaded = load_set(path)
        except ScriptErrors as wrong:
            problems += wrong.errors
            continue
        if loaded.id in sets:
            what = f"the greeting set `{loaded.id}` is in another file already"
            problems.append(ScriptError(str(path), None, what, "give each its own `greeting:`"))
        sets[loaded.id] = loaded
    broken = bool(problems)
    notices: tuple[Notice, ...] = ()
    calendar = Calendar()
    for path in yaml_files(folder):
        try:
            if path.stem == NOTICES:
                notices = _notices(read_source(path), {} if broken else sets)
            elif path.stem == HOLIDAY_TABLE:
                calendar = _calendar(read_source(path), {} if broken else sets)
        except ScriptErrors as wrong:
            problems += wrong.errors
    return Greetings(sets=sets, notices=notices, calendar=calendar), problems


def _notices(source: Source, sets: Mapping[str, GreetingSet]) -> tuple[Notice, ...]:
    form = fill_in(NoticesForm, source)
    for position, notice in enumerate(form.notices):
        at = ("notices", position)
        if sets and notice.greeting is not None and notice.greeting not in sets:
            mend = nearest(notice.greeting, list(sets), "")
            source.problems.add(
                (*at, "greeting"), f"unknown greeting set `{notice.greeting}`", mend
            )
            continue
        meant = [one for one in sets.values() if notice.greeting in {None, one.id}]
        known = sorted({variant.id for one in meant for variant in one.variants})
        if known and notice.variant not in known:
            mend = nearest(notice.variant, known, "")
            source.problems.add((*at, "variant"), f"unknown variant `{notice.variant}`", mend)
    source.problems.stop()
    return notices_of(form)


def _calendar(source: Source, sets: Mapping[str, GreetingSet]) -> Calendar:
    form = fill_in(HolidaysForm, source)
    called = {h for one in sets.values() for variant in one.variants for h in variant.holidays}
    known = sorted({*HOLIDAYS, *called, "none"})
    own: dict[date, str | None] = {}
    for position, row in enumerate(form.days):
        if sets and row.holiday not in known:
            mend = nearest(row.holiday, known, "")
            source.problems.add(
                ("days", position, "holiday"), f"no greeting is for `{row.holiday}`", mend
            )
        for on in row.days:
            if on in own:
                what = f"{on} stands here twice"
                source.problems.add(("days", position), what, "let the rows not overlap")
                break
            own[on] = None if row.holiday == "none" else row.holiday
    source.problems.stop()
    return Calendar(own=own, complete_years=frozenset(form.complete_years))
