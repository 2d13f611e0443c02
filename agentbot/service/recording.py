"""What an exchange says, written down under other names; with the sound of its talks if wanted."""

from __future__ import annotations

import asyncio
import time
from typing import BinaryIO, Final

from agentbot.core.calls.tracker import Tracker
from agentbot.errors import PbxError
from agentbot.pbx.ami import Connected, Exchange, Lost
from agentbot.pbx.amilog import remark_line, told_lines
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.tap import TAP_PREFIX
from agentbot.service.tape import Room
from agentbot.service.tapes import Tapes

__all__ = ["Recording"]

_NOISE: Final = frozenset({"RTCPSent", "RTCPReceived", "TestEvent"})
_FIRST_LOGIN: Final = 10.0
_TICK: Final = 0.5


class Recording:
    """From the first login until its time or its room is up."""

    def __init__(
        self, exchange: Exchange, room: Room, pseudonyms: Pseudonyms, *, seats: str = "",
        tapes: Tapes | None = None,
    ) -> None:  # fmt: skip
        """`seats`: as in the settings of the exchange; `tapes`: where the sound goes."""
        self.messages = 0
        self._exchange, self._room, self._pseudonyms = exchange, room, pseudonyms
        self.tapes = tapes
        self._tracker = Tracker(seats=seats or None)
        self._began = time.time()

    async def run(self, file: BinaryIO, seconds: float | None) -> None:
        """Record into `file`.

        Raises:
            PbxError: no login within ten seconds, or no way to the sound that is wanted.
        """
        working = asyncio.create_task(self._exchange.run())
        writing: asyncio.Task[None] | None = None
        try:
            await self._login()
            if self.tapes is not None:
                await self.tapes.check()
            writing = asyncio.create_task(self._write(file))
            await asyncio.wait([writing], timeout=seconds)
        finally:
            if self.tapes is not None:
                await self.tapes.close()
            if writing is not None:
                writing.cancel()
                await asyncio.wait([writing])
            await self._exchange.close()
            await asyncio.wait([working])
        if not writing.cancelled():
            writing.result()

    async def _login(self) -> None:
        until = time.monotonic() + _FIRST_LOGIN
        while not self._exchange.connected:
            problem = self._exchange.problem
            if problem or time.monotonic() > until:
                raise PbxError(problem or f"{self._exchange.account.address} does not answer")
            await asyncio.sleep(0.02)

    async def _write(self, file: BinaryIO) -> None:
        asking: asyncio.Task[None] | None = None
        ticking = asyncio.create_task(self._tick())
        try:
            async for event in self._exchange:
                match event:
                    case Connected():
                        self._put(file, remark_line("logged in", event.at - self._began))
                        asking = asyncio.create_task(self._ask(file))
                    case Lost():
                        self._put(
                            file, remark_line("the connection was lost", event.at - self._began)
                        )
                    case Message():
                        self._tell(file, event)
                file.flush()
                if self._room.full:
                    return
        finally:
            ticking.cancel()
            if asking is not None:
                asking.cancel()

    async def _tick(self) -> None:
        """What became of parties that parted may be known by the time alone."""
        while self.tapes is not None:
            await asyncio.sleep(_TICK)
            for event in self._tracker.tick(time.time()):
                self.tapes.take(event)

    async def _ask(self, file: BinaryIO) -> None:
        """What goes on already, so that the log can be read from its first line."""
        try:
            found = await self._exchange.snapshot()
        except PbxError:
            # Why not is left out: what the exchange answers may name somebody.
            told = remark_line("running calls are not known", time.time() - self._began)
            self._put(file, told)
            return
        for message in found.in_order(time.time()):
            self._tell(file, message)

    def _tell(self, file: BinaryIO, message: Message) -> None:
        if message.event in _NOISE:
            return
        other = self._pseudonyms.message(message)
        self._put(file, told_lines(other, message.at - self._began))
        self.messages += 1
        if self.tapes is None:
            return
        self.tapes.notice(message)
        if not message.get("Uniqueid").startswith(TAP_PREFIX):
            for event in self._tracker.feed(message):
                self.tapes.take(event)

    def _put(self, file: BinaryIO, told: bytes) -> None:
        file.write(told)
        self._room.taken += len(told)
