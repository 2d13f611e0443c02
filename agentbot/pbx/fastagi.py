"""The FastAGI port: the dialplan asks, a handler answers within a second, or the dialplan goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from agentbot.errors import PbxError
from agentbot.pbx.fastagi_requests import AgiChannel, AgiHandler, AgiRequest, read_request

__all__ = ["AgiChannel", "AgiCounts", "AgiHandler", "AgiRequest", "AgiServer"]

log = structlog.get_logger()

_ENVIRONMENT = 1 << 16
"""Bytes of the lines Asterisk sends first; some 40 of them, with arguments of the dialplan."""


@dataclass(slots=True)
class AgiCounts:
    """For metrics, since the start."""

    requests: int = 0
    failed: int = 0
    """Handlers that raised, ran out of time or do not exist."""
    refused: int = 0
    """Connections that were no request, or too many at once."""


class AgiServer:
    """Takes `AGI(agi://HOST:PORT/path)` and gives it to the handler of that path.

    Use as `async with AgiServer({"/call": handler}) as server:`. Whatever happens, the connection
    is closed `seconds` after it was made, and Asterisk goes on with the next priority.
    """

    def __init__(
        self,
        handlers: Mapping[str, AgiHandler],
        *,
        host: str = "127.0.0.1",
        port: int = 4573,
        limit: int = 200,
        seconds: float = 1.0,
    ) -> None:
        """`limit`: connections at once; beyond it the one that has been silent longest has to go."""
        self.host, self.port = host, port
        self.counts = AgiCounts()
        self._handlers = handlers
        self._limit = limit
        self._seconds = seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent: dict[asyncio.StreamWriter, None] = {}
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Open the port.

        Raises:
            PbxError: it is taken.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, self.host, self.port, limit=_ENVIRONMENT, backlog=1024
            )
        except OSError as error:
            raise PbxError(
                f"FastAGI port {self.host}:{self.port} cannot be opened "
                f"({error.strerror or error}); choose another"
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the port and end what is under way."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def open(self) -> int:
        """Connections right now."""
        return len(self._tasks)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if len(self._tasks) >= self._limit and not self._make_room():
            self.counts.refused += 1
            writer.transport.abort()
            return
        if task is not None:
            self._tasks.add(task)
        self._silent[writer] = None
        try:
            async with asyncio.timeout(self._seconds):
                request = await self._request(reader)
                self._silent.pop(writer, None)
                if request is not None:
                    await self._answer(request, AgiChannel(reader, writer))
        except TimeoutError:
            self._out_of_time(writer)
        except asyncio.CancelledError:  # the port is being closed
            return
        finally:
            self._silent.pop(writer, None)
            if task is not None:
                self._tasks.discard(task)
            # What was written is sent; a peer that does not read is not waited for.
            writer.close()

    def _make_room(self) -> bool:
        """End the connection that has been silent longest."""
        for writer in self._silent:
            del self._silent[writer]
            writer.transport.abort()
            return True
        return False

    async def _request(self, reader: asyncio.StreamReader) -> AgiRequest | None:
        try:
            return read_request(await reader.readuntil(b"\n\n"))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, PbxError):
            self.counts.refused += 1
            return None

    async def _answer(self, request: AgiRequest, channel: AgiChannel) -> None:
        self.counts.requests += 1
        handler = self._handlers.get(request.path)
        if handler is None:
            self.counts.failed += 1
            known = ", ".join(sorted(self._handlers))
            log.warning("no such FastAGI path", path=request.path[:80], known=known)
            return
        try:
            await handler(request, channel)
        except PbxError as error:
            self.counts.failed += 1
            log.warning("FastAGI request failed", path=request.path, problem=str(error))
        except TimeoutError:
            raise
        except Exception:
            self.counts.failed += 1
            log.exception("FastAGI handler failed", path=request.path)

    def _out_of_time(self, writer: asyncio.StreamWriter) -> None:
        if writer in self._silent:
            self.counts.refused += 1
        else:
            self.counts.failed += 1
            log.warning("FastAGI request took too long", seconds=self._seconds)
        writer.transport.abort()
