"""Whatever knocks at the service's ports, a call is followed and its seat sees the next line."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest
import structlog

from agentbot.core.seat.view import SeatState, SeatView
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.service.limits import Troubles, allow_many_files
from agentbot.service.pages import Pages, listen
from agentbot.settings import Settings
from agentbot.testing import ScriptedRecogniser, SimulatedCall, SimulatedExchange
from agentbot.web.accounts import Accounts, Position

IDLE = 1_000


@pytest.fixture
def many_files() -> Iterator[int]:
    """How many idle connections a port gets: the test holds both ends of all of them."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield min(IDLE, (allow_many_files() - 200) // 6)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
async def exchange() -> AsyncIterator[SimulatedExchange]:
    async with SimulatedExchange() as made:
        yield made


@pytest.fixture
def sound() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


@pytest.fixture
async def service(
    house: House, tmp_path: Path, exchange: SimulatedExchange, sound: int
) -> AsyncIterator[Service]:
    settings = Settings(
        exchanges=({"port": exchange.port, "secret": "simulated"},),
        rules=({"script": "heating-repair"},), accounts=tmp_path / "accounts.json",
        sound={"port": sound}, web={"port": 0}, agi={"port": 0},
        store={"folder": tmp_path / "calls"},
    )  # fmt: skip
    made = Service(settings, ScriptedRecogniser([]), 2, house)
    async with made.running():
        async with asyncio.timeout(20):
            while not made.floor.healthy()[0]:  # noqa: ASYNC110 - logins tell only the page
                await asyncio.sleep(0.02)
        yield made


async def until(service: Service, state: SeatState, seat: str = "1001") -> SeatView:
    async with asyncio.timeout(20):
        async for view in service.floor.watch(seat):
            if view.state is state:
                return view
    raise AssertionError("the pictures ended")


async def knock(port: int, says: bytes = b"") -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(says)
    return writer


async def shut(knocking: list[asyncio.StreamWriter]) -> None:
    for writer in knocking:
        writer.transport.abort()
    await asyncio.sleep(0)


async def test_a_thousand_idle_connections_at_each_port(
    service: Service, exchange: SimulatedExchange, sound: int, many_files: int
) -> None:
    ports = (sound, service.agi_port, service.web_port)
    idle = [await knock(port) for port in ports for _ in range(many_files)]
    exchange.place(SimulatedCall(seat="1001", seconds=1.0, rings=0.1))
    view = await until(service, SeatState.TALKING)
    assert view.prompt is not None
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.web_port}") as pages:
        assert (await pages.get("/healthz")).status_code == 200
    await until(service, SeatState.ENDED)
    metrics = service.metrics.registry
    assert metrics.get_sample_value("agentbot_talks_untapped_total") == 0
    await shut(idle)


async def test_garbage_and_strangers_at_each_port(
    service: Service, exchange: SimulatedExchange, sound: int
) -> None:
    rude = [
        b"\xff" * 5_000, b"GET / HTTP/1.0\r\n\r\n", os.urandom(300), b"\x01\x00\x10" + uuid4().bytes,
        b"\x01\xff\xff", b"\n" * 70_000, b"agi_network_script: " + b"x" * 200_000, b"\x16\x03\x01",
    ]  # fmt: skip
    knocking = [
        await knock(port, says)
        for port in (sound, service.agi_port, service.web_port)
        for says in rude
    ]
    exchange.place(SimulatedCall(seat="1001", seconds=0.5, rings=0.1))
    assert (await until(service, SeatState.TALKING)).prompt is not None
    await until(service, SeatState.ENDED)
    await shut(knocking)


async def test_the_dialplan_is_answered_beside_slow_ones(service: Service) -> None:
    slow = [await knock(service.agi_port, b"agi_network: yes\nagi_net") for _ in range(250)]
    reader, writer = await asyncio.open_connection("127.0.0.1", service.agi_port)
    writer.write(b"agi_network_script: field\nagi_uniqueid: 1.1\nagi_arg_1: phone\n\n")
    async with asyncio.timeout(5):
        line = await reader.readline()
    assert line == b'SET VARIABLE AGENTBOT_STATUS "OK"\n'
    writer.close()
    await shut(slow)


NAMES = {
    "quotes": '"王" \\"x\\" \'y\'; DROP',
    "emoji": "👩‍💻🔥 王女士",
    "GBK": "王先生".encode("gbk").decode(errors="surrogateescape"),
    "line breaks": "王\r\nEvent: Hangup\r\n\r\nAction: Logoff\r\n",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "long": "长" * 10_000,
    "controls": "\0\x1b[31m\x07\u202e",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_callers_with_any_name(
    service: Service, exchange: SimulatedExchange, tmp_path: Path, name: str
) -> None:
    Accounts(tmp_path / "accounts.json").add(
        "boss", "long enough", Position.SUPERVISOR, frozenset()
    )
    call = SimulatedCall(seat="1001", name=name, queue="repair", seconds=1.0, rings=0.1)
    exchange.place(call)
    assert (await until(service, SeatState.TALKING)).prompt is not None
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{service.web_port}", auth=("boss", "long enough")
    ) as pages:
        page = await pages.get("/seat/1001")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "onerror=alert" not in page.text.replace("&lt;img src=x onerror=alert", "")
    await until(service, SeatState.ENDED)
    assert service.floor.healthy()[0], "the exchange is still there"


async def test_who_asks_nothing_is_let_go_and_who_looks_on_stays() -> None:
    async def app(scope: dict, receive: object, send: object) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": []}
        await send(head)
        for _ in range(8):
            body = {"type": "http.response.body", "body": b"picture\n", "more_body": True}
            await send(body)
            await asyncio.sleep(0.05)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    door = listen("127.0.0.1", 0, "the pages")
    pages = Pages(app, door, patience=0.1)
    port = door.getsockname()[1]
    task = asyncio.create_task(pages.run())
    await pages.ready()
    async with asyncio.timeout(10):
        for half in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(half)
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.count(b"picture") == 8, "an answer under way is not cut, however long it takes"
    pages.stop()
    await task


def test_a_shortage_of_files_is_said_once_and_without_a_traceback() -> None:
    troubles = Troubles()
    loop = asyncio.new_event_loop()
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            error = OSError(errno.EMFILE, "Too many open files")
            troubles(
                loop, {"message": "socket.accept() out of system resource", "exception": error}
            )
        troubles(loop, {"message": "something else", "exception": ValueError("x")})
    loop.close()
    assert [one["event"] for one in said] == ["no more connections can be taken", "event loop"]
    assert "exc_info" not in said[0]
