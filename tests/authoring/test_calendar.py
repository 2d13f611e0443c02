"""Which holiday a day is: the State Council's table, the rule behind it, the house's own."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.authoring.calendar import HOLIDAYS, Calendar, Day, DaySource, _by_rule

CALENDAR = Calendar()


def days(text: str) -> list[date]:
    first, _, last = text.partition("..")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last or first)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


@pytest.mark.parametrize(
    ("stretch", "holiday"),
    [
        ("2026-01-01..2026-01-03", "new-year"),
        ("2026-01-04", None),  # a make-up working day
        ("2026-02-14", None),
        ("2026-02-15..2026-02-23", "spring-festival"),
        ("2026-04-05", "qingming"),
        ("2026-05-01..2026-05-05", "labour-day"),
        ("2026-06-19", "dragon-boat"),
        ("2026-09-25..2026-09-27", "mid-autumn"),
        ("2026-10-01..2026-10-07", "national-day"),
        ("2026-10-10", None),
        ("2015-09-03", None),  # a holiday of that one year has no greeting
        # 中秋 within the stretch of 国庆: its own day only
        ("2025-10-01..2025-10-05", "national-day"),
        ("2025-10-06", "mid-autumn"),
        ("2025-10-07..2025-10-08", "national-day"),
        ("2023-09-29", "mid-autumn"),
        ("2023-09-30..2023-10-06", "national-day"),
        # both on one day: the date that the law names
        ("2020-10-01..2020-10-08", "national-day"),
    ],
)
def test_known_years(stretch, holiday):
    assert {Day(holiday=holiday, source=DaySource.STATE_COUNCIL)} == {
        CALENDAR.day(day) for day in days(stretch)
    }


@pytest.mark.parametrize(
    ("stretch", "holiday"),
    [
        ("2090-01-01", "new-year"),
        ("2090-01-02", None),
        ("2090-01-29..2090-02-01", "spring-festival"),
        ("2090-05-01..2090-05-02", "labour-day"),
        ("2090-10-01..2090-10-03", "national-day"),
        ("2096-09-30", "mid-autumn"),
        ("2069-09-29", "mid-autumn"),
        ("2050-10-01", "national-day"),
        ("2031-10-01", "national-day"),  # and 中秋
    ],
)
def test_years_nobody_knows_go_by_rule(stretch, holiday):
    assert {(holiday, DaySource.RULE)} == {
        (CALENDAR.day(day).holiday, CALENDAR.day(day).source) for day in days(stretch)
    }


@given(st.dates(date(2008, 1, 1), date(2026, 12, 31)))
def test_the_rule_never_contradicts_a_known_year(day):
    by_rule = _by_rule(day).holiday
    known = CALENDAR.day(day).holiday

    if by_rule and day.year >= 2025:
        assert known == by_rule
    elif by_rule:
        # The eve of 春节 and 2 May became days off by the law of 2024.
        assert known in {by_rule, None}


@given(st.dates())
def test_every_day_has_an_answer(day):
    found = CALENDAR.day(day)

    assert found.holiday is None or found.holiday in HOLIDAYS
    assert found.lunar_known or found.source is DaySource.RULE


@given(st.dates(), st.sampled_from([None, *HOLIDAYS]))
def test_the_own_table_comes_first(day, holiday):
    own = Calendar(own={day: holiday})

    assert Day(holiday=holiday, source=DaySource.TABLE) == own.day(day)
    assert CALENDAR.day(date(2026, 1, 1)) == own.day(date(2026, 1, 1)) or day == date(2026, 1, 1)
