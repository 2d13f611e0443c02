"""The whole examination, in the order in which a fault shows; each line as soon as it is known."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from agentbot.doctor import doors, house, recogniser, store
from agentbot.doctor.check import Check, failed
from agentbot.doctor.exchange import exchange
from agentbot.doctor.waiting import aside, look
from agentbot.errors import PbxError
from agentbot.service.sound import Taps
from agentbot.settings import Settings
from agentbot.settings_form import ExchangeForm
from agentbot.speech.base import Recogniser

__all__ = ["examine"]

_WHOLE: Final = 58.0
"""Seconds for everything."""
_ONE: Final = 8.0
"""Seconds for one look at this machine."""
_ENGINE: Final = 20.0
"""Seconds that are kept for the recogniser, whatever the exchanges do."""
_SPEED: Final = 15.0
"""Seconds that its measuring takes at most."""
_AT_ONCE: Final = 4
"""Exchanges that are looked at together."""


async def examine(settings: Settings, engine: str, threads: int) -> AsyncIterator[Check]:
    """Look at everything `agentbot serve` would need with these settings."""
    clock = _Clock()
    runs = await doors.service_runs(settings.web)
    async for check in _machine(settings, runs=runs):
        yield check
    async for check in _exchanges(settings, runs=runs, clock=clock):
        yield check
    async for check in _hearing(engine, threads, len(settings.seats), clock):
        yield check


@dataclass(frozen=True, slots=True)
class _Clock:
    began: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        return max(1.0, self.began + _WHOLE - time.monotonic())


async def _machine(settings: Settings, *, runs: bool) -> AsyncIterator[Check]:
    today = datetime.now().astimezone().date()
    looks: dict[str, Callable[[], Check]] = {
        "house": lambda: house.written(today, settings.lang),
        "rules": lambda: house.rules(settings),
        "holidays": lambda: house.holidays(today),
        "store": lambda: store.folder(settings.store),
        "accounts": lambda: store.accounts(settings.accounts),
        "pages": lambda: doors.pages(settings.web, runs=runs),
        "agi": lambda: doors.agi(settings.agi, runs=runs),
    }
    for subject, work in looks.items():
        for check in await look(subject, aside(work), _ONE):
            yield check


async def _exchanges(settings: Settings, *, runs: bool, clock: _Clock) -> AsyncIterator[Check]:
    if not settings.exchanges:
        yield failed("exchanges", "none")
        return
    names = [form.name for form in settings.exchanges]
    for name in {name for name in names if names.count(name) > 1}:
        yield failed("exchanges", "doubled", name=name)
    if settings.sound.route != "none" and (shut := doors.sound(settings.sound, runs=runs)):
        yield shut
        taps = None
    else:
        settings = _free(settings, runs=runs)
        taps = Taps(settings.sound, settings.exchanges)
    async with contextlib.AsyncExitStack() as stack:
        if taps is not None:
            try:
                await taps.open()
            except PbxError as error:
                yield failed("sound", "problem", problem=str(error))
                taps = None
            else:
                stack.push_async_callback(taps.close)
        seconds = clock.left() - _ENGINE
        turns = asyncio.Semaphore(_AT_ONCE)
        works = [
            asyncio.create_task(_one(form, settings, taps, turns, runs=runs, seconds=seconds))
            for form in settings.exchanges
        ]
        try:
            for work in works:
                for check in await work:
                    yield check
        finally:
            for work in works:
                work.cancel()


def _free(settings: Settings, *, runs: bool) -> Settings:
    """The running service holds the ports for sound; the test call takes another."""
    if not runs:
        return settings
    sound = settings.sound.model_copy(update={"port": 0, "websocket_port": 0})
    return settings.model_copy(update={"sound": sound})


async def _one(
    form: ExchangeForm, settings: Settings, taps: Taps | None, turns: asyncio.Semaphore,
    *, runs: bool, seconds: float,
) -> list[Check]:  # fmt: skip
    """All lines of one exchange; those that are known when its time is over."""
    found: list[Check] = []
    try:
        async with asyncio.timeout(seconds), turns:
            async for check in exchange(form, settings, taps, runs=runs):
                found.append(check)  # noqa: PERF401 - what is there when time is over is shown
    except TimeoutError:
        late = failed("exchanges", "timeout", seconds=f"{seconds:.0f}")
        found.append(replace(late, exchange=form.name))
    return found


async def _hearing(name: str, threads: int, seats: int, clock: _Clock) -> AsyncIterator[Check]:
    """Load it, check its model, measure it; each needs the one before."""
    loaded: list[Recogniser] = []

    def load() -> Check:
        opened, check = recogniser.engine(name, threads)
        loaded.extend([opened] if opened else [])
        return check

    looks: dict[str, Callable[[], Check]] = {
        "engine": load,
        "model": lambda: recogniser.model(loaded[0]),
        "room": lambda: recogniser.room(recogniser.speed(loaded[0], _SPEED), seats),
    }
    for subject, work in looks.items():
        if subject == "engine" or loaded:
            for check in await look(subject, aside(work), clock.left()):
                yield check
