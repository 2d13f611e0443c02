"""Which holiday a day belongs to: the house's table, else the State Council's, else a rule.

The State Council's table (chinesecalendar) knows the statutory days off with the weekends and
exchanged days around them (调休). Where 中秋 and 国庆 share one stretch it enters the day of 中秋
as 中秋 and all others as 国庆; when both fall on 1 October (2020), that day is 国庆: the
National Day is the day the law names, 中秋 the one that moves. The rule below follows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

import chinese_calendar
import cnlunar

__all__ = ["HOLIDAYS", "Calendar", "Day", "DaySource"]

HOLIDAYS: dict[str, tuple[str, str]] = {
    "new-year": ("元旦", "New Year's Day"),
    "spring-festival": ("春节", "Spring Festival"),
    "qingming": ("清明节", "Qingming"),
    "labour-day": ("劳动节", "Labour Day"),
    "dragon-boat": ("端午节", "Dragon Boat Festival"),
    "mid-autumn": ("中秋节", "Mid-Autumn Festival"),
    "national-day": ("国庆节", "National Day"),
}
"""Names of the statutory holidays, with how they are called in Chinese and English."""

_STATE_COUNCIL = {
    "New Year's Day": "new-year",
    "Spring Festival": "spring-festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour-day",
    "Dragon Boat Festival": "dragon-boat",
    "Mid-autumn Festival": "mid-autumn",
    "National Day": "national-day",
}

# The days themselves as the State Council's regulation of 2024 fixes them, without the weekends
# that each year's notice joins to them.
_SOLAR = {
    (1, 1): "new-year",
    (5, 1): "labour-day",
    (5, 2): "labour-day",
    (10, 1): "national-day",
    (10, 2): "national-day",
    (10, 3): "national-day",
}
_LUNAR = {
    (1, 1): "spring-festival",
    (1, 2): "spring-festival",
    (1, 3): "spring-festival",
    (5, 5): "dragon-boat",
    (8, 15): "mid-autumn",
}
_LUNAR_YEARS = range(1901, 2100)
"""Years for which cnlunar has tables, New Year's Eve of the next included."""


class DaySource(StrEnum):
    """Who says what day it is."""

    TABLE = "table"
    STATE_COUNCIL = "state-council"
    RULE = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day is. `holiday` None: an ordinary one (a make-up working day included)."""

    holiday: str | None
    source: DaySource
    lunar_known: bool = True
    """False: by rule, and too far away even for the lunar holidays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The State Council's calendar with the house's own days laid over it."""

    own: Mapping[date, str | None] = field(default_factory=dict)
    """Days of the house's table; None: ordinary after all."""
    complete_years: frozenset[int] = frozenset()
    """Years whose holidays the table holds in full."""

    def day(self, on: date) -> Day:
        """The holiday of a day; never fails."""
        if on in self.own:
            return Day(holiday=self.own[on], source=DaySource.TABLE)
        if on.year in self.complete_years:
            return Day(holiday=None, source=DaySource.TABLE)
        try:
            off, name = chinese_calendar.get_holiday_detail(on)
        except NotImplementedError:
            return _by_rule(on)
        holiday = _STATE_COUNCIL.get(name) if off and name else None
        return Day(holiday=holiday, source=DaySource.STATE_COUNCIL)


def _by_rule(on: date) -> Day:
    lunar_known = on.year in _LUNAR_YEARS
    # National Day before 中秋 when both fall on one day of 1-3 October only on 1 October itself.
    holiday = _SOLAR.get((on.month, on.day))
    if lunar_known and (on.month, on.day) != (10, 1):
        holiday = _lunar(on) or holiday
    return Day(holiday=holiday, source=DaySource.RULE, lunar_known=lunar_known)


def _lunar(on: date) -> str | None:
    day = cnlunar.Lunar(datetime.combine(on, time(12)))
    if day.todaySolarTerms == "清明":
        return "qingming"
    if day.isLunarLeapMonth:
        return None
    if (day.lunarMonth, day.lunarDay) in _LUNAR:
        return _LUNAR[day.lunarMonth, day.lunarDay]
    # 除夕, the eve, is the last day of a month of 29 or 30 days.
    after = cnlunar.Lunar(datetime.combine(on.fromordinal(on.toordinal() + 1), time(12)))
    eve = (after.lunarMonth, after.lunarDay) == (1, 1) and not after.isLunarLeapMonth
    return "spring-festival" if eve else None
