"""A login at the exchange for the time of the examination, and what it tells of our own channels."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from agentbot.errors import PbxError
from agentbot.pbx.ami import Account, Connected, Exchange, Patience
from agentbot.pbx.message import Message
from agentbot.pbx.tap import TAP_PREFIX

__all__ = ["USER_EVENT", "VARIABLE", "Visit", "visit"]

USER_EVENT: Final = "AgentbotDoctor"
"""The UserEvent that is sent to see whether it comes back."""
VARIABLE: Final = "AGENTBOT_DOCTOR"
"""The variable that is set on a channel of ours to see whether we are told."""
_LOGIN: Final = 8.0
_KEPT: Final = 2_000
"""Messages of ours; an examination makes some fifty."""


class Visit:
    """Logged in; keeps the messages about channels of ours and forgets all others."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.seen: deque[Message] = deque(maxlen=_KEPT)
        self.notices: list[Callable[[Message], None]] = []
        """Told each message."""
        self.call: list[Message] | None = None
        """Messages of a test call that is over; None: there was none."""
        self.joined = False
        """Its parties were joined in a bridge."""
        self._news = asyncio.Condition()

    async def take(self, message: Message) -> None:
        """An event came."""
        for notice in self.notices:
            notice(message)
        if _ours(message):
            self.seen.append(message)
            async with self._news:
                self._news.notify_all()

    async def event(self, *names: str, seconds: float = 2.0, **headers: str) -> Message | None:
        """The first such message about a channel of ours, or None if none comes in time."""
        try:
            async with asyncio.timeout(seconds), self._news:
                while True:
                    for message in self.seen:
                        if message.event in names and all(
                            message.get(key) == value for key, value in headers.items()
                        ):
                            return message
                    await self._news.wait()
        except TimeoutError:
            return None


def _ours(message: Message) -> bool:
    """Nothing about calls of people is looked at."""
    ids = (message.get("Uniqueid"), message.get("DestUniqueid"), message.get("SpyerUniqueid"))
    return (
        any(one.startswith(TAP_PREFIX) for one in ids)
        or message.event == "FullyBooted"
        or message.get("UserEvent") == USER_EVENT
    )


@asynccontextmanager
async def visit(account: Account) -> AsyncIterator[Visit]:
    """Log in, and out at the end.

    Raises:
        PbxError: not let in, or not in time; the message says why.
    """
    # One try: a second login with a wrong secret may get this address banned.
    exchange = Exchange(account, patience=Patience(refused=3600.0, retry_first=3600.0))
    one = Visit(exchange)
    connected = asyncio.Event()

    async def follow() -> None:
        async for event in exchange:
            if isinstance(event, Connected):
                connected.set()
            elif isinstance(event, Message):
                await one.take(event)

    tasks = [asyncio.create_task(exchange.run()), asyncio.create_task(follow())]
    try:
        await _logged_in(exchange, connected)
        yield one
    finally:
        await exchange.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _logged_in(exchange: Exchange, connected: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(_LOGIN):
            while not connected.is_set():
                if exchange.problem:
                    raise PbxError(exchange.problem)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise PbxError(f"{exchange.account.address}: no login within {_LOGIN:g} s") from None
