"""The whole service over real sockets: a simulated exchange, pages, hooks, files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
from talking import lines

from agentbot.core.events import Leg
from agentbot.core.seat.view import SeatState, SeatView, StepState
from agentbot.core.verdict import StepVerdict
from agentbot.errors import ConfigError, ServiceError
from agentbot.replay.house import House
from agentbot.report.encode import from_json
from agentbot.service.app import Service
from agentbot.service.pages import listen
from agentbot.settings import Settings
from agentbot.speech.base import Signal
from agentbot.testing import ScriptedRecogniser, SimulatedCall, SimulatedExchange, Transfer

RATE = 8_000


def _sound(seconds: float) -> dict[Leg, Signal]:
    """Something to hear on both legs."""
    random = np.random.default_rng(7)
    legs = {}
    for leg in Leg:
        level = np.repeat(random.choice([0.03, 0.1], round(seconds)), RATE)
        legs[leg] = Signal(
            samples=(random.normal(0, 1, len(level)) * level).astype(np.float32), rate=RATE
        )
    return legs


def _settings(folder: Path, exchange: SimulatedExchange | None, **more: object) -> Settings:
    exchanges = ()
    if exchange is not None:
        exchanges = ({"port": exchange.port, "secret": "simulated", "name": "simulated"},)
    return Settings(
        **{
            "exchanges": exchanges, "rules": ({"script": "heating-repair"},),
            "seats": {"1001": "218", "1002": "219"}, "accounts": folder / "accounts.json",
            "web": {"port": 0}, "agi": {"port": 0}, "store": {"folder": folder / "calls"},
        } | more
    )  # fmt: skip


@pytest.fixture
async def exchange() -> AsyncIterator[SimulatedExchange]:
    async with SimulatedExchange() as made:
        yield made


async def _until(service: Service, seat: str, fits: object, patience: float = 30.0) -> SeatView:
    async with asyncio.timeout(patience):
        async for view in service.floor.watch(seat):
            if fits(view):
                return view
    raise AssertionError("the pictures ended")


async def _connected(service: Service) -> None:
    async with asyncio.timeout(20):
        while not service.floor.healthy()[0]:  # noqa: ASYNC110 - logins tell only the page
            await asyncio.sleep(0.02)


def _found(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


async def _file(folder: Path, pattern: str) -> Path:
    async with asyncio.timeout(30):
        while not (found := _found(folder, pattern)):  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0.05)
    return found[0]


def _quick(samples: Path, times: float = 10.0) -> list:
    """A sample call, said ten times as fast."""
    from dataclasses import replace

    return [
        replace(line, start=line.start / times, end=line.end / times)
        for line in lines(samples / "repair-perfect.json")
    ]


async def test_a_call_from_the_exchange_to_the_page_and_the_file(
    house: House, samples: Path, tmp_path: Path, exchange: SimulatedExchange
) -> None:
    recogniser = ScriptedRecogniser(_quick(samples))
    service = Service(_settings(tmp_path, exchange), recogniser, 2, house)
    async with service.running():
        await _connected(service)
        exchange.place(SimulatedCall(seat="1001", queue="repair", sound=_sound(9.0), rings=0.7))
        ringing = await _until(service, "1001", lambda v: v.state is SeatState.RINGING)
        view = await _until(service, "1001", lambda v: v.state is SeatState.TALKING)
        assert view.prompt is not None
        assert "二幺八" in view.prompt.text or "218" in view.prompt.text
        heard = await _until(
            service, "1001", lambda v: v.steps and v.steps[0].state is StepState.DONE
        )
        await _until(service, "1001", lambda v: v.state is SeatState.ENDED)
        live = await _file(tmp_path, "calls/*/*.live.json")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.web_port}") as pages:
            health = await pages.get("/healthz")
            metrics = (await pages.get("/metrics")).text

    assert ringing.call is not None
    assert heard.transcript != ()
    verdict = from_json(live.read_bytes(), "x")
    assert verdict.seat == "218"
    assert StepVerdict.MISSED not in {step.verdict for step in verdict.steps[:2]}
    assert health.status_code == 200
    assert 'agentbot_ami_up{exchange="simulated"} 1.0' in metrics
    assert "agentbot_talks_total 1.0" in metrics
    assert "process_resident_memory_bytes " in metrics
    assert "13800138000" not in metrics
    told = {message.get("UserEvent") for message in exchange.asked}
    assert "AgentbotStep" in told


async def test_transfer_takes_the_script_along(
    house: House, samples: Path, tmp_path: Path, exchange: SimulatedExchange
) -> None:
    service = Service(_settings(tmp_path, exchange), ScriptedRecogniser(_quick(samples)), 2, house)
    async with service.running():
        await _connected(service)
        move = Transfer(at=3.0, seat="1002", rings=0.2)
        exchange.place(SimulatedCall(seat="1001", sound=_sound(6.0), rings=0.2, transfer=move))
        await _until(service, "1001", lambda v: v.state is SeatState.TRANSFERRED)
        view = await _until(service, "1002", lambda v: v.state is SeatState.TALKING)

    assert view.steps[0].state is StepState.DONE


async def test_service_starts_without_its_exchange_and_finds_it_later(
    house: House, tmp_path: Path
) -> None:
    port = listen("127.0.0.1", 0, "a port")
    number = port.getsockname()[1]
    port.close()
    settings = _settings(
        tmp_path, None, exchanges=({"port": number, "secret": "simulated", "name": "later"},)
    )
    service = Service(settings, ScriptedRecogniser([]), 1, house)
    async with service.running():
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.web_port}") as pages:
            before = await pages.get("/healthz")
        async with SimulatedExchange(port=number):
            await _connected(service)

    assert before.status_code == 503


async def test_stop_in_mid_call_saves_it(
    house: House, samples: Path, tmp_path: Path, exchange: SimulatedExchange
) -> None:
    service = Service(_settings(tmp_path, exchange), ScriptedRecogniser(_quick(samples)), 2, house)
    async with service.running():
        exchange.place(SimulatedCall(seat="1001", sound=_sound(60.0), rings=0.1))
        await _until(service, "1001", lambda v: len(v.transcript) > 1)

    live = await _file(tmp_path, "calls/*/*.live.json")
    assert json.loads(live.read_bytes())["transcript"]


async def test_restart_in_mid_call_goes_on_and_accuses_nobody(
    house: House, samples: Path, tmp_path: Path, exchange: SimulatedExchange
) -> None:
    exchange.place(SimulatedCall(seat="1001", sound=_sound(60.0), rings=0.1))
    await asyncio.sleep(0.5)
    service = Service(
        _settings(tmp_path, exchange), ScriptedRecogniser(_quick(samples)[6:]), 2, house
    )
    async with service.running():
        view = await _until(service, "1001", lambda v: len(v.transcript) > 0)

    live = await _file(tmp_path, "calls/*/*.live.json")
    assert "picked_up" in view.notices
    first = from_json(live.read_bytes(), "x").steps[0]
    assert first.verdict is StepVerdict.CANNOT_TELL


async def _agi(
    port: int, path: str, uniqueid: str, arguments: tuple[str, ...] = ()
) -> dict[str, str]:
    """Asks as Asterisk does; says which variables were set."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"agi_network: yes\nagi_network_script: {path}\nagi_channel: PJSIP/x-1\n"
        f"agi_uniqueid: {uniqueid}\n".encode()
    )
    for number, argument in enumerate(arguments, 1):
        writer.write(f"agi_arg_{number}: {argument}\n".encode())
    writer.write(b"\n")
    found = {}
    while line := (await reader.readline()).decode().strip():
        if line.startswith("SET VARIABLE "):
            name, _, value = line.removeprefix("SET VARIABLE ").partition(" ")
            found[name] = value.strip('"')
        writer.write(b"200 result=0\n" if line.startswith("GET") else b"200 result=1\n")
    writer.close()
    return found


