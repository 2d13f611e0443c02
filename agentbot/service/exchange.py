"""One exchange of the service: its events become talks, and it is told of steps and alerts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Final

import structlog

from agentbot.core.calls.events import CallEvent, CallRinging, Party, TalkBegan
from agentbot.core.calls.tracker import Tracker
from agentbot.core.seat.view import Alert
from agentbot.errors import PbxError
from agentbot.pbx.ami import Connected, Exchange, Lost
from agentbot.pbx.message import Message
from agentbot.pbx.sound import Route
from agentbot.pbx.tap import TAP_PREFIX
from agentbot.service.beat import keep_beating
from agentbot.service.floor import Floor
from agentbot.service.hooks import user_event
from agentbot.service.metrics import Metrics
from agentbot.service.whispering import Whispering

__all__ = ["FollowedExchange"]

log = structlog.get_logger()

_TICK: Final = 0.5
_GIVEN_UP: Final = 600.0
"""Seconds without a connection after which calls are given up."""
_TOLD: Final = 1_000
"""UserEvents that wait to be sent; more are dropped."""


class FollowedExchange:
    """`run()` until cancelled; the connection comes and goes, the service stays."""

    def __init__(
        self, exchange: Exchange, *, seats: str, all_seats: Iterable[str], floor: Floor,
        metrics: Metrics, route: Route | None, whispering: Whispering | None = None,
    ) -> None:  # fmt: skip
        self.exchange = exchange
        self._route, self._whispering = route, whispering
        self._floor, self._metrics = floor, metrics
        self._tracker = Tracker(seats=seats or None)
        self._seats = dict.fromkeys(all_seats)
        self._out: asyncio.Queue[tuple[str, Mapping[str, str]]] = asyncio.Queue(_TOLD)
        self._lost_since: float | None = time.monotonic()
        self._asking: asyncio.Task[None] | None = None

    @property
    def route(self) -> Route | None:
        """As `Line.route`."""
        return self._route

    @property
    def name(self) -> str:
        """What it is called here."""
        return self.exchange.account.name

    async def run(self) -> None:
        """Follow it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.exchange.run(), name=f"AMI {self.name}")
            group.create_task(self._follow(), name=f"events {self.name}")
            group.create_task(self._tick(), name=f"clock {self.name}")
            group.create_task(self._send(), name=f"user events {self.name}")
            group.create_task(keep_beating(self.exchange), name=f"beat {self.name}")

    async def _follow(self) -> None:
        async for event in self.exchange:
            match event:
                case Connected():
                    self._lost_since = None
                    self._metrics.ami_up.labels(self.name).set(1)
                    self._floor.offline(self._seats, gone=False)
                    self._asking = asyncio.create_task(self._ask())
                case Lost():
                    self._lost_since = time.monotonic()
                    self._metrics.ami_up.labels(self.name).set(0)
                    self._floor.offline(self._seats, gone=True)
                case Message():
                    self._take(event)

    def _take(self, message: Message) -> None:
        """A fault of ours costs one message, not the service."""
        try:
            if self._route is not None:
                self._route.notice(message)
            if message.get("Uniqueid").startswith(TAP_PREFIX):
                return
            if message.event == "UserEvent":
                user_event(message, self._floor)
            self._heard(self._tracker.feed(message))
        except Exception:
            log.exception("event of the exchange not understood", event_name=message.event)

    def _heard(self, events: Iterable[CallEvent]) -> None:
        for event in events:
            if isinstance(event, CallRinging | TalkBegan):
                self._seats.setdefault(event.seat)
            self._floor.take(event, self)

    async def _ask(self) -> None:
        """Which way to the sound there is, and what goes on already."""
        await asyncio.gather(self._choose(), self._catch_up())

    async def _choose(self) -> None:
        try:
            if self._route is not None:
                await self._route.check()
        except PbxError as error:
            log.warning("no route of sound", exchange=self.name, problem=str(error))

    async def _catch_up(self) -> None:
        try:
            snapshot = await self.exchange.snapshot()
        except PbxError as error:
            log.warning("running calls are not known", exchange=self.name, problem=str(error))
            return
        for action, why in snapshot.missing.items():
            log.info("not told by the exchange", exchange=self.name, action=action, problem=why)
        for message in snapshot.in_order(time.time()):
            self._take(message)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            now = time.time()
            self._heard(self._tracker.tick(now))
            since = self._lost_since
            if since is not None and time.monotonic() - since > _GIVEN_UP:
                self._lost_since = None
                self._heard(self._tracker.connection_lost(now))
            self._metrics.ami_events.labels(self.name).set(self.exchange.counts.events)
            self._metrics.ami_logins.labels(self.name).set(self.exchange.counts.logins)

    def tell(self, name: str, headers: Mapping[str, str]) -> None:
        """Send a UserEvent when there is time."""
        if self.exchange.connected and not self._out.full():
            self._out.put_nowait((name, headers))

    def whisper(self, to: Party, alert: Alert) -> None:
        """As `Line.whisper`."""
        if self._whispering is not None and self.exchange.connected:
            self._whispering.whisper(to, alert)

    async def _send(self) -> None:
        while True:
            name, headers = await self._out.get()
            try:
                await self.exchange.ask("UserEvent", {"UserEvent": name, **headers})
            except PbxError as error:
                log.info("user event not sent", exchange=self.name, problem=str(error))

    @property
    def state(self) -> str:
        """`ok`, or why there is no connection."""
        return "ok" if self.exchange.connected else self.exchange.problem or "not connected yet"
