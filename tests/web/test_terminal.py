"""A seat in a terminal, and the accounts, through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console
from shell import Command
from starlette.applications import Starlette
from web.conftest import PASSWORD
from web.doubles import FedDesk, Served, bad_call

from agentbot.core.events import Heard, Leg
from agentbot.core.seat.view import Outcome, SeatState
from agentbot.core.verdict import Severity
from agentbot.errors import ServiceError
from agentbot.web.reading import pictures
from agentbot.web.terminal import draw


@pytest.fixture
def served(site: Starlette) -> Iterator[Served]:
    now = Served(site)
    yield now
    now.stop()


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTBOT_PASSWORD", PASSWORD)


@pytest.mark.usefixtures("password")
def test_a_seat_in_a_terminal(agentbot: Command, served: Served, desk: FedDesk) -> None:
    bad_call(desk)

    said = agentbot("seat", "1001", "--url", served.url, "--user", "li", "--once")

    assert said.code == 0
    for words in (
        "通话中",
        "您的电话是138 1234 5678，对吗？",
        "客户说 138 1234 5678",
        "您复述 138 1234 5978",
        "! 复述姓名",
    ):
        assert words in said.out


@pytest.mark.usefixtures("password")
def test_the_verdict_in_a_terminal(agentbot: Command, served: Served, desk: FedDesk) -> None:
    bad_call(desk)
    found = ((Severity.MAJOR, "漏了步骤。"), (Severity.MINOR, "\x1b[2J"))
    told = Outcome(score=62.0, findings=found, more=2, unsure=1)
    desk.publish("1001", state=SeatState.ENDED, outcome=told)

    said = agentbot("seat", "1001", "--url", served.url, "--user", "li", "--once")

    assert said.code == 0
    for words in ("62 分", "漏了步骤。", "另有 2 个问题", "1 步无法判断", "按实时识别"):
        assert words in said.out
    assert "\x1b[2J" not in said.out


@pytest.mark.usefixtures("password")
@pytest.mark.parametrize(
    ("seat", "user", "line"),
    [
        ("1002", "li", "seat 1002: this seat is not yours to see; name another, or ask for it\n"),
        ("9999", "chief", "seat 9999: there is no such seat; name another\n"),
        ("1001", "nobody", "seat 1001: name or password is wrong; try again\n"),
    ],
)
def test_refusals_are_one_line(
    agentbot: Command, served: Served, seat: str, user: str, line: str
) -> None:
    said = agentbot("seat", seat, "--url", served.url, "--user", user, "--once")
    assert (said.code, said.err) == (1, line)


@pytest.mark.usefixtures("password")
def test_nobody_there_is_one_line(agentbot: Command) -> None:
    said = agentbot("seat", "1001", "--url", "http://127.0.0.1:9", "--user", "li", "--once")
    assert said.code == 1
    assert said.err.startswith("http://127.0.0.1:9 does not answer")


def test_an_address_that_is_none() -> None:
    with pytest.raises(ServiceError, match="no address of a service"):
        next(pictures("file:///etc", "1001", "li", "x"))


def test_pictures_go_on_after_the_service_was_away(site: Starlette, desk: FedDesk) -> None:
    first = Served(site)
    stream = pictures(first.url, "1001", "li", PASSWORD, sleep=lambda _: None)
    assert next(stream)["state"] == "idle"  # type: ignore[index]

    first.stop()
    assert next(stream) is None
    desk.begin("1001", "c1", [Heard(leg=Leg.CALLER, start=1, end=2, text="我家漏水了")])
    again = Served(site, first.port)
    seen = next(picture for picture in islice(stream, 5000) if picture)

    assert seen["transcript"][0]["text"] == "我家漏水了"
    assert desk.watchers <= 1
    stream.close()
    again.stop()
    assert desk.watchers == 0


def test_what_a_terminal_would_obey_is_not_sent_to_it(served: Served, desk: FedDesk) -> None:
    text = "\x1b[2J\x1b]0;title\x07我家\r\n漏水[red]了[/red]"
    desk.begin("1001", "c1", [Heard(leg=Leg.CALLER, start=1, end=2, text=text)])
    stream = pictures(served.url, "1001", "li", PASSWORD)
    picture = next(stream)
    stream.close()
    assert picture
    console = Console(width=120, force_terminal=False)

    with console.capture() as capture:
        console.print(draw(picture, "zh", lost=True))

    assert not set(capture.get()) & set("\x1b\x07\r")
    assert "漏水[red]了[/red]" in capture.get()
    assert "连接中断" in capture.get()


@pytest.mark.usefixtures("password")
def test_users_are_added_listed_changed_and_removed(agentbot: Command, tmp_path: Path) -> None:
    file = tmp_path / "etc" / "accounts.json"
    at = ("--accounts", file)

    assert (
        agentbot("user", "add", "li", "--seat", "1001", "--seat", "1002", *at).out == "li added.\n"
    )
    assert agentbot("user", "add", "chief", "--supervisor", *at).out == "chief added.\n"
    assert agentbot("user", "add", "li", "--seat", "1003", *at).out == "li changed.\n"
    assert agentbot("user", "list", *at).out == "chief\tsupervisor\t\nli\toperator\t1003\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in file.read_text(encoding="utf-8")
    assert agentbot("user", "remove", "li", *at).out == "li removed.\n"
    assert set(json.loads(file.read_text(encoding="utf-8"))["accounts"]) == {"chief"}


@pytest.mark.parametrize(
    ("arguments", "secret", "line"),
    [
        (("add", "li"), PASSWORD, "li would see nothing; add --seat NUMBER or --supervisor\n"),
        (("add", "li", "--seat", "1"), "short", "the password has 5 signs; use 8 to 1024\n"),
        (("add", "a b", "--seat", "1"), PASSWORD,
         "no account name: 'a b'; use letters, digits and . _ @ -, 64 at most\n"),
        (("remove", "li"), PASSWORD, "there is no account li; `agentbot user list` shows all\n"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(
    agentbot: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], secret: str, line: str,
) -> None:  # fmt: skip
    monkeypatch.setenv("AGENTBOT_PASSWORD", secret)
    said = agentbot("user", *arguments, "--accounts", tmp_path / "accounts.json")
    assert (said.code, said.err) == (1, line)
    assert not (tmp_path / "accounts.json").exists()
