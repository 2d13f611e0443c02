"""The little of ARI that a tap needs: requests, and the events of one Stasis application."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlsplit, urlunsplit

import httpx2 as httpx
import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, InvalidStatus, WebSocketException

from agentbot.errors import PbxError

__all__ = ["Ari"]

log = structlog.get_logger()

_PATIENCE: Final = 5.0
_LARGEST: Final = 1 << 20
"""Bytes of an event."""


class Ari:
    """One exchange's ARI. Connects when it is first needed, and again when the connection was lost."""

    def __init__(
        self, url: str, user: str, secret: str, app: str, event: Callable[[str, str], None]
    ) -> None:
        """`url`: `http://HOST:8088`, perhaps with Asterisk's prefix; `event`: told kind and channel id of events."""
        self.app = app
        self._url, self._event = url.rstrip("/"), event
        self._basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
        self._client = httpx.AsyncClient(
            base_url=f"{self._url}/ari", headers={"Authorization": f"Basic {self._basic}"},
            timeout=_PATIENCE, trust_env=False,
        )  # fmt: skip
        self._listening: asyncio.Task[None] | None = None
        self._up = asyncio.Lock()

    async def ask(self, method: str, path: str, **parameters: str) -> Any:
        """One request; returns what was answered.

        Raises:
            PbxError: refused (the message has Asterisk's words), or no answer.
        """
        try:
            answer = await self._client.request(method, path, params=parameters)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise PbxError(
                f"ARI at {self._url} does not answer ({type(error).__name__}); check ari_url and http.conf"
            ) from None
        if answer.status_code == 401:
            raise self._refused()
        try:
            told = answer.json() if answer.content else None
        except ValueError:
            told = None
        if answer.is_success:
            return told
        said = told.get("message") if isinstance(told, dict) else ""
        raise PbxError(
            f"ARI at {self._url} refuses {method} {path.partition('?')[0]}: {said or answer.status_code}"
        )

    async def connect(self) -> None:
        """Be Asterisk's application of our name, if we are not yet.

        Raises:
            PbxError: it cannot be reached, or refuses.
        """
        async with self._up:
            if self._listening is not None and not self._listening.done():
                return
            ready = asyncio.get_running_loop().create_future()
            self._listening = asyncio.create_task(self._listen(ready))
            await ready

    async def close(self) -> None:
        """Be it no more."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        await self._client.aclose()

    async def _listen(self, ready: asyncio.Future[None]) -> None:
        parts = urlsplit(self._url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        path = f"{parts.path}/ari/events"
        where = urlunsplit((scheme, parts.netloc, path, f"app={quote(self.app)}", ""))
        try:
            async with connect(
                where, additional_headers={"Authorization": f"Basic {self._basic}"}, proxy=None,
                open_timeout=_PATIENCE, close_timeout=1.0, max_size=_LARGEST, compression=None,
            ) as events:  # fmt: skip
                ready.set_result(None)
                async for message in events:
                    self._take(message)
        except (OSError, TimeoutError, WebSocketException) as error:
            if not ready.done():
                ready.set_exception(self._cannot(error))
            else:
                log.warning("ARI connection lost", problem=type(error).__name__)
        finally:
            if not ready.done():
                ready.cancel()

    def _cannot(self, error: Exception) -> PbxError:
        if isinstance(error, InvalidStatus) and error.response.status_code == 401:
            return self._refused()
        if isinstance(error, InvalidHandshake):
            return PbxError(f"{self._url} is no ARI ({error}); check ari_url and http.conf")
        return PbxError(
            f"ARI at {self._url} cannot be reached ({type(error).__name__}); check ari_url and http.conf"
        )

    def _refused(self) -> PbxError:
        return PbxError(
            f"ARI at {self._url} refuses name or password; compare ari_user and its secret with ari.conf"
        )

    def _take(self, message: str | bytes) -> None:
        try:
            told = json.loads(message)
            kind, channel = told["type"], told.get("channel", {}).get("id", "")
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        self._event(str(kind), str(channel))
