"""The first of several routes of sound that the exchange can do."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from agentbot.core.calls.events import TalkBegan
from agentbot.errors import PbxError
from agentbot.pbx.message import Message
from agentbot.pbx.sound import Route, Tap

__all__ = ["AutoRoute"]

log = structlog.get_logger()


class AutoRoute:
    """Asks at each login, as modules and rights may change; says in one log line what it took and why."""

    def __init__(self, exchange: str, routes: Sequence[Route]) -> None:
        """`exchange`: its name, for the log; `routes`: the best first."""
        self._exchange, self._routes = exchange, tuple(routes)
        self._taken: Route | None = None
        self._choosing = asyncio.Lock()

    @property
    def name(self) -> str:
        """Of the route in use; `auto` before there is one."""
        return self._taken.name if self._taken else "auto"

    def notice(self, message: Message) -> None:
        """Show each AMI message to all routes."""
        for route in self._routes:
            route.notice(message)

    async def check(self) -> None:
        """Choose.

        Raises:
            PbxError: no route can be taken; says what each lacks.
        """
        async with self._choosing:
            await self._choose()

    async def _choose(self) -> None:
        self._taken = None
        lacking: list[str] = []
        for route in self._routes:
            try:
                await route.check()
            except PbxError as error:
                lacking.append(f"{route.name}: {error}")
                continue
            self._taken = route
            why = "; ".join([*lacking, f"{route.name}: nothing is missing"])
            log.info("sound route", exchange=self._exchange, route=route.name, why=why)
            return
        raise PbxError("; ".join(lacking))

    async def open(self, talk: TalkBegan) -> Tap:
        """Begin to listen by the route taken, else by one of those after it.

        Raises:
            PbxError: none can be taken, or this talk cannot be tapped.
        """
        async with self._choosing:
            if self._taken is None:
                await self._choose()
            taken = self._taken
        assert taken is not None  # noqa: S101 - else _choose raised
        try:
            return await taken.open(talk)
        except PbxError as error:
            for route in self._routes[self._routes.index(taken) + 1 :]:
                with suppress(PbxError):
                    await route.check()
                    tap = await route.open(talk)
                    log.warning(
                        "another sound route for one talk", exchange=self._exchange, talk=talk.talk,
                        route=route.name, why=f"{taken.name}: {error}",
                    )  # fmt: skip
                    return tap
            raise
