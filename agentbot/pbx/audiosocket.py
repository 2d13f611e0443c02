"""Takes sound from Asterisk: a server for the AudioSocket protocol, over TCP.

Asterisk connects, says a UUID and then sends 20 ms of one leg at a time. Only a UUID that was
announced (or is within `grace`, where Asterisk itself chose it) is taken, and once; whoever says nothing, too much or something else is put out, and
`refused` counts why. Reading never waits for anybody: what is not taken is the ear's to drop,
so a slow recogniser cannot fill Asterisk's socket.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from agentbot.errors import PbxError

__all__ = ["RATES", "AudioSocketServer", "Ear", "Refusal"]

RATES: Final = {
    0x10: 8_000,
    0x11: 12_000,
    0x12: 16_000,
    0x13: 24_000,
    0x14: 32_000,
    0x15: 44_100,
    0x16: 48_000,
    0x17: 96_000,
    0x18: 192_000,
}
"""Kind of a frame to the rate of its sound in hertz, by Asterisk's `res_audiosocket.h`."""

HANGUP: Final = 0x00
IDENTITY: Final = 0x01
SILENCE: Final = 0x02
DIGIT: Final = 0x03
FAILURE: Final = 0xFF
HEAD: Final = 3
"""Bytes before each frame's payload: its kind, and its length as two bytes, the higher first."""
_UNSENT: Final = 1 << 17
"""Bytes that may wait for the other end to read: eight seconds of sound."""


class Ear(Protocol):
    """Who listens to one connection."""

    def hear(self, at: float, samples: NDArray[np.int16], rate: int) -> None:
        """Takes a piece of sound that arrived `at` (the event loop's clock); must not wait."""

    def begin(self) -> None:
        """Asterisk has connected."""

    def end(self) -> None:
        """Asterisk will send no more; said once, and only after `begin`."""


class Refusal(StrEnum):
    """Why a connection was put out."""

    SILENT = "silent"
    """Did not say its UUID in time."""
    UNKNOWN = "unknown"
    """The UUID was not announced, or is in use."""
    GARBAGE = "garbage"
    """Does not speak AudioSocket."""
    CROWD = "crowd"
    """Too many had not said their UUID; the one that had waited longest went."""


