"""The pages inside our own loop: a socket of ours, no signals taken over, an end that does not wait."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from agentbot.errors import ServiceError

__all__ = ["Pages", "listen"]


def listen(host: str, port: int, what: str) -> socket.socket:
    """A listening socket.

    Raises:
        ServiceError: address or port cannot be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise ServiceError(
            f"{what} cannot be opened on {host}:{port} ({error.strerror or error}); "
            "choose another address or port"
        ) from None


class Pages:
    """uvicorn as one task among ours."""

    def __init__(self, app: Starlette, door: socket.socket, *, patience: float = 10.0) -> None:
        """`patience`: seconds that a connection may stand open and ask nothing."""
        guest = type("Guest", (_Guest,), {"patience": patience})
        self._server = _Server(
            uvicorn.Config(
                app, http=guest, log_config=None, access_log=False, lifespan="off", server_header=False,
                timeout_graceful_shutdown=2, ws_max_size=1 << 18, limit_concurrency=5_000,
            )
        )  # fmt: skip
        self._door = door

    async def run(self) -> None:
        """Serve until `stop` or cancellation."""
        try:
            await self._server.serve(sockets=[self._door])
        finally:
            self._door.close()

    async def ready(self) -> None:
        """Wait until pages are answered."""
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        """Take no more requests, give those under way a moment."""
        self._server.should_exit = True


class _Guest(H11Protocol):
    """uvicorn waits for a first request for ever, and so for the rest of one that is begun."""

    patience: float

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look_again = self.loop.call_later(self.patience, self._look, self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._look_again.cancel()
        super().connection_lost(exc)

    def _look(self, before: RequestResponseCycle | None) -> None:
        """Let it go if it has asked nothing since; a stream of pictures is one long answer."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is before and (cycle is None or cycle.response_complete):
            self.transport.abort()
        else:
            self._look_again = self.loop.call_later(self.patience, self._look, self.cycle)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the service's."""
        yield
