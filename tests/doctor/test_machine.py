"""What the doctor finds on this machine: ports, disk, accounts, the house's files, the recogniser."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from shell import Command

from agentbot.core.events import Heard, Leg
from agentbot.doctor import doors, house, recogniser, store
from agentbot.doctor.check import State
from agentbot.settings import Settings, settings
from agentbot.settings_form import AgiForm, StoreForm, WebForm
from agentbot.settings_sound import SoundForm
from agentbot.testing import ScriptedRecogniser
from agentbot.web.accounts import Accounts, Position

FULL = """
import resource, sys
from pathlib import Path
from agentbot.doctor.store import folder
from agentbot.settings_form import StoreForm
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
print(folder(StoreForm(folder=Path(sys.argv[1]))).said)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens that says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


def test_a_free_port_and_a_taken_one(taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        free = door.getsockname()[1]
    assert doors.pages(WebForm(port=free), runs=False).said == "ok"
    assert doors.pages(WebForm(port=taken), runs=False).said == "taken"
    assert doors.agi(AgiForm(port=taken), runs=False).said == "taken"
    assert doors.agi(AgiForm(port=taken), runs=True).said == "runs"
    assert doors.agi(AgiForm(port=taken, enabled=False), runs=False).said == "off"
    assert doors.sound(SoundForm(port=taken), runs=True) is None
    shut = doors.sound(SoundForm(port=taken), runs=False)
    assert shut is not None
    assert shut.state is State.FAILED


@pytest.mark.parametrize(
    ("host", "said"), [("203.0.113.7", "no_address"), ("no such host.invalid", "no_host")]
)
def test_an_address_that_is_not_ours(host: str, said: str) -> None:
    assert doors.pages(WebForm(host=host), runs=False).said == said


def test_pages_that_others_reach_in_clear() -> None:
    assert doors.pages(WebForm(host="0.0.0.0", port=0), runs=False).said == "in_clear"  # noqa: S104
    behind = WebForm(host="0.0.0.0", port=0, https=True)  # noqa: S104
    assert doors.pages(behind, runs=False).state is State.OK


@pytest.mark.parametrize(
    ("answer", "ours"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps({"healthy": True, "parts": {}}).encode(), True),
        (b"HTTP/1.0 503 Busy\r\n\r\n" + json.dumps({"healthy": False}).encode(), True),
        (b"HTTP/1.0 404 Not Found\r\n\r\n<html>", False),
        (b"HTTP/1.0 200 OK\r\n\r\n[1]", False),
        (b"\xff\xfe", False),
        (b"", False),
    ],
)
async def test_whether_it_is_agentbot_that_runs_there(answer: bytes, ours: bool) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await doors.service_runs(WebForm(port=port)) is ours
    assert not await doors.service_runs(WebForm(port=port))


def test_a_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    assert store.folder(StoreForm(folder=tmp_path)).state is not State.FAILED
    new = tmp_path / "a/b"
    assert store.folder(StoreForm(folder=new)).state is not State.FAILED
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    # The kernel refuses to let the file grow, as it does on a full disk.
    told = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout == "full\n"


def test_folders_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert store.folder(StoreForm(folder=tmp_path / "file")).said == "no_folder"
    assert store.folder(StoreForm(folder=tmp_path / "file/calls")).said == "no_folder"
    # Nobody may write there, root included.
    assert store.folder(StoreForm(folder=Path("/proc/calls"))).said == "unwritable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert store.folder(StoreForm(folder=tmp_path)).said == "unwritable"


def test_accounts(tmp_path: Path) -> None:
    file = tmp_path / "accounts.json"
    assert store.accounts(file).said == "none"
    Accounts(file).add("boss", "long enough", Position.SUPERVISOR, frozenset())
    assert store.accounts(file).values["number"] == 1
    file.write_text("{")
    assert store.accounts(file).said == "broken"


def test_what_the_house_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.written(date(2026, 6, 1), "zh").state is State.OK
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "bad.yaml").write_text("script: x\ntitle: X\nsteps: 3\n")
    monkeypatch.setenv("AGENTBOT_SCRIPTS", str(scripts))
    settings.cache_clear()
    assert house.written(date(2026, 6, 1), "zh").said == "problems"
    assert house.rules(settings()).said == "no_scripts"
    shutil.rmtree(scripts)
    assert house.written(date(2026, 6, 1), "zh").said == "unread"


def test_rules() -> None:
    def found(*rules: dict[str, str]) -> str:
        return house.rules(Settings(rules=rules)).said  # type: ignore[arg-type]

    assert found() == "none"
    assert found({"script": "heating-repair"}) == "ok"
    assert found({"script": "heating-repair"}, {"script": "nobody-wrote-it"}) == "unknown"


@pytest.mark.parametrize(
    ("today", "state", "said"),
    [
        (date(2020, 12, 31), State.OK, "ok"),
        (date(2300, 6, 1), State.FAILED, "this_year"),
    ],
)
def test_holidays(today: date, state: State, said: str) -> None:
    found = house.holidays(today)
    assert (found.state, found.said) == (state, said)


def test_next_year_matters_the_more_the_nearer_it_is() -> None:
    known = next(
        year - 1
        for year in range(2026, 2100)
        if house.holidays(date(year, 6, 1)).said == "this_year"
    )
    told = [house.holidays(date(known, month, 1)) for month in (6, 11, 12)]
    assert [one.state for one in told] == [State.OK, State.WARNING, State.WARNING]
    assert [one.said for one in told] == ["next_year", "next_year", "soon"]


def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    loaded, check = recogniser.engine(f"whisper:{tmp_path}", 2)
    assert loaded is None
    assert check.said == "none"


def test_how_many_calls_a_machine_carries() -> None:
    lines = [Heard(leg=Leg.CALLER, text="你好", start=1.0, end=1.5, at=1.5)]
    measured = recogniser.speed(ScriptedRecogniser(lines), 20.0)
    assert measured is not None
    assert measured.sound > 5
    cores = len(os.sched_getaffinity(0))
    slow = recogniser.Speed(sound=10, cpu=2)
    told = recogniser.room(slow, seats=0)
    assert told.values["calls"] == int(cores * 0.7 / 0.2)
    assert recogniser.room(slow, seats=10_000).said == "seats"
    assert recogniser.room(recogniser.Speed(sound=1, cpu=10_000), seats=1).said == "none"


def test_the_command_says_all_it_knows(
    agentbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTBOT_STORE__FOLDER", str(tmp_path / "calls"))
    monkeypatch.setenv("AGENTBOT_ACCOUNTS", str(tmp_path / "accounts.json"))
    settings.cache_clear()
    engine = ("--engine", f"whisper:{tmp_path}")
    told = agentbot("doctor", "--json", *engine)
    whole = json.loads(told.out)
    assert (told.code, whole["ok"], told.err) == (1, False, "")
    subjects = [check["subject"] for check in whole["checks"]]
    assert subjects == [
        *("house", "rules", "holidays", "store", "accounts", "pages", "agi", "exchanges", "engine"),
    ]
    lines = agentbot("doctor", *engine).out.splitlines()
    assert len(lines) == len(subjects) + 1
    assert lines[0].startswith("正常  脚本和问候语: ")
    assert "不行  交换机: 一台也没有设置" in "\n".join(lines)
    monkeypatch.setenv("AGENTBOT_LANG", "en")
    settings.cache_clear()
    assert agentbot("doctor", *engine).out.startswith("ok       scripts and greetings: ")
