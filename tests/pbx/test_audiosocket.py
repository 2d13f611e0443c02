"""The AudioSocket server against real sockets: what is taken, and who is put out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import RATES, AudioSocketServer, Refusal
from agentbot.pbx.pair import Pair
from agentbot.pbx.sound import Sound

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def frame(kind: int, payload: bytes = b"") -> bytes:
    return bytes((kind,)) + len(payload).to_bytes(2) + payload


def ident(line: UUID) -> bytes:
    return frame(0x01, line.bytes)


@pytest.fixture
async def server() -> AsyncIterator[AudioSocketServer]:
    server = AudioSocketServer(patience=0.3, strangers=8)
    await server.open()
    yield server
    await server.close()


async def connect(server: AudioSocketServer, *sent: bytes) -> Stream:
    stream = await asyncio.open_connection("127.0.0.1", server.port)
    for piece in sent:
        stream[1].write(piece)
    await stream[1].drain()
    return stream


async def put_out(stream: Stream) -> None:
    """Returns once the server has hung up."""
    try:
        async with asyncio.timeout(20):
            while await stream[0].read(4096):
                pass
    except ConnectionError:
        pass
    finally:
        stream[1].close()


async def all_of(pair: Pair) -> list[Sound]:
    async with asyncio.timeout(20):
        return [piece async for piece in pair]


@pytest.mark.parametrize(("kind", "rate"), RATES.items())
async def test_sound_comes_with_the_rate_of_its_kind(
    server: AudioSocketServer, kind: int, rate: int
) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    pair.ears[Leg.OPERATOR].end()
    samples = np.arange(-160, 160, dtype="<i2")
    _, writer = await connect(server, ident(line), frame(kind, samples.tobytes()), frame(0x00))
    (piece,) = await all_of(pair)
    assert (piece.leg, piece.rate, piece.samples.tolist()) == (Leg.CALLER, rate, samples.tolist())
    writer.close()


@given(cuts=st.lists(st.integers(1, 700), max_size=8), frames=st.integers(1, 4))
async def test_frames_may_be_cut_anywhere(cuts: list[int], frames: int) -> None:
    server = AudioSocketServer()
    await server.open()
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    pair.ears[Leg.OPERATOR].end()
    said = [np.full(160, number, "<i2") for number in range(frames)]
    raw = ident(line) + b"".join(frame(0x10, one.tobytes()) for one in said)
    raw += frame(0x03, b"5") + frame(0x02) + frame(0x10) + frame(0x00)
    _, writer = await connect(server)
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(raw)], strict=True):
        writer.write(raw[start:end])
        await writer.drain()
        await asyncio.sleep(0)
    pieces = await all_of(pair)
    writer.close()
    await server.close()
    assert [piece.samples.tolist() for piece in pieces] == [one.tolist() for one in said]
    assert not server.refused


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", Refusal.SILENT),
        (b"\x01\x00\x10half of it", Refusal.SILENT),
        (ident(UUID(int=5)), Refusal.UNKNOWN),
        (b"GET / HTTP/1.1\r\n\r\n", Refusal.GARBAGE),
        (b"\x01\xff\xff" + b"x" * 300, Refusal.GARBAGE),
        (frame(0x10, b"\0" * 320), Refusal.GARBAGE),
        (b"\x16\x03\x01\x02\x00", Refusal.GARBAGE),
    ],
)
async def test_who_does_not_belong_is_put_out(
    server: AudioSocketServer, sent: bytes, why: Refusal
) -> None:
    await put_out(await connect(server, sent))
    assert server.refused == {why: 1}


@pytest.mark.parametrize("bad", [frame(0x7F, b"??"), frame(0x10, b"odd")])
async def test_garbage_after_the_uuid_ends_the_leg(server: AudioSocketServer, bad: bytes) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    pair.ears[Leg.OPERATOR].end()
    stream = await connect(server, ident(line), bad)
    assert await all_of(pair) == []
    await put_out(stream)
    assert server.refused == {Refusal.GARBAGE: 1}


async def test_a_uuid_is_taken_once(server: AudioSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    first = await connect(server, ident(line))
    await pair.ears[Leg.CALLER].begun.wait()
    await put_out(await connect(server, ident(line)))
    assert server.refused == {Refusal.UNKNOWN: 1}
    assert server.connections == 1
    first[1].close()


async def test_a_thousand_idle_connections_are_no_burden(server: AudioSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    pair.ears[Leg.OPERATOR].end()
    idle = [await connect(server) for _ in range(300)]
    assert len(server._strangers) <= 8
    _, writer = await connect(server, ident(line), frame(0x10, b"\1\0" * 160), frame(0x00))
    idle += [await connect(server) for _ in range(700)]
    assert len(await all_of(pair)) == 1
    await asyncio.gather(*(put_out(stream) for stream in idle))
    assert server.refused[Refusal.CROWD] + server.refused[Refusal.SILENT] == 1_000
    assert server.refused[Refusal.CROWD] >= 900
    writer.close()


async def test_forgetting_hangs_up(server: AudioSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    reader, writer = await connect(server, ident(line))
    await pair.ears[Leg.CALLER].begun.wait()
    server.forget(line)
    assert await reader.read() == frame(0x00)
    assert pair.ears[Leg.CALLER].over.is_set()
    assert server.connections == 0
    writer.close()


async def test_a_taken_port_is_one_line(server: AudioSocketServer) -> None:
    second = AudioSocketServer(port=server.port)
    with pytest.raises(PbxError, match=f"cannot listen for sound on 127.0.0.1:{server.port}"):
        await second.open()


class TestPair:
    """Both legs in one stream."""

    async def test_pieces_come_by_arrival(self) -> None:
        pair = Pair()
        for at, leg in ((1.0, Leg.CALLER), (1.1, Leg.OPERATOR), (1.2, Leg.OPERATOR)):
            pair.ears[leg].hear(at, np.zeros(160, np.int16), 8_000)
        pair.ears[Leg.CALLER].hear(1.15, np.zeros(160, np.int16), 8_000)
        await pair.close()
        assert [piece.at for piece in await all_of(pair)] == [1.0, 1.1, 1.15, 1.2]

    async def test_a_reader_that_stalls_loses_the_oldest_of_each_leg(self) -> None:
        pair = Pair(most_seconds=1.0)
        for number in range(200):
            pair.ears[Leg.CALLER].hear(number * 0.02, np.full(160, number, np.int16), 8_000)
        pair.ears[Leg.OPERATOR].hear(0.0, np.zeros(160, np.int16), 8_000)
        await pair.close()
        kept = [piece for piece in await all_of(pair) if piece.leg is Leg.CALLER]
        assert [piece.samples[0] for piece in kept] == list(range(150, 200))
        assert pair.dropped == 150

    async def test_it_ends_when_both_legs_have(self) -> None:
        pair = Pair()
        reading = asyncio.create_task(all_of(pair))
        pair.ears[Leg.OPERATOR].end()
        pair.ears[Leg.CALLER].hear(0.0, np.zeros(160, np.int16), 8_000)
        pair.ears[Leg.CALLER].end()
        assert len(await reading) == 1

    async def test_closing_lets_go_once(self) -> None:
        let_go: list[str] = []

        async def hang_up() -> None:
            let_go.append("now")

        pair = Pair(hang_up=hang_up)
        await pair.close()
        await pair.close()
        assert let_go == ["now"]


async def test_sound_may_come_a_moment_before_it_is_announced() -> None:
    server = AudioSocketServer(grace=5.0)
    await server.open()
    line, pair = uuid4(), Pair()
    pair.ears[Leg.OPERATOR].end()
    _, writer = await connect(server, ident(line), frame(0x10, b"\1\0" * 160))
    _, other = await connect(server, ident(line))
    async with asyncio.timeout(20):
        while server.refused[Refusal.UNKNOWN] < 1:  # noqa: ASYNC110 (the second is put out)
            await asyncio.sleep(0.01)
    server.expect(line, pair.ears[Leg.CALLER])
    writer.write(frame(0x10, b"\2\0" * 160) + frame(0x00))
    pieces = await all_of(pair)
    writer.close()
    other.close()
    await server.close()
    assert [piece.samples[0] for piece in pieces] == [2]


async def test_sound_that_nobody_announces_is_put_out_after_the_grace() -> None:
    server = AudioSocketServer(grace=0.1)
    await server.open()
    stream = await connect(server, ident(uuid4()), frame(0x10, b"\1\0" * 160))
    await put_out(stream)
    await server.close()
    assert server.refused == {Refusal.UNKNOWN: 1}


async def test_sound_is_sent_to_who_is_there_and_never_piles_up(server: AudioSocketServer) -> None:
    line, pair = uuid4(), Pair()
    server.expect(line, pair.ears[Leg.CALLER])
    samples = np.arange(-80, 80, dtype=np.int16)
    assert not server.say(line, samples), "nobody has come yet"
    reader, writer = await connect(server, ident(line))
    async with asyncio.timeout(20):
        await pair.ears[Leg.CALLER].begun.wait()
        assert server.say(line, samples)
        assert await reader.readexactly(323) == frame(0x10, samples.astype("<i2").tobytes())
    # Who does not read for long gets what fits, and costs no memory.
    for _ in range(20_000):
        server.say(line, samples)
    assert server._lines[line]._transport.get_write_buffer_size() < 200_000
    writer.close()
