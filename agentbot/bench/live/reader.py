"""A page's stream as a browser takes it, each message with the moment of its arrival."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any, Final

from agentbot.errors import ServiceError

__all__ = ["PageStream", "Seen", "get", "log_in"]

_LARGEST: Final = 4_000_000
"""Bytes of one line."""
_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """A message, when its last byte had come."""

    at: float
    message: dict[str, Any]


@dataclass(slots=True)
class PageStream:
    """Keeps every message of one seat."""

    port: int
    seat: str
    cookies: str = field(repr=False)
    pictures: bool = False
    seen: list[Seen] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            ServiceError: the stream was refused, or has ended.
        """
        path = f"/seat/{self.seat}/events" + ("?as=json" if self.pictures else "")
        reader, writer = await _asked(self.port, path, self.cookies)
        loop = asyncio.get_running_loop()
        try:
            while line := await reader.readline():
                if line.startswith(b"data: {"):
                    self.seen.append(Seen(loop.time(), json.loads(line[6:])))
                    self.begun.set()
                    self.news.set()
        finally:
            writer.close()
        raise ServiceError(f"the stream of seat {self.seat} has ended")

    async def until(
        self, fits: Callable[[dict[str, Any]], bool], since: int, patience: float
    ) -> Seen | None:
        """The first message from the number `since` on that fits; None: none came in time."""
        try:
            async with asyncio.timeout(patience):
                while True:
                    for number in range(since, len(self.seen)):
                        if fits(self.seen[number].message):
                            return self.seen[number]
                    since = len(self.seen)
                    self.news.clear()
                    await self.news.wait()
        except TimeoutError:
            return None


def log_in(port: int, name: str, password: str) -> str:
    """The cookies of a session, got by the form as people do."""
    jar = CookieJar()
    door = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    where = f"http://127.0.0.1:{port}"
    with door.open(f"{where}/login", timeout=30) as answer:
        found = _TOKEN.search(answer.read().decode())
    told = {"token": found[1] if found else "", "name": name, "password": password}
    with door.open(f"{where}/login", urllib.parse.urlencode(told).encode(), timeout=30) as answer:
        answer.read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


async def get(port: int, path: str, cookies: str) -> str:
    """The text of an answer."""
    reader, writer = await _asked(port, path, cookies)
    try:
        return (await reader.read()).decode()
    finally:
        writer.close()


async def _asked(
    port: int, path: str, cookies: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """An answer from its body on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LARGEST)
    # HTTP/1.0: the answer then comes as it is, not in chunks.
    writer.write(
        f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n\r\n".encode()
    )
    status = await reader.readline()
    if b" 200 " not in status:
        writer.close()
        raise ServiceError(f"{path}: {status.decode(errors='replace').strip()}")
    while (await reader.readline()).strip():
        pass
    return reader, writer
