"""A seat's own headset as the way to the sound, with an exchange that tells of calls and without."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile
from talking import Told, began, ended, lines
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from agentbot.core.events import Leg
from agentbot.core.seat.view import SeatState, SeatView
from agentbot.errors import ServiceError
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.settings import Settings
from agentbot.speech.devices import RATE, Devices
from agentbot.testing import FakeSounddevice, ScriptedRecogniser
from agentbot.web.accounts import Accounts, Position
from agentbot.web.sending import Sending

PASSWORD = "long enough"  # noqa: S105
INPUTS = {"Mic": np.full(320, 3_000, np.int16), "Monitor": np.full(320, -2_000, np.int16)}


@asynccontextmanager
async def service(house: House, samples: Path, folder: Path) -> AsyncIterator[Service]:
    """Without an exchange, seat 218 has an operator."""
    Accounts(folder / "accounts.json").add("li", PASSWORD, Position.OPERATOR, frozenset({"218"}))
    settings = Settings(
        rules=({"script": "heating-repair"},), seats={"218": "218", "219": "219"}, web={"port": 0},
        accounts=folder / "accounts.json", agi={"port": 0},
        store={"folder": folder / "calls", "sound": True, "again": False},
    )  # fmt: skip
    said = lines(samples / "repair-perfect.json")
    async with Service(settings, ScriptedRecogniser(said), 2, house).running() as made:
        yield made


async def _until(made: Service, fits: Callable[[SeatView], bool]) -> SeatView:
    async with asyncio.timeout(30):
        async for view in made.floor.watch("218"):
            if fits(view):
                return view
    raise AssertionError("the pictures ended")


async def _true(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():  # noqa: ASYNC110 - a thread and files tell nobody
            await asyncio.sleep(0.02)


async def _sending(made: Service) -> Sending:
    url = f"http://127.0.0.1:{made.web_port}"
    return await asyncio.to_thread(Sending, url, "218", "li", PASSWORD, rate=RATE)


def _flacs(folder: Path) -> list[Path]:
    return sorted(folder.glob("calls/*/*.flac"))


async def test_a_call_without_any_exchange(house: House, samples: Path, tmp_path: Path) -> None:
    async with service(house, samples, tmp_path) as made:
        sending = await _sending(made)
        devices = Devices(FakeSounddevice(INPUTS))
        stop = devices.listen(devices.chosen(), sending.hear)
        sending.turn()
        talking = await _until(made, lambda v: v.state is SeatState.TALKING)
        heard = await _until(made, lambda v: v.transcript != ())
        await _true(lambda: sending.state == "listen")
        sending.turn()
        await _until(made, lambda v: v.state is SeatState.ENDED)
        stop()
        await asyncio.to_thread(sending.close)
        await _true(lambda: _flacs(tmp_path) != [])

    assert talking.prompt is not None
    assert heard.notices == ()
    sound, _ = soundfile.read(_flacs(tmp_path)[0], dtype="int16")
    caller, operator = sound[:, 0], sound[:, 1]
    assert np.median(caller[caller != 0]) == -2_000
    assert np.median(operator[operator != 0]) == 3_000


async def test_it_goes_before_the_exchanges_own_way(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with service(house, samples, tmp_path) as made:
        sending = await _sending(made)
        made.floor.take(began(at=time.time()), Told())
        await _true(lambda: sending.state == "listen")
        sending.hear(Leg.OPERATOR, np.full(320, 100, np.int16))
        await asyncio.to_thread(sending.close)
        view = await _until(made, lambda v: v.state is SeatState.TALKING)
        made.floor.take(ended(5.0), Told())

    assert "untapped" not in view.notices


async def test_no_second_call_at_once_and_none_while_the_exchange_has_one(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with service(house, samples, tmp_path) as made:
        headset = made.headsets.plug("218")
        assert headset.begin()
        assert not headset.begin()
        headset.end()
        await _until(made, lambda v: v.state is SeatState.ENDED)
        made.floor.take(began(talk="c1-o9"), Told())
        await _until(made, lambda v: v.state is SeatState.TALKING)
        assert not headset.begin()
        headset.end()
        assert made.floor.view("218").state is SeatState.TALKING


async def test_the_newer_headset_of_a_seat_counts(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with service(house, samples, tmp_path) as made:
        address = f"ws://127.0.0.1:{made.web_port}/seat/218/sound?rate=16000"
        login = {"Authorization": _basic("li", PASSWORD)}
        async with (
            connect(address, additional_headers=login) as first,
            connect(address, additional_headers=login) as second,
        ):
            async with asyncio.timeout(20):
                await first.wait_closed()
            assert first.close_code == 4001
            assert await second.recv() == "idle"
            for junk in (b"", b"\x07ab", b"\x00a", b"\x01" + b"x" * 10_000, "nonsense", "end"):
                await second.send(junk)
            await second.send("begin")
            assert await second.recv() == "listen"


async def test_a_lost_connection_comes_back_to_the_same_call(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with service(house, samples, tmp_path) as made:
        first = await _sending(made)
        first.turn()
        await _true(lambda: first.state == "listen")
        before = made.floor.view("218").call
        await asyncio.to_thread(first.close)
        await _true(lambda: made.headsets.route("218") is None)
        second = await _sending(made)
        await _true(lambda: second.state == "listen")
        assert made.floor.view("218").call == before
        second.turn()
        await _until(made, lambda v: v.state is SeatState.ENDED)
        await asyncio.to_thread(second.close)


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("path", "login"),
    [
        ("218/sound?rate=16000", ""),
        ("218/sound?rate=16000", _basic("li", "wrong password")),
        ("218/sound?rate=16000", "Basic nonsense"),
        ("219/sound?rate=16000", _basic("li", PASSWORD)),
        ("999/sound?rate=16000", _basic("li", PASSWORD)),
        ("218/sound?rate=0", _basic("li", PASSWORD)),
        ("218/sound", _basic("li", PASSWORD)),
    ],
)
async def test_who_may_not_is_refused(
    house: House, samples: Path, tmp_path: Path, path: str, login: str
) -> None:
    async with service(house, samples, tmp_path) as made:
        headers = {"Authorization": login} if login else {}
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(
                f"ws://127.0.0.1:{made.web_port}/seat/{path}", additional_headers=headers
            ):
                pass


async def test_a_wrong_password_or_address_is_told_at_once(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with service(house, samples, tmp_path) as made:
        url = f"http://127.0.0.1:{made.web_port}"
        with pytest.raises(ServiceError, match=r"headset is refused \(403\)"):
            await asyncio.to_thread(Sending, url, "218", "li", "wrong password", rate=RATE)
    for address in ("http://127.0.0.1:1", "ftp://x"):
        with pytest.raises(ServiceError, match=r"does not answer|no address"):
            await asyncio.to_thread(Sending, address, "218", "li", PASSWORD, rate=RATE)
