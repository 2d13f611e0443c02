"""How greeting sets, notices and holiday tables are written (docs/greetings.md tells people)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from agentbot.authoring.form import Form, Id, OneOrMany, Phrase, Text, as_list

__all__ = [
    "GreetingSetForm",
    "HolidayForm",
    "HolidaysForm",
    "Moment",
    "NoticeForm",
    "NoticesForm",
    "VariantForm",
]

LONGEST_STRETCH = timedelta(days=400)


def _hours(text: str) -> str:
    parts = text.replace("–", "-").split("-")
    try:
        start, end = (time.fromisoformat(part.strip()) for part in _midnight(parts))
    except ValueError:
        start = end = time.min
    if start == end:
        raise PydanticCustomError("hours", "is no stretch of the day; write 06:00-11:00")
    return f"{start:%H:%M}-{end:%H:%M}"


def _midnight(parts: list[str]) -> list[str]:
    return ["00:00" if part.strip() == "24:00" else part for part in parts]


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("day", "is no date; write 2027-02-05") from None


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return _day(value) if len(value) <= len("2027-02-05") else _local(value)
    except ValueError:
        raise PydanticCustomError(
            "moment", "is no date or local time; write 2027-02-05 or 2027-02-05T17:00"
        ) from None


def _local(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        # The house's own clock is meant; the set knows its zone.
        raise ValueError
    return moment


Hours = Annotated[Text, AfterValidator(_hours)]
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[datetime | date, BeforeValidator(_moment)]


class VariantForm(Form):
    say: Text
    marks: list[Phrase] = Field(default_factory=list)
    holidays: OneOrMany = Field(default_factory=list)
    hours: Annotated[list[Hours], BeforeValidator(as_list)] = Field(default_factory=list)


class GreetingSetForm(Form):
    greeting: Id
    title: Text
    time_zone: Text = "Asia/Shanghai"
    variants: Annotated[dict[Id, VariantForm], Field(min_length=1, max_length=50)]


def _stretch(first: date, last: date) -> None:
    if last < first:
        raise PydanticCustomError("stretch", "ends before it begins")
    if last - first > LONGEST_STRETCH:
        raise PydanticCustomError("stretch", "lasts longer than a year")


class NoticeForm(Form):
    first: Annotated[Moment, Field(alias="from")]
    until: Moment
    variant: Id
    greeting: Id | None = None
    queue: Text | None = None
    why: Text | None = None

    @property
    def start(self) -> datetime:
        """First moment, local time."""
        return _at(self.first, time.min)

    @property
    def end(self) -> datetime:
        """The first moment after it, local time; a bare date counts to its last second."""
        if isinstance(self.until, datetime):
            return self.until
        return _at(self.until, time.min) + timedelta(days=1)

    @model_validator(mode="after")
    def _some_time(self) -> NoticeForm:
        if self.end <= self.start:
            raise PydanticCustomError("stretch", "ends before it begins")
        _stretch(self.start.date(), self.end.date())
        return self


def _at(moment: date, clock: time) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, clock)


class NoticesForm(Form):
    notices: Annotated[list[NoticeForm], Field(max_length=2000)]


class HolidayForm(Form):
    first: Annotated[Day, Field(alias="from")]
    until: Day
    holiday: Id

    @property
    def days(self) -> list[date]:
        """Each day of the row."""
        return [self.first + timedelta(days=n) for n in range((self.until - self.first).days + 1)]

    @model_validator(mode="after")
    def _some_days(self) -> HolidayForm:
        _stretch(self.first, self.until)
        return self


class HolidaysForm(Form):
    days: Annotated[list[HolidayForm], Field(max_length=2000)]
    complete_years: list[Annotated[int, Field(ge=1950, le=2200)]] = Field(default_factory=list)
