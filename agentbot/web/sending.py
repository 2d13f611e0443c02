"""A seat's headset on its way to the service: sound of both legs, and when calls begin and end."""

from __future__ import annotations

import base64
import queue
import threading
from typing import Final
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.sync.client import ClientConnection, connect

from agentbot.core.events import Leg
from agentbot.errors import ServiceError
from agentbot.web.headset import LEGS

__all__ = ["Sending"]

_WAITING: Final = 500
"""Pieces that wait to be sent: five seconds of both legs; more are dropped."""
_PATIENCE: Final = 5.0
_AGAIN: Final = 2.0
"""Seconds before a lost connection is sought again."""
_TURN: Final = 0.02


class Sending:
    """Connects in a thread of its own, and again when the connection is lost; `close` ends it."""

    def __init__(self, url: str, seat: str, name: str, password: str, *, rate: int) -> None:
        """Connect now, so that a mistake is told at once; `rate`: hertz of the sound.

        Raises:
            ServiceError: the address is none, nobody answers there, or this seat is refused.
        """
        if not url.startswith(("http://", "https://")):
            raise ServiceError(f"{url}: no address of a service; use http://HOST:PORT")
        self._url = f"ws{url.rstrip('/')[4:]}/seat/{quote(seat, safe='')}/sound?rate={rate}"
        secret = base64.b64encode(f"{name}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}"}
        self._out: queue.Queue[bytes | str] = queue.Queue(_WAITING)
        self._ended = threading.Event()
        self.state = "idle"
        """`idle`, `listen` (a talk is heard), `busy` (a call could not begin) or `lost`."""
        try:
            socket = self._connect()
        except InvalidStatus as error:
            raise ServiceError(
                f"seat {seat}: its headset is refused ({error.response.status_code}); name, password, "
                "or a seat that is not yours"
            ) from None
        except (OSError, TimeoutError, InvalidHandshake, InvalidURI, ValueError):
            raise ServiceError(
                f"{url} does not answer; is `agentbot serve` running there?"
            ) from None
        self._thread = threading.Thread(target=self._run, args=[socket], daemon=True)
        self._thread.start()

    def hear(self, leg: Leg, samples: NDArray[np.int16]) -> None:
        """A piece of sound, sent if a talk is heard; from any thread."""
        if self.state == "listen":
            self._put(bytes([LEGS.index(leg)]) + samples.astype("<i2").tobytes())

    def turn(self) -> None:
        """The operator's key: a call begins, or the one that goes on is over."""
        self._put("end" if self.state == "listen" else "begin")

    def close(self) -> None:
        """Send no more."""
        self._ended.set()
        self._thread.join(_PATIENCE)

    def _put(self, out: bytes | str) -> None:
        try:
            self._out.put_nowait(out)
        except queue.Full:
            return

    def _connect(self) -> ClientConnection:
        return connect(
            self._url, additional_headers=self._headers, proxy=None, open_timeout=_PATIENCE,
            close_timeout=1.0, max_size=1024, compression=None,
        )  # fmt: skip

    def _run(self, first: ClientConnection) -> None:
        socket: ClientConnection | None = first
        while not self._ended.is_set():
            try:
                with socket or self._connect() as here:
                    self._exchange(here)
            except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake):
                self.state = "lost"
                self._ended.wait(_AGAIN)
            socket = None

    def _exchange(self, here: ClientConnection) -> None:
        while not self._ended.is_set():
            try:
                told = here.recv(timeout=0)
                self.state = told if told in {"idle", "listen", "busy"} else self.state
            except TimeoutError:
                pass
            try:
                here.send(self._out.get(timeout=_TURN))
            except queue.Empty:
                continue
