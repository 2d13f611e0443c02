"""One exchange from its port to the sound of its calls; each step needs those before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from agentbot.doctor.check import Check, State, failed, fine
from agentbot.doctor.hooks import hooks
from agentbot.doctor.modules import modules
from agentbot.doctor.reach import reach
from agentbot.doctor.rights import told, write_rights
from agentbot.doctor.route import test_call
from agentbot.doctor.seats import seats
from agentbot.doctor.version import clock, time_zone, version
from agentbot.doctor.visit import Visit, visit
from agentbot.doctor.waiting import Look, look
from agentbot.errors import ConfigError, PbxError
from agentbot.pbx.ami import Account
from agentbot.service.app import account
from agentbot.service.sound import Taps
from agentbot.settings import Settings
from agentbot.settings_form import ExchangeForm

__all__ = ["exchange"]

_SECONDS = 20.0
"""For the test call: two times two channels that come, and three seconds of sound."""


async def exchange(
    form: ExchangeForm, settings: Settings, taps: Taps | None, *, runs: bool
) -> AsyncIterator[Check]:
    """Its lines. `taps`: None where the port for sound cannot be opened; `runs`: so does the service."""
    async for check in _exchange(form, settings, taps, runs=runs):
        yield replace(check, exchange=form.name)


async def _exchange(
    form: ExchangeForm, settings: Settings, taps: Taps | None, *, runs: bool
) -> AsyncIterator[Check]:
    try:
        who = account(form)
    except ConfigError as error:
        yield failed("login", "secret", problem=str(error))
        return
    reached = await reach(who)
    for check in reached:
        yield check
    if reached[-1].state is not State.OK:
        return
    try:
        async with visit(who) as here:
            yield fine("login", user=who.username)
            async for check in _inside(here, form.seats, settings, taps, runs=runs):
                yield check
    except PbxError as error:
        yield _shut_out(who, error)


def _shut_out(who: Account, error: PbxError) -> Check:
    problem = str(error)
    if "refuses the login" in problem:
        return failed("login", "refused", user=who.username, address=who.address)
    if "no MD5" in problem:
        return failed("login", "no_md5", address=who.address)
    return failed("login", "problem", problem=problem)


async def _inside(
    here: Visit, pattern: str, settings: Settings, taps: Taps | None, *, runs: bool
) -> AsyncIterator[Check]:
    form = settings.sound
    looks: list[tuple[str, Callable[[], Look]]] = [
        ("version", lambda: version(here)),
        ("clock", lambda: clock(here)),
        ("zone", lambda: time_zone(here)),
        ("write", lambda: write_rights(here, form.route)),
        ("modules", lambda: modules(here, form)),
    ]
    looks.append(("seats", lambda: seats(here, pattern)))
    if taps is not None:
        looks.append(("route", lambda: test_call(here, form, taps, runs=runs)))
    looks.append(("read", lambda: told(here)))
    if settings.agi.enabled:
        looks.append(("hooks", lambda: hooks(here, settings, taps, runs=runs)))
    for subject, begin in looks:
        for check in await look(subject, begin(), _SECONDS):
            yield check
