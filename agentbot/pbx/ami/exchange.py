"""One exchange: a connection that is kept up, its events in one order, and actions."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import structlog

from agentbot.errors import PbxError
from agentbot.pbx.ami.account import Account
from agentbot.pbx.ami.login import LoginRefusedError
from agentbot.pbx.ami.session import Headers, Patience, Session, open_session
from agentbot.pbx.ami.snapshot import Snapshot, take
from agentbot.pbx.ami.stream import Connected, EventStream, ExchangeEvent, Lost
from agentbot.pbx.message import Message

__all__ = ["Counts", "Exchange"]

log = structlog.get_logger()

_SETTLED = 30.0
"""Seconds a connection has to last before the next loss is taken for the first."""


@dataclass(slots=True)
class Counts:
    """For metrics, since the start."""

    events: int = 0
    logins: int = 0
    lost: int = 0
    pauses: int = 0
    """Times reading stopped because the consumer was behind."""


class Exchange:
    """The AMI of one Asterisk, for one consumer of events.

    `run()` keeps the connection up until `close()`; meanwhile iterate over the exchange for
    `Connected`, messages and `Lost`, in the order in which they happened. Nothing is asked after a
    login: that is for the consumer to do, when it meets `Connected`.
    """

    def __init__(
        self, account: Account, *, patience: Patience | None = None, room: int = 20_000
    ) -> None:
        """Prepare for an exchange; connect with `run()`.

        `room`: events that may wait. Then reading stops and the exchange has to wait (it keeps
        events for `writetimeout`); where an action is in flight its answer is still read.
        """
        self.account = account
        self.counts = Counts()
        self._patience = patience or Patience()
        self._stream = EventStream(room)
        self._session: Session | None = None
        self._problem = ""
        self._work: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def connected(self) -> bool:
        """Logged in right now."""
        return self._session is not None

    @property
    def problem(self) -> str:
        """Why there is no connection, in one line; empty when there is one."""
        return self._problem

    @property
    def behind(self) -> int:
        """Events that wait for the consumer."""
        return len(self._stream)

    def __aiter__(self) -> AsyncIterator[ExchangeEvent]:
        """Everything in order, until `close()`."""
        return aiter(self._stream)

    async def run(self) -> None:
        """Keep the connection up until `close()` or cancellation."""
        if self._closed or self._work is not None:
            return
        self._work = asyncio.create_task(self._keep_up())
        try:
            await asyncio.wait([self._work])
        finally:
            await self.close()
        if not self._work.cancelled():
            self._work.result()

    async def close(self) -> None:
        """Hang up for good, wherever it stands; what waits in the stream can still be taken."""
        self._closed = True
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])
        self._stream.end()

    async def ask(
        self, action: str, headers: Headers | None = None, *, seconds: float | None = None
    ) -> Message:
        """Send an action and wait for its reply. It is sent once, whatever happens.

        Raises:
            PbxError: not connected, refused, or no answer in time (it may have been done).
        """
        limit = seconds or self._patience.answer
        return (await self._up().ask(action, headers or {}, is_list=False, seconds=limit))[0]

    async def ask_list(
        self, action: str, headers: Headers | None = None, *, seconds: float | None = None
    ) -> Sequence[Message]:
        """Send an action that is answered by a list, and wait for its items.

        Raises:
            PbxError: as for `ask`.
        """
        limit = seconds or self._patience.items
        return await self._up().ask(action, headers or {}, is_list=True, seconds=limit)

    async def snapshot(self) -> Snapshot:
        """What goes on right now.

        Raises:
            PbxError: not connected, or the channels cannot be listed.
        """
        session = self._up()
        return await take(
            lambda action, headers: session.ask(
                action, headers, is_list=True, seconds=self._patience.items
            )
        )

    def _up(self) -> Session:
        if self._session is None:
            raise PbxError(f"no connection to exchange {self.account.name}: {self._why_not()}")
        return self._session

    def _why_not(self) -> str:
        return self._problem or ("closed" if self._closed else "not connected yet")

    async def _keep_up(self) -> None:
        tries = 0
        while True:
            began = time.monotonic()
            try:
                await self._one_session()
            except LoginRefusedError as error:
                self._tell(error)
                wait = self._patience.refused
            except PbxError as error:
                self._tell(error)
                if time.monotonic() - began > _SETTLED:
                    tries = 0
                wait = min(self._patience.retry_most, self._patience.retry_first * 2**tries)
                tries = min(tries + 1, 20)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311  # so that not all come at once
            await self._stream.has_room.wait()

    async def _one_session(self) -> None:
        """From login to loss, which it raises."""
        session, came = await open_session(self.account, self._patience)
        name, why = self.account.name, "closed"
        try:
            self._session, self._problem = session, ""
            self.counts.logins += 1
            log.info("exchange connected", exchange=name)
            self._take([Connected(exchange=name, at=time.time()), *came])
            while True:
                await self._room(session)
                self._take(await session.read())
        except PbxError as error:
            why = str(error)
            raise
        finally:
            self._session = None
            if why != "closed":
                self.counts.lost += 1
                self._stream.put([Lost(exchange=name, at=time.time(), reason=why)])
            await session.close(why)

    def _take(self, events: Sequence[ExchangeEvent]) -> None:
        self.counts.events += len(events)
        self._stream.put(events)
        if self._stream.hopeless:
            raise PbxError(
                f"{self.behind} events wait to be handled: this machine is overloaded; "
                "the connection is made anew"
            )

    async def _room(self, session: Session) -> None:
        """Wait while the consumer is behind, unless it (or another) waits for an answer."""
        if self._stream.has_room.is_set():
            return
        session.paused = True
        room = asyncio.create_task(self._stream.has_room.wait())
        try:
            while not (room.done() or session.waiting):
                self.counts.pauses += 1
                session.asked.clear()
                asked = asyncio.create_task(session.asked.wait())
                await asyncio.wait([room, asked], return_when=asyncio.FIRST_COMPLETED)
                asked.cancel()
        finally:
            room.cancel()
            session.paused = False

    def _tell(self, error: PbxError) -> None:
        """Log a trouble once, not at every try."""
        if str(error) != self._problem:
            self._problem = str(error)
            log.warning("exchange not connected", exchange=self.account.name, problem=str(error))
