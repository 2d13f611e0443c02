"""Why a greeting is due, in one sentence of Chinese or English."""

from __future__ import annotations

from datetime import MAXYEAR, date, datetime
from typing import Literal

from agentbot.authoring.calendar import HOLIDAYS, Calendar, Day, DaySource
from agentbot.authoring.greeting_sets import Variant
from agentbot.authoring.notices import Notice

__all__ = ["outlook", "reason", "warning"]

Lang = Literal["zh", "en"]

_NOTICE_IS_OUT = 12
"""The State Council's notice comes each November; in December the table should have it."""
_SOURCES = {
    DaySource.TABLE: ("本单位节假日表", "the house's holiday table"),
    DaySource.STATE_COUNCIL: ("国务院放假安排", "the State Council's calendar"),
    DaySource.RULE: ("法定节日规则推算", "the statutory rule"),
}


def reason(
    variant: Variant,
    at: datetime,
    day: Day,
    notice: Notice | None,
    *,
    festive: bool,
    lang: Lang,
) -> str:
    """The sentence for `GreetingDue.why`; `festive`: a variant is there for the day's holiday."""
    zh = lang == "zh"
    if notice:
        return _by_notice(variant, notice, zh=zh)
    on = f"{at:%Y-%m-%d}"
    name = _holiday_name(day.holiday, zh=zh) if day.holiday else ""
    source = _SOURCES[day.source][not zh]
    if festive:
        if zh:
            return f"{on}是{name}假期（依据{source}），用“{variant.id}”开头语。"
        return f"{on} is {name} ({source}): greeting `{variant.id}`."
    if zh:
        plain = f"{on}是{name}，没有专用开头语" if name else f"{on}不是节日"
        hour = f"，{at:%H:%M}" if variant.minutes else ""
        return f"{plain}（依据{source}）{hour}用“{variant.id}”开头语。"
    plain = f"{on} is {name}, which has no greeting of its own" if name else f"{on} is no holiday"
    hour = f", {at:%H:%M}" if variant.minutes else ""
    return f"{plain} ({source}){hour}: greeting `{variant.id}`."


def _by_notice(variant: Variant, notice: Notice, *, zh: bool) -> str:
    span = f"{notice.start:%Y-%m-%d %H:%M} – {notice.end:%Y-%m-%d %H:%M}"
    said = f"（{notice.why}）" if notice.why else ""
    if zh:
        queue = f"，队列 {notice.queue}" if notice.queue else ""
        return f"通知规定 {span}{queue} 用“{variant.id}”开头语{said}。"
    queue = f", queue {notice.queue}" if notice.queue else ""
    said = f" ({notice.why})" if notice.why else ""
    return f"A notice orders greeting `{variant.id}` for {span}{queue}{said}."


def warning(day: Day, year: int, lang: Lang) -> str | None:
    """The warning for a year nobody knows yet; None: the year is known."""
    if day.source is not DaySource.RULE:
        return None
    if lang == "zh":
        lunar = "" if day.lunar_known else "，农历节日无法推算"
        return (
            f"{year}年放假安排未知，按法定日期推算（不含调休）{lunar}；"
            "请在 holidays.yaml 或 notices.yaml 中补上。"
        )
    lunar = "" if day.lunar_known else "; lunar holidays cannot be computed"
    return (
        f"The holidays of {year} are not known: statutory dates by rule, without exchanged days"
        f"{lunar}; add them to holidays.yaml or notices.yaml."
    )


def outlook(calendar: Calendar, today: date, lang: Lang) -> str | None:
    """The warning of December that next year's holidays are still to be entered."""
    following = today.year + 1
    if today.month != _NOTICE_IS_OUT or not following < MAXYEAR:
        return None
    return warning(calendar.day(date(following, 1, 1)), following, lang)


def _holiday_name(holiday: str, *, zh: bool) -> str:
    """How people call a holiday; a house's own one by its id."""
    return HOLIDAYS[holiday][not zh] if holiday in HOLIDAYS else holiday