async def test_hooks_of_the_dialplan(
    house: House, samples: Path, tmp_path: Path, exchange: SimulatedExchange
) -> None:
    settings = _settings(tmp_path, exchange, rules=())
    service = Service(settings, ScriptedRecogniser(_quick(samples)), 2, house)
    async with service.running():
        port = service.agi_port
        greeting = await _agi(port, "greeting?script=heating-repair&seat=1001", "u1")
        unknown = await _agi(port, "call?script=nonsense", "u1")
        none = await _agi(port, "verdict", "u1")
        idle = await _agi(port, "pause", "u1")
        placed = exchange.place(
            SimulatedCall(
                seat="1001", sound=_sound(60.0), rings=0.5,
                variables={"AGENTBOT_SCRIPT": "heating-repair"},
            )
        )  # fmt: skip
        await _agi(port, "call", placed.id, arguments=("heating-repair", "name=张伟"))
        field = await _agi(port, "field?name=phone&value=13912345678", placed.id)
        view = await _until(service, "1001", lambda v: v.state is SeatState.TALKING)
        paused = await _agi(port, "pause", placed.id)
        await _until(service, "1001", lambda v: "paused" in v.notices)
        resumed = await _agi(port, "resume", placed.id)
        verdict = await _agi(port, "verdict", placed.id)

    assert "您好" in greeting["AGENTBOT_GREETING"]
    assert unknown == {"AGENTBOT_STATUS": "NOSCRIPT"}
    assert none == {"AGENTBOT_SCORE": "", "AGENTBOT_MISSED": "", "AGENTBOT_READBACK": ""}
    assert idle == {"AGENTBOT_PAUSED": "yes", "AGENTBOT_STATUS": "NOCALL"}
    assert field == {"AGENTBOT_STATUS": "OK"}
    assert paused == {"AGENTBOT_PAUSED": "yes", "AGENTBOT_STATUS": "OK"}
    assert resumed == {"AGENTBOT_PAUSED": "no", "AGENTBOT_STATUS": "OK"}
    assert {f.field for f in view.fields if f.edited} == {"name", "phone"}
    assert set(verdict) == {"AGENTBOT_SCORE", "AGENTBOT_MISSED", "AGENTBOT_READBACK"}


async def test_taken_port_is_one_line(house: House, tmp_path: Path) -> None:
    with listen("127.0.0.1", 0, "a port") as taken:
        settings = _settings(tmp_path, None, web={"port": taken.getsockname()[1]})
        with pytest.raises(
            ServiceError, match=r"the pages cannot be opened on 127.0.0.1:\d+ \(.*\); choose"
        ):
            async with Service(settings, ScriptedRecogniser([]), 1, house).running():
                pass


def test_rule_for_a_script_that_is_not_there(house: House, tmp_path: Path) -> None:
    settings = _settings(tmp_path, None, rules=({"script": "gone"},))
    with pytest.raises(ConfigError, match=r"rules.0.script: no script 'gone'; there are: "):
        Service(settings, ScriptedRecogniser([]), 1, house)
