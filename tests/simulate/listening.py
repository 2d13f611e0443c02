"""What hears the simulated exchange in the tests: our AMI client, and an AudioSocket server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import numpy as np

from agentbot.core.calls.events import CallEvent
from agentbot.core.calls.tracker import Tracker
from agentbot.core.events import Leg
from agentbot.pbx.ami import Exchange, Lost
from agentbot.pbx.message import Message
from agentbot.simulate import SimulatedExchange
from agentbot.speech.base import Signal


async def eventually(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for what will come."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # many kinds of conditions
            await asyncio.sleep(0.005)


@dataclass
class Heard:
    """One AudioSocket connection."""

    uuid: bytes = b""
    kinds: set[int] = field(default_factory=set)
    frames: list[bytes] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def samples(self) -> np.ndarray:
        return np.frombuffer(b"".join(self.frames), "<i2")


@dataclass
class Ears:
    """An AudioSocket server that keeps what it hears."""

    port: int = 0
    heard: dict[bytes, Heard] = field(default_factory=dict)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        heard = Heard()
        try:
            while True:
                kind, *size = await reader.readexactly(3)
                body = await reader.readexactly(int.from_bytes(bytes(size), "big"))
                if kind == 1:
                    heard.uuid = body
                    self.heard[body] = heard
                else:
                    heard.kinds.add(kind)
                    heard.frames.append(body)
        except (asyncio.IncompleteReadError, ConnectionError):
            heard.closed.set()
        finally:
            writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Ears]:
    """Ears on a port of their own."""
    ears = Ears()
    server = await asyncio.start_server(ears.serve, "127.0.0.1", 0)
    ears.port = server.sockets[0].getsockname()[1]
    try:
        yield ears
    finally:
        server.close()
        for writer in ears.writers:
            writer.transport.abort()


@dataclass
class Watcher:
    """Our client with a tracker behind it."""

    ami: Exchange
    seen: list[Message] = field(default_factory=list)
    events: list[CallEvent] = field(default_factory=list)
    lost: int = 0

    async def watch(self) -> None:
        tracker = Tracker()
        async for event in self.ami:
            if isinstance(event, Message):
                self.seen.append(event)
                self.events += tracker.feed(event)
            elif isinstance(event, Lost):
                self.lost += 1

    def names(self) -> list[str]:
        return [message.event for message in self.seen]

    async def until(self, name: str, seconds: float = 5.0) -> CallEvent:
        """Wait for what the tracker says."""
        found: list[CallEvent] = []
        await eventually(
            lambda: bool(found.extend(e for e in self.events if type(e).__name__ == name) or found),
            seconds,
        )
        return found[0]


@asynccontextmanager
async def watching(exchange: SimulatedExchange) -> AsyncIterator[Watcher]:
    """Logged in and listening."""
    watcher = Watcher(Exchange(exchange.account()))
    tasks = [asyncio.create_task(watcher.ami.run()), asyncio.create_task(watcher.watch())]
    await eventually(lambda: watcher.ami.connected)
    try:
        yield watcher
    finally:
        await watcher.ami.close()
        await asyncio.gather(*tasks)


async def tap(ami: Exchange, ears: Ears, channel: str, codec: str = "slin") -> bytes:
    """Tap a channel; the id of the connection."""
    uuid = uuid4()
    await ami.ask(
        "Originate",
        {
            "Channel": f"AudioSocket/127.0.0.1:{ears.port}/{uuid}/c({codec})",
            "Application": "ChanSpy",
            "Data": f"{channel},uoqES",
            "Async": "true",
        },
    )
    return uuid.bytes


def tone(hertz: float, seconds: float, rate: int = 8000) -> Signal:
    """A voice that can be told from others."""
    at = np.arange(round(seconds * rate)) / rate
    return Signal(samples=(0.5 * np.sin(2 * np.pi * hertz * at)).astype(np.float32), rate=rate)


TONES = {Leg.CALLER: tone(440, 2.0), Leg.OPERATOR: tone(1000, 2.0)}


def pitch(samples: np.ndarray, rate: int) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum[1:]) + 1) * rate / len(samples)
