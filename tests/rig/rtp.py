"""The sound of one call at one phone: RTP out in real time, RTP in with times of arrival."""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from rig.g711 import FRAME, SILENCE, decode
from rig.sip import HOST

TICK = 0.02
"""Seconds from one packet to the next."""
A_LAW = 8
"""Payload type of PCMA."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What came in."""

    at: float
    source: bytes
    """SSRC: Asterisk changes it, with a marker and without losing a frame, as it begins or ends to
    look into the sound (ChanSpy, MixMonitor) of two phones it had joined directly."""
    number: int
    payload: bytes


class Rtp(asyncio.DatagramProtocol):
    """Sends frames of A-law one after the other, then silence; keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[Packet] = []
        self.sent: list[tuple[float, bytes]] = []
        """Time and payload of each packet that went out."""
        self.paused = False
        self._frames: list[bytes] = []
        self._far: tuple[str, int] | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls) -> Rtp:
        loop = asyncio.get_running_loop()
        _, rtp = await loop.create_datagram_endpoint(cls, local_addr=(HOST, 0))
        return rtp

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.DatagramTransport", transport)
        self._transport = transport
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > 12 and data[1] & 0x7F == A_LAW:
            at = asyncio.get_running_loop().time()
            self.heard.append(Packet(at, data[8:12], int.from_bytes(data[2:4]), data[12:]))

    def play(self, payload: bytes) -> None:
        """Say this next; cut into frames, the last one filled up with silence."""
        for start in range(0, len(payload), FRAME):
            frame = payload[start : start + FRAME]
            self._frames.append(frame + SILENCE[len(frame) :])

    @property
    def playing(self) -> bool:
        """There is something left to say."""
        return bool(self._frames)

    def send_to(self, port: int) -> None:
        """The far end is there; sound goes out from now on."""
        self._far = (HOST, port)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        start, tick = loop.time(), 0
        while True:
            await asyncio.sleep(max(0.0, start + tick * TICK - loop.time()))
            if not self.paused and self._far:
                payload = self._frames.pop(0) if self._frames else SILENCE
                head = struct.pack(
                    "!BBHII",
                    0x80,
                    A_LAW,
                    len(self.sent) & 0xFFFF,
                    tick * FRAME & 0xFFFFFFFF,
                    id(self) & 0xFFFFFFFF,
                )
                self._transport.sendto(head + payload, self._far)
                self.sent.append((loop.time(), payload))
            tick += 1

    def close(self) -> None:
        if self._task:
            self._task.cancel()
        self._transport.close()

    # --- what a test asks ---

    def said(self) -> NDArray[np.int16]:
        """All that went out, as samples."""
        return decode(b"".join(payload for _, payload in self.sent))

    def listened(self) -> NDArray[np.int16]:
        """All that came in, as samples."""
        return decode(b"".join(packet.payload for packet in self.heard))

    def lost(self) -> int:
        """Packets missing by their numbers."""
        return lost(self.heard)


def lost(packets: Sequence[Packet]) -> int:
    """Packets missing by their numbers."""
    steps = (
        (b.number - a.number) & 0xFFFF
        for a, b in itertools.pairwise(packets)
        if a.source == b.source
    )
    return sum(step - 1 for step in steps if 1 < step < 0x8000)
