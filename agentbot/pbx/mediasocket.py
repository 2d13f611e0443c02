"""Takes sound from Asterisk's chan_websocket: a WebSocket server, one connection a leg.

Asterisk names the line and its rate in the address it asks for, `…?line=UUID&rate=8000`; only a
line that was announced is let in, and once. Binary messages are samples, text is Asterisk's own
talk about the channel and not needed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import numpy as np
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import Ear, Refusal

__all__ = ["MediaSocketServer"]

_LARGEST: Final = 1 << 16
"""Bytes of a message; one of sound has 640 at most."""
_RATES: Final = {"8000": 8_000, "16000": 16_000}


class MediaSocketServer:
    """Listens for Asterisk; each announced line gets its sound to its ear."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, patience: float = 3.0, strangers: int = 64
    ) -> None:
        """`port` 0 takes a free one. `patience`: seconds a connection has to say what it wants.

        `strangers`: connections that may be open without having said it.
        """
        self._most_strangers = strangers
        self._strangers: dict[ServerConnection, None] = {}
        self.refused: Counter[Refusal] = Counter()
        self._host, self._port, self._patience = host, port, patience
        self._ears: dict[UUID, Ear] = {}
        self._lines: dict[UUID, ServerConnection] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            PbxError: the address cannot be used.
        """
        try:
            self._server = await serve(
                self._take, self._host, self._port, process_request=self._admit, compression=None,
                select_subprotocol=_first, open_timeout=self._patience,
                max_size=_LARGEST, close_timeout=1.0, server_header=None,
                create_connection=self._came,  # type: ignore[arg-type]  # whatever makes one will do
            )  # fmt: skip
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise PbxError(
                f"cannot listen for sound on {self._host}:{self._port}: {reason}; "
                "choose another address or port"
            ) from error
        self._port = next(iter(self._server.sockets)).getsockname()[1]

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def expect(self, line: UUID, ear: Ear) -> None:
        """From now on the connection that asks for this line is taken."""
        self._ears[line] = ear

    def forget(self, line: UUID) -> None:
        """Hang up what came for this line, and take it no more."""
        self._ears.pop(line, None)
        if connection := self._lines.get(line):
            closing = asyncio.ensure_future(connection.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Hang up all and listen no more."""
        self._ears.clear()
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _came(self, *parts: Any, **more: Any) -> ServerConnection:
        """A connection that has not said what it wants; of too many the oldest goes."""
        surplus = max(0, len(self._strangers) + 1 - self._most_strangers)
        # Those that come in this very moment have no transport yet.
        for oldest in [one for one in self._strangers if hasattr(one, "transport")][:surplus]:
            del self._strangers[oldest]
            oldest.transport.abort()
            self.refused[Refusal.CROWD] += 1
        connection = ServerConnection(*parts, **more)
        self._strangers[connection] = None
        return connection

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        self._strangers.pop(connection, None)
        if _wanted(request.path)[0] in self._ears:
            return None
        self.refused[Refusal.UNKNOWN] += 1
        return connection.respond(HTTPStatus.NOT_FOUND, "no such line\n")

    async def _take(self, connection: ServerConnection) -> None:
        assert connection.request is not None  # noqa: S101 - it was admitted by it
        line, rate = _wanted(connection.request.path)
        ear = self._ears.pop(line, None) if line else None
        if line is None or ear is None:
            return
        self._lines[line] = connection
        ear.begin()
        now = asyncio.get_running_loop().time
        try:
            async for message in connection:
                if isinstance(message, bytes) and message and len(message) % 2 == 0:
                    ear.hear(now(), np.frombuffer(message, "<i2").astype(np.int16), rate)
        except ConnectionClosed:
            pass
        finally:
            del self._lines[line]
            ear.end()


def _wanted(path: str) -> tuple[UUID | None, int]:
    """Line and rate in hertz of an address."""
    try:
        asked = parse_qs(urlsplit(path).query, max_num_fields=20)
        return UUID(asked["line"][0]), _RATES[asked["rate"][0]]
    except (KeyError, ValueError):
        return None, 0


def _first(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Whatever Asterisk's configuration calls it: there is only one."""
    return offered[0] if offered else None
