"""What the doctor finds at exchanges that are none, or simulated."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agentbot.doctor.check import Check, State
from agentbot.doctor.examine import examine
from agentbot.doctor.exchange import exchange
from agentbot.doctor.waiting import aside, look
from agentbot.service.sound import Taps
from agentbot.settings import Settings
from agentbot.settings_form import ExchangeForm
from agentbot.simulate.exchange import SimulatedExchange


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings()


async def examined(settings: Settings, port: int, **form: object) -> list[Check]:
    told = ExchangeForm.model_validate({"port": port, "secret": "simulated", **form})
    taps = Taps(settings.sound)
    await taps.open()
    try:
        return [check async for check in exchange(told, settings, taps, runs=False)]
    finally:
        await taps.close()


async def test_a_simulated_exchange_says_why_there_is_no_test_call(settings: Settings) -> None:
    async with SimulatedExchange() as simulated:
        found = await examined(settings, simulated.port)
    worse = {check.subject for check in found if check.state is not State.OK}
    assert worse == {"route"}
    route = next(check for check in found if check.subject == "route")
    assert (route.state, route.said) == (State.WARNING, "simulated")


async def test_a_simulated_exchange_without_a_module(settings: Settings) -> None:
    async with SimulatedExchange(modules=("app_queue", "app_chanspy")) as simulated:
        found = await examined(settings, simulated.port)
    modules = next(check for check in found if check.subject == "modules")
    assert modules.values["names"] == "chan_audiosocket, res_audiosocket"


async def test_the_wrong_secret(settings: Settings) -> None:
    async with SimulatedExchange() as simulated:
        found = await examined(settings, simulated.port, secret="wrong")  # noqa: S106
    assert [check.said for check in found] == ["ok", "ok", "refused"]


async def test_a_secret_that_cannot_be_read(settings: Settings, tmp_path: Path) -> None:
    found = await examined(settings, 1, secret="", secret_file=tmp_path / "secret")
    assert [(check.subject, check.said) for check in found] == [("login", "secret")]


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


async def test_a_port_that_says_nothing(settings: Settings, silent: int) -> None:
    found = await examined(settings, silent)
    assert [(check.subject, check.said) for check in found] == [
        ("reach", "ok"), ("protocol", "silent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("greets", "said"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "http"),
        (b"220 mail.example ESMTP\r\n", "other"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "tls"),
        (b"\xff\xfe\x00\n", "other"),
        (b"", "hangs_up"),
    ],
)
async def test_somebody_else_answers(settings: Settings, greets: bytes, said: str) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greets)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        found = await examined(settings, server.sockets[0].getsockname()[1])
    assert found[-1].said == said


async def test_a_host_that_nobody_knows(settings: Settings) -> None:
    (found,) = await examined(settings, 5038, host="no-such-host.invalid")
    assert (found.subject, found.said) == ("reach", "unreachable")
    assert "Errno" not in str(found.values["problem"])


async def test_tls_where_there_is_none(settings: Settings) -> None:
    async with SimulatedExchange() as simulated:
        found = await examined(settings, simulated.port, tls=True)
    assert [check.said for check in found] == ["no_tls"]


async def test_all_exchanges_are_looked_at(tmp_path: Path) -> None:
    async with SimulatedExchange() as simulated:
        settings = Settings(
            exchanges=(
                {"name": "dead", "port": 9, "secret": "x"},
                {"name": "sim", "port": simulated.port, "secret": "simulated"},
                {"name": "sim", "port": simulated.port, "secret": "wrong"},
            ),
            accounts=tmp_path / "accounts.json", store={"folder": tmp_path},
            web={"port": 0}, agi={"port": 0},
        )  # fmt: skip
        found = [check async for check in examine(settings, f"whisper:{tmp_path}", 2)]
    named = [(check.exchange, check.subject) for check in found if check.exchange]
    assert named[0] == ("dead", "reach")
    assert ("sim", "route") in named
    assert [check.said for check in found if check.subject == "login"] == ["ok", "refused"]
    assert "doubled" in {check.said for check in found}
    assert found[-1].subject == "engine"


async def test_what_hangs_holds_up_nothing() -> None:
    async def forever() -> Check:
        await asyncio.Event().wait()
        raise AssertionError

    found = await look("route", forever(), 0.05)
    assert [(check.subject, check.said) for check in found] == [("route", "timeout")]


async def test_what_goes_wrong_aside_is_raised_here() -> None:
    def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await aside(work)
