"""What the house wrote: scripts, greetings, rules and the table of holidays."""

from __future__ import annotations

from datetime import date
from typing import Literal

from agentbot.authoring.calendar import DaySource
from agentbot.authoring.greetings import load_greetings
from agentbot.authoring.house import check_house
from agentbot.authoring.places import greetings_folder, scripts_folder
from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.errors import AgentbotError
from agentbot.replay.house import House
from agentbot.settings import Settings

__all__ = ["holidays", "rules", "written"]


def written(today: date, lang: Literal["zh", "en"]) -> Check:
    """As `agentbot check` sees it."""
    try:
        checked = check_house([scripts_folder(), greetings_folder()], today, lang=lang)
    except AgentbotError as error:
        return failed("house", "unread", problem=str(error))
    if checked.problems:
        first, number = str(checked.problems[0]), len(checked.problems)
        return failed("house", "problems", number=number, first=first)
    kinds = list(checked.kinds.values())
    zones = {one.zone.key for one in load_greetings(greetings_folder()).sets.values()}
    return fine(
        "house", "ok", scripts=kinds.count("script"), greetings=kinds.count("greeting set"),
        zones=", ".join(sorted(zones)),
    )  # fmt: skip


def rules(settings: Settings) -> Check:
    """Does each rule name a script, and is there a rule at all?"""
    try:
        known = House.read().scripts
    except AgentbotError:
        return failed("rules", "no_scripts")
    strange = next((rule.script for rule in settings.rules if rule.script not in known), None)
    if strange is not None:
        return failed("rules", "unknown", script=strange, known=", ".join(sorted(known)))
    if not settings.rules:
        return warning("rules", "none", known=", ".join(sorted(known)))
    return fine("rules", number=len(settings.rules))


def holidays(today: date) -> Check:
    """Are the holidays of this year and the next known, or only guessed by rule?"""
    try:
        calendar = load_greetings(greetings_folder()).calendar
    except AgentbotError as error:
        return failed("holidays", "unread", problem=str(error))
    year = today.year
    guessed = [y for y in (year, year + 1) if calendar.day(date(y, 6, 30)).source is DaySource.RULE]
    if year in guessed:
        return failed("holidays", "this_year", year=year)
    if guessed:
        # The State Council's notice comes in November.
        late = today.month == 12
        said = warning if late or today.month == 11 else fine
        return said("holidays", "soon" if late else "next_year", year=year + 1)
    return fine("holidays", year=year, next=year + 1)
