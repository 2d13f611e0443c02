"""The other end of AMI for the tests: a real server on loopback that does what a test says."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from agentbot.errors import PbxError
from agentbot.pbx.ami import Account, Exchange, Patience
from agentbot.pbx.ami.stream import ExchangeEvent
from agentbot.pbx.ami.wire import MessageReader
from agentbot.pbx.message import Message

SECRET = "open sesame"  # noqa: S105
QUICK = Patience(
    connect=1.0,
    answer=1.0,
    items=1.0,
    silence=0.1,
    pong=0.2,
    retry_first=0.02,
    retry_most=0.1,
    refused=0.1,
)

Script = Callable[["Peer", asyncio.StreamWriter], Awaitable[None]]


async def nothing(peer: Peer, writer: asyncio.StreamWriter) -> None:
    """Say nothing of one's own."""


@dataclass
class Peer:
    """A little AMI server; `script` runs after each login."""

    script: Script = nothing
    answers: dict[str, str | None] = field(default_factory=dict)
    """By action: what follows the `Response`, None for no answer."""
    banner: bytes = b"Asterisk Call Manager/11.0.0\r\n"
    secret: str = SECRET
    chunk: int = 1 << 16
    got: list[tuple[int, Message]] = field(default_factory=list)
    """Number of the connection, and action."""
    connections: int = 0
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self.writers.append(writer)
        self._tasks.add(asyncio.current_task())
        with suppress(ConnectionError, PbxError):
            writer.write(self.banner)
            messages = MessageReader()
            while data := await reader.read(self.chunk):
                for message in messages.feed(data):
                    self.got.append((number, message))
                    await self.answer(message, writer)
        writer.close()

    async def answer(self, action: Message, writer: asyncio.StreamWriter) -> None:
        name, action_id = action.get("Action"), action.get("ActionID")
        if name == "Logoff":
            return
        if name == "Challenge":
            text = "Response: Success\r\nChallenge: 123456789"
        elif name == "Login":
            key = hashlib.md5(f"123456789{self.secret}".encode()).hexdigest()  # noqa: S324
            good = action.get("Key") == key or action.get("Secret") == self.secret
            text = (
                "Response: Success\r\nMessage: Authentication accepted"
                if good
                else "Response: Error\r\nMessage: Authentication failed"
            )
        else:
            text = self.answers.get(name, "Response: Success\r\nPing: Pong")
        if text is None:
            return
        writer.write(
            text.replace("Response: ", f"ActionID: {action_id}\r\nResponse: ")
            .replace("@ID", action_id)
            .encode()
            + b"\r\n\r\n"
        )
        if name == "Login" and "accepted" in text:
            task = asyncio.ensure_future(self.script(self, writer))
            self._tasks.add(task)

    def actions(self, name: str) -> list[int]:
        """Connections over which this action came."""
        return [number for number, message in self.got if message.get("Action") == name]

    def account(self, **more: object) -> Account:
        return Account(**{"host": "127.0.0.1", "port": self.port, "secret": SECRET, **more})

    @asynccontextmanager
    async def listening(
        self, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> AsyncIterator[Peer]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", port, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for writer in self.writers:
                writer.transport.abort()


@asynccontextmanager
async def running(exchange: Exchange) -> AsyncIterator[Exchange]:
    """The exchange, kept up by a task."""
    task = asyncio.create_task(exchange.run())
    try:
        yield exchange
    finally:
        await exchange.close()
        async with asyncio.timeout(3):
            await task


async def collect(
    exchange: Exchange, until: Callable[[ExchangeEvent], bool], seconds: float = 5.0
) -> list[ExchangeEvent]:
    """Events up to and with the one that is wanted."""
    seen: list[ExchangeEvent] = []
    async with asyncio.timeout(seconds):
        async for event in exchange:
            seen.append(event)
            if until(event):
                break
    return seen


async def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what will come."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # many kinds of conditions
            await asyncio.sleep(0.005)
