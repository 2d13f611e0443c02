"""The service as one piece: settings and parts in, calls followed until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from agentbot.authoring.places import greetings_folder
from agentbot.errors import AgentbotError, ConfigError, ServiceError
from agentbot.files import write_atomically
from agentbot.pbx.ami import Account, Exchange
from agentbot.pbx.fastagi import AgiServer
from agentbot.replay.house import House
from agentbot.service.choosing import Choice, Rule
from agentbot.service.ears import Ears
from agentbot.service.exchange import FollowedExchange
from agentbot.service.floor import Floor
from agentbot.service.headset import HeadsetsOfSeats
from agentbot.service.hooks import Hooks
from agentbot.service.limits import Troubles
from agentbot.service.means import Means
from agentbot.service.metrics import Metrics
from agentbot.service.notify import notify, watchdog
from agentbot.service.pages import Pages, listen
from agentbot.service.sound import Taps
from agentbot.service.warming import warm
from agentbot.service.whispering import Whispering
from agentbot.settings import Settings
from agentbot.settings_form import ExchangeForm
from agentbot.speech.base import Recogniser
from agentbot.store.shelf import Shelf
from agentbot.web.accounts import Accounts
from agentbot.web.app import app as web_app
from agentbot.web.keys import Keys

__all__ = ["Service", "account", "rules_of"]

log = structlog.get_logger()

_SWEEP: Final = 3600.0


class Service:
    """`async with service.running(): …`, or `serve()` until a signal comes."""

    def __init__(
        self, settings: Settings, recogniser: Recogniser, threads: int, house: House
    ) -> None:
        """Prepare; nothing is opened yet.

        Raises:
            ConfigError: a rule names a script that is not there, or two exchanges one name.
        """
        self._settings = settings
        self.metrics = Metrics()
        self.shelf = Shelf(folder=settings.store.folder, days=settings.store.days)
        self._ears = Ears(recogniser, threads)
        rules = rules_of(settings)
        _check(rules, house, settings.exchanges)
        self.headsets = HeadsetsOfSeats()
        self.means = Means(
            headset=self.headsets.route,
            house=house, ears=self._ears, shelf=self.shelf, metrics=self.metrics,
            number=lambda seat: settings.seats.get(seat, seat),
            lang=settings.lang, behind=settings.sound.behind, keep_sound=settings.store.sound,
            hear_again=settings.store.again,
        )  # fmt: skip
        choice = Choice(house.scripts, rules)
        self.floor = Floor(self.means, choice, settings.seats, self._health)
        self.headsets.floor = self.floor
        self.exchanges: list[FollowedExchange] = []
        self.keys = Keys()
        self.web_port = self.agi_port = 0

    def _health(self) -> tuple[bool, dict[str, str]]:
        parts = {f"exchange {one.name}": one.state for one in self.exchanges}
        parts["recogniser"] = self._ears.recogniser.name
        lag = self.floor.lag
        parts["recognition"] = "ok" if lag < self._settings.sound.behind else f"{lag:.0f} s behind"
        parts["talks"] = str(self.floor.talking)
        return all(one.state == "ok" for one in self.exchanges), parts

    async def serve(self, ready: Callable[[], None]) -> None:
        """Run until SIGTERM or SIGINT; `ready` is called when pages are answered."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(Troubles())
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with self.running():
            notify("READY=1")
            ready()
            await stop.wait()
            notify("STOPPING=1")
            log.info("stopping", talks=self.floor.talking)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Service]:
        """Everything open and followed; at the end calls under way are saved.

        Raises:
            ServiceError, PbxError, StoreError: a port is taken, or the folder cannot be written.
        """
        settings = self._settings
        self.shelf.open()
        warm(self.means.house, self._ears.recogniser, settings.lang)
        door = listen(settings.web.host, settings.web.port, "the pages")
        self.web_port = door.getsockname()[1]
        pages = Pages(
            web_app(
                self.floor, Accounts(settings.accounts), secret=self._secret(), lang=settings.lang,
                registry=self.metrics.registry, secure=settings.web.https,
                keys=self.keys, shelf=self.shelf, headsets=self.headsets,
            ),
            door,
        )  # fmt: skip
        tasks: list[asyncio.Task[None]] = []
        try:
            async with contextlib.AsyncExitStack() as stack:
                taps = Taps(settings.sound, settings.exchanges, whispers=settings.whisper.enabled)
                stack.push_async_callback(taps.close)
                await taps.open()
                self._follow(taps)
                if settings.agi.enabled:
                    hooks = Hooks(self.floor, self.means, greetings_folder() / "sounds")
                    agi = AgiServer(
                        hooks.handlers(), host=settings.agi.host, port=settings.agi.port
                    )
                    self.agi_port = (await stack.enter_async_context(agi)).port
                work = [
                    ("pages", pages.run()), ("watchdog", watchdog()), ("figures", self._figures()),
                    ("old calls", self._sweep()),
                    *((f"exchange {one.name}", one.run()) for one in self.exchanges),
                ]  # fmt: skip
                tasks = [asyncio.create_task(job, name=name) for name, job in work]
                for task in tasks:
                    task.add_done_callback(_say)
                await pages.ready()
                try:
                    yield self
                finally:
                    await self.floor.stop(settings.stop_seconds)
                    pages.stop()
                    await asyncio.wait(tasks[:1], timeout=3)
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            door.close()
            self._ears.close()

    def _follow(self, taps: Taps) -> None:
        for form in self._settings.exchanges:
            exchange = Exchange(account(form))
            self.exchanges.append(
                FollowedExchange(
                    exchange, seats=form.seats, all_seats=self._settings.seats, floor=self.floor,
                    metrics=self.metrics, route=taps.route(exchange),
                    whispering=self._whispering(taps, exchange),
                )
            )  # fmt: skip
            self.metrics.ami_up.labels(form.name).set(0)

    def _whispering(self, taps: Taps, exchange: Exchange) -> Whispering | None:
        form = self._settings.whisper
        if not form.enabled:
            return None
        return Whispering(
            taps.whisperer(exchange), kinds=form.kinds, folder=form.folder, command=form.command,
            lang=self._settings.lang,
        )  # fmt: skip

    async def _figures(self) -> None:
        while True:
            self.metrics.lag.set(self.floor.lag)
            self.metrics.cpu.set(time.process_time())
            self.metrics.loop_cpu.set(time.thread_time())
            await asyncio.sleep(1.0)

    async def _sweep(self) -> None:
        while True:
            gone = await self._ears.spare(
                lambda: self.shelf.sweep(datetime.now().astimezone().date())
            )
            if gone:
                log.info("old calls deleted", days=gone)
            await asyncio.sleep(_SWEEP)

    def _secret(self) -> str:
        """What signs the cookies; kept, so that a restart logs nobody out."""
        path: Path = self.shelf.folder / ".cookies"
        try:
            if not path.is_file():
                write_atomically(path, secrets.token_hex(32).encode(), 0o600)
            return path.read_text(encoding="ascii")
        except OSError as error:
            raise ServiceError(f"{path}: {error.strerror}; make the folder writable") from None