class AudioSocketServer:
    """Listens for Asterisk; each announced UUID gets the sound of its connection to its ear."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, patience: float = 3.0, strangers: int = 64,
        grace: float = 0.0,
    ) -> None:  # fmt: skip
        """Nothing is opened yet.

        `port` 0 takes a free one. `patience`: seconds a connection has for its UUID.
        `strangers`: connections that may be open without being expected. `grace`: seconds for
        which a UUID may be announced after it was said; its sound until then is dropped.
        """
        self.refused: Counter[Refusal] = Counter()
        self.patience, self.grace = patience, grace
        self._host, self._port = host, port
        self._most_strangers = strangers
        self._ears: dict[UUID, Ear] = {}
        self._lines: dict[UUID, _Line] = {}
        self._strangers: dict[_Line, None] = {}
        self._early: dict[UUID, _Line] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            PbxError: the address cannot be used.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: _Line(self), self._host, self._port)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise PbxError(
                f"cannot listen for sound on {self._host}:{self._port}: {reason}; "
                "choose another address or port"
            ) from error
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    @property
    def connections(self) -> int:
        """Legs that are connected now."""
        return len(self._lines)

    def expect(self, line: UUID, ear: Ear) -> None:
        """From now on the connection that says this UUID is taken."""
        self._ears[line] = ear
        if early := self._early.pop(line, None):
            early.claim(line)

    def forget(self, line: UUID) -> None:
        """Hang up what came under this UUID, and take it no more."""
        self._ears.pop(line, None)
        if connection := self._lines.get(line):
            connection.hang_up()

    def say(self, line: UUID, samples: NDArray[np.int16]) -> bool:
        """Send a piece of sound at 8 kHz to who said this UUID; False: nobody has."""
        connection = self._lines.get(line)
        if connection is not None:
            connection.say(samples)
        return connection is not None

    async def close(self) -> None:
        """Hang up all and listen no more."""
        for connection in [*self._lines.values(), *self._strangers]:
            connection.hang_up()
        self._ears.clear()
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def came(self, line: _Line) -> None:
        """A connection that has not said who it is."""
        if len(self._strangers) >= self._most_strangers:
            next(iter(self._strangers)).refuse(Refusal.CROWD)
        self._strangers[line] = None

    def known(self, line: _Line, said: UUID) -> Ear | None:
        """Who wants the connection that said this; None for nobody."""
        if (ear := self._ears.pop(said, None)) is not None:
            self._strangers.pop(line, None)
            self._lines[said] = line
        return ear

    def early(self, line: _Line, said: UUID) -> bool:
        """Whether a connection nobody expects may wait a moment; one for each UUID."""
        if not self.grace or said in self._early or said in self._lines:
            return False
        self._early[said] = line
        return True

    def gone(self, line: _Line, said: UUID | None) -> None:
        """A connection is over."""
        self._strangers.pop(line, None)
        for known in (self._lines, self._early):
            if said is not None and known.get(said) is line:
                del known[said]


class _Line(asyncio.Protocol):
    """One connection, from its first byte to its last."""

    def __init__(self, server: AudioSocketServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._held = bytearray()
        self._ear: Ear | None = None
        self._said: UUID | None = None
        self._over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (create_server makes no other)
        self._transport = transport
        peer = transport.get_extra_info("socket")
        # A held leg sends nothing for minutes; only the kernel can tell it from a dead machine.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, option):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), seconds)
        self._deadline = self._loop.call_later(self._server.patience, self.refuse, Refusal.SILENT)
        self._server.came(self)

    def data_received(self, data: bytes) -> None:
        at = self._loop.time()
        held = self._held
        held += data
        start = 0
        while len(held) - start >= HEAD:
            if self._over:
                return
            end = start + HEAD + int.from_bytes(held[start + 1 : start + HEAD])
            if self._said is None and (held[start], end - start) != (IDENTITY, HEAD + 16):
                self.refuse(Refusal.GARBAGE)
                return
            if len(held) < end:
                break
            self._take(held[start], bytes(held[start + HEAD : end]), at)
            start = end
        del held[:start]

    def _take(self, kind: int, payload: bytes, at: float) -> None:
        if self._said is None:
            self._identify(UUID(bytes=payload))
        elif kind in RATES and len(payload) % 2 == 0:
            # A leg may send empty frames; they are no sound.
            if payload and self._ear is not None:
                self._ear.hear(at, np.frombuffer(payload, "<i2").astype(np.int16), RATES[kind])
        elif kind in {HANGUP, FAILURE}:
            self._end()
        elif kind not in {SILENCE, DIGIT}:
            self.refuse(Refusal.GARBAGE)

    def _identify(self, said: UUID) -> None:
        if self.claim(said):
            return
        if not self._server.early(self, said):
            self.refuse(Refusal.UNKNOWN)
            return
        self._said = said
        self._deadline.cancel()
        self._deadline = self._loop.call_later(self._server.grace, self.refuse, Refusal.UNKNOWN)

    def claim(self, said: UUID) -> bool:
        """Give the connection to the ear that expects it; False: none does."""
        ear = self._server.known(self, said)
        if ear is None:
            return False
        self._deadline.cancel()
        self._ear, self._said = ear, said
        ear.begin()
        return True

    def refuse(self, why: Refusal) -> None:
        """Put it out, and count it."""
        self._server.refused[why] += 1
        self._end(abort=True)

    def say(self, samples: NDArray[np.int16]) -> None:
        """Send sound; what the other end has not read for long is let go."""
        unsent = self._transport.get_write_buffer_size()
        if not self._over and unsent < _UNSENT:
            payload = samples.astype("<i2").tobytes()
            self._transport.write(bytes((0x10,)) + len(payload).to_bytes(2) + payload)

    def hang_up(self) -> None:
        """End it as the protocol wants."""
        if not self._over:
            self._transport.write(bytes((HANGUP, 0, 0)))
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's name)
        self._end()

    def _end(self, *, abort: bool = False) -> None:
        if self._over:
            return
        self._over = True
        self._deadline.cancel()
        self._server.gone(self, self._said)
        if abort:
            self._transport.abort()
        else:
            self._transport.close()
        if self._ear is not None:
            self._ear.end()
