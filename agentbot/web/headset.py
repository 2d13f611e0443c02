"""Where a seat's headset connects: a WebSocket that brings both legs, for PBXs that cannot be tapped.

From the seat: binary messages, one byte for the leg (0 the caller, 1 the operator) and then
samples of 16 bits; the texts `begin` and `end` of a call that no exchange tells of. To the seat:
`listen` and `idle`, for sound is sent only during a talk, and `busy` where a call could not begin.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from starlette.exceptions import HTTPException
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from agentbot.core.events import Leg
from agentbot.errors import ConfigError
from agentbot.web.desk import Desk, Headset, Headsets
from agentbot.web.doorman import Doorman

__all__ = ["LEGS", "HeadsetDoor"]

LEGS: Final = (Leg.CALLER, Leg.OPERATOR)
"""In the order of the numbers that stand for them."""
_RATES: Final = range(8_000, 48_001)
_LARGEST: Final = 1 + 2 * 48_000
"""Bytes of a piece: a second at most."""
_REFUSED: Final = 1008
_REPLACED: Final = 4001


@dataclass(frozen=True, slots=True)
class HeadsetDoor:
    """Lets the operators of a seat connect its headset."""

    desk: Desk
    doorman: Doorman
    headsets: Headsets

    def routes(self) -> list[WebSocketRoute]:
        """Where they connect."""
        return [WebSocketRoute("/seat/{seat}/sound", self.sound)]

    async def sound(self, socket: WebSocket) -> None:
        """One headset, from its first second to its last."""
        seat = str(socket.path_params["seat"])
        rate = socket.query_params.get("rate", "")
        fits = re.fullmatch(r"\d{4,5}", rate) is not None and int(rate) in _RATES
        if not (fits and await self._may(socket, seat)):
            await socket.close(_REFUSED)
            return
        await socket.accept()
        headset = self.headsets.plug(seat)
        telling = asyncio.create_task(_tell(socket, headset))
        taking = asyncio.create_task(_take(socket, headset, int(rate)))
        try:
            await asyncio.wait([telling, taking], return_when=asyncio.FIRST_COMPLETED)
        finally:
            headset.close()
            for task in (telling, taking):
                task.cancel()
            await asyncio.gather(telling, taking, return_exceptions=True)

    async def _may(self, socket: WebSocket, seat: str) -> bool:
        """Only with name and password: a page of somebody else's cannot send those by itself."""
        if "authorization" not in socket.headers:
            return False
        try:
            account = await self.doorman.who(socket)
        except (HTTPException, ConfigError):
            return False
        return account is not None and account.works_at(seat) and seat in self.desk.seats()


async def _tell(socket: WebSocket, headset: Headset) -> None:
    async for wanted in headset.wanted():
        await socket.send_text("listen" if wanted else "idle")
    await socket.close(_REPLACED)


async def _take(socket: WebSocket, headset: Headset, rate: int) -> None:
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            piece, said = message.get("bytes"), message.get("text")
            if piece and len(piece) % 2 and len(piece) <= _LARGEST and piece[0] < len(LEGS):
                samples = np.frombuffer(piece, "<i2", offset=1).astype(np.int16)
                headset.hear(LEGS[piece[0]], samples, rate)
            elif said == "begin":
                if not headset.begin():
                    await socket.send_text("busy")
            elif said == "end":
                headset.end()
    except WebSocketDisconnect:
        return