def account(form: ExchangeForm) -> Account:
    """How to log in to an exchange."""
    return Account(
        name=form.name, host=form.host, port=form.port, username=form.user, secret=form.password(),
        tls=form.tls, ca_file=form.ca_file, verify=form.verify,
    )  # fmt: skip


def rules_of(settings: Settings) -> list[Rule]:
    """Which talks which script is for."""
    return [
        Rule(script=r.script, queue=r.queue, seat=r.seat, direction=r.direction)
        for r in settings.rules
    ]


def _check(rules: list[Rule], house: House, exchanges: tuple[ExchangeForm, ...]) -> None:
    for number, rule in enumerate(rules):
        if rule.script not in house.scripts:
            known = ", ".join(sorted(house.scripts))
            raise ConfigError(
                f"rules.{number}.script: no script {rule.script!r}; there are: {known}"
            )
    names = [form.name for form in exchanges]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ConfigError(f"exchanges: the name {doubled.pop()!r} is given twice; change one")


def _say(task: asyncio.Task[None]) -> None:
    """No part may die unseen."""
    if task.cancelled() or (error := task.exception()) is None:
        return
    if isinstance(error, AgentbotError):
        log.error("a part has stopped", part=task.get_name(), problem=str(error))
    else:
        log.error("a part has failed", part=task.get_name(), exc_info=error)
