"""The WebSocket port for sound against real clients: what is let in, and who is put out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import Refusal
from agentbot.pbx.mediasocket import MediaSocketServer
from agentbot.pbx.pair import Pair


@pytest.fixture
async def server() -> AsyncIterator[MediaSocketServer]:
    server = MediaSocketServer(patience=0.3)
    await server.open()
    yield server
    await server.close()


async def test_samples_come_and_asterisks_own_talk_does_not(server: MediaSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    pair.ears[Leg.OPERATOR].end()
    said = np.arange(-160, 160, dtype="<i2")
    address = f"ws://127.0.0.1:{server.port}/sound?line={line}&rate=16000"
    async with connect(address, subprotocols=["media"]) as asterisk:
        await asterisk.send("MEDIA_START connection_id:agentbot format:slin16")
        await asterisk.send(b"")
        await asterisk.send(b"odd")
        await asterisk.send(said.tobytes())
    async with asyncio.timeout(20):
        (piece,) = [piece async for piece in pair]
    assert (piece.rate, piece.samples.tolist()) == (16_000, said.tolist())


@pytest.mark.parametrize(
    "path", ["?line={}", "?line={}&rate=44100", "?line=x&rate=8000", "", "?" + "a=1&" * 100]
)
async def test_who_is_not_expected_is_not_let_in(server: MediaSocketServer, path: str) -> None:
    line = uuid4()
    server.expect(line, Pair().ears[Leg.CALLER])
    with pytest.raises(InvalidStatus, match="404"):
        async with connect(f"ws://127.0.0.1:{server.port}/sound{path.format(line)}"):
            pass


async def test_a_line_is_let_in_once(server: MediaSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    address = f"ws://127.0.0.1:{server.port}/sound?line={line}&rate=8000"
    async with connect(address) as first:
        await pair.ears[Leg.CALLER].begun.wait()
        with pytest.raises(InvalidStatus, match="404"):
            async with connect(address):
                pass
        server.forget(line)
        async with asyncio.timeout(20):
            await first.wait_closed()
            await pair.ears[Leg.CALLER].over.wait()


@pytest.mark.parametrize("sent", [b"", b"\x01\x00\x10" + b"x" * 16, b"GET / HTTP/1.1\r\n"])
async def test_who_speaks_something_else_is_put_out(server: MediaSocketServer, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(sent)
    async with asyncio.timeout(20):
        await reader.read()
    writer.close()


async def test_a_crowd_of_the_silent_keeps_nobody_out() -> None:
    server = MediaSocketServer(patience=20.0, strangers=8)
    await server.open()
    came = (asyncio.open_connection("127.0.0.1", server.port) for _ in range(100))
    crowd = await asyncio.gather(*came)
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    async with connect(f"ws://127.0.0.1:{server.port}/sound?line={line}&rate=8000"):
        async with asyncio.timeout(20):
            await pair.ears[Leg.CALLER].begun.wait()
    for _, writer in crowd:
        writer.close()
    await server.close()
    assert server.refused[Refusal.CROWD] > 20


async def test_a_port_that_is_taken(server: MediaSocketServer) -> None:
    with pytest.raises(PbxError, match="cannot listen for sound"):
        await MediaSocketServer(port=server.port).open()
