"""What a supervisor sees: all seats as they are now, and the calls that are over."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from core.seat.live import lives
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient
from web.conftest import PASSWORD
from web.doubles import FedDesk, Served
from web.test_pages import HTML, login

from agentbot.core.events import CallEnded
from agentbot.core.seat.outcome import outcome
from agentbot.core.seat.view import Outcome
from agentbot.core.verdict import Severity
from agentbot.report.encode import from_json, to_json
from agentbot.store.shelf import Shelf
from agentbot.web.accounts import Accounts
from agentbot.web.app import app

DAY = "2026-03-09"
BAD = "a skipped read-back and a wrong digit"


def call(desk: FedDesk, seat: str, until: float, name: str = BAD) -> None:
    """A talk at a seat, up to a second."""
    case = next(live for live in lives() if live.name == name)
    told = [e for e in case.events()[1:] if not isinstance(e, dict) and (e.at or 0) <= until]
    desk.begin(seat, f"c{seat}", told)


@pytest.fixture
def shelf(desk: FedDesk, tmp_path: Path) -> Shelf:
    """Three calls that are over: judged live, judged again, damaged."""
    shelf = Shelf(folder=tmp_path / "calls", days=30)
    shelf.open()
    call(desk, "1001", 99)
    session = desk._calls.pop("1001")[1].session
    session.feed(CallEnded(at=70.0))
    verdict = session.verdict(engine="scripted", audio={}, warnings=())
    folder = shelf.folder / DAY
    for age, (name, ending, data) in enumerate([
        ("first", ".live.json", to_json(replace(verdict, call_id="first", seat="111"))),
        ("second", ".live.json", to_json(replace(verdict, call_id="second", seat="222"))),
        ("second", ".json", to_json(replace(verdict, call_id="second", seat="333", score=12.0))),
        ("third", ".live.json", b'{"call_id": '),
        ("third", ".events.jsonl", b"{}"),
    ]):  # fmt: skip
        path = folder / f"{name}{ending}"
        shelf.keep(path, data)
        os.utime(path, (1_000 + age, 1_000 + age))
    desk.publish("1001")
    return shelf


@pytest.fixture
def client(desk: FedDesk, accounts: Accounts, shelf: Shelf) -> TestClient:
    site = app(desk, accounts, secret="s" * 32, shelf=shelf)
    return TestClient(site, base_url="http://agentbot", client=("192.0.2.7", 5))


def worst(shelf: Shelf) -> str:
    """What was found in the calls."""
    verdict = from_json((shelf.folder / DAY / "first.live.json").read_bytes(), "first")
    return outcome(verdict, whole=False).findings[0][1]


def test_the_newest_calls_come_first_each_by_its_best_verdict(
    client: TestClient, shelf: Shelf
) -> None:
    login(client, "chief")
    page = client.get("/", headers=HTML).text

    assert page.index("<td>333</td>") < page.index("<td>111</td>")
    assert "<td>222</td>" not in page  # judged again since
    assert page.count("/call/") == 2  # what is damaged is left out
    assert worst(shelf) in page


def test_a_report_opens_with_its_own_seal(client: TestClient, shelf: Shelf) -> None:
    login(client, "chief")
    answer = client.get(f"/call/{DAY}/second")

    assert answer.status_code == 200
    assert worst(shelf) in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert "sha256-" in answer.text  # the page's own, stricter one
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [f"/call/{DAY}/gone", "/call/2026-03-10/first", f"/call/{DAY}/..%2Fsecret", "/call/x/first",
     f"/call/{DAY}/.live", f"/call/{DAY}/first.events"],
)  # fmt: skip
def test_there_is_no_other_file_to_be_had(client: TestClient, shelf: Shelf, path: str) -> None:
    (shelf.folder / "secret.json").write_text("{}")
    login(client, "chief")

    assert client.get(path).status_code == 404


def test_operators_see_no_list_of_calls_and_no_report(client: TestClient) -> None:
    login(client, "wang")
    page = client.get("/", headers=HTML).text

    assert "/seat/1002" in page
    assert "/seat/1001" not in page
    assert "/call/" not in page
    assert client.get(f"/call/{DAY}/second").status_code == 403
    client.cookies.clear()
    assert client.get("/?part=1").status_code == 401
    assert client.get(f"/call/{DAY}/second", follow_redirects=False).status_code == 303


def test_seats_are_in_order_or_those_with_alerts_first(client: TestClient, desk: FedDesk) -> None:
    call(desk, "1003", 54)
    call(desk, "1002", 10)
    login(client, "chief")

    def order(address: str) -> list[str]:
        page = client.get(address).text
        return sorted(desk.seats(), key=lambda seat: page.index(f'href="/seat/{seat}"'))

    assert order("/?part=1") == ["1001", "1002", "1003"]
    assert order("/?part=1&by=alerts") == ["1003", "1001", "1002"]


def test_the_overview_follows_the_seats_by_itself(
    browser: Browser, client: TestClient, desk: FedDesk, shelf: Shelf
) -> None:
    served = Served(client.app)
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{served.url}/")
    page.fill("[name=name]", "chief")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    row = page.locator("tr", has=page.locator("#seat-1002"))
    expect(row).to_contain_text("空闲")
    page.locator("#seat-1002").focus()

    call(desk, "1002", 54)

    expect(row).to_contain_text("通话中")
    expect(row.locator(".chip.critical")).to_contain_text("复述有误")
    expect(page.locator("#seat-1002")).to_be_focused()
    page.locator("a[href^='/call/']").first.click()
    expect(page.locator("h1").first).to_contain_text(worst(shelf))
    assert said == []
    context.close()
    served.stop()


def test_the_verdict_is_shown_at_the_seat(client: TestClient, desk: FedDesk) -> None:
    call(desk, "1001", 99)
    desk.feed("1001", CallEnded(at=70.0))
    verdict = desk._calls["1001"][1].session.verdict(engine="scripted", audio={}, warnings=())
    login(client, "li")

    desk.publish("1001", outcome=outcome(verdict, whole=False))
    page = client.get("/seat/1001").text
    assert f"<b>{verdict.score:.0f}</b>" in page
    assert verdict.findings[0].message in page
    assert "按实时识别" in page

    desk.publish("1001", outcome=outcome(verdict, whole=False, provisional=True))
    assert "录音复核中" in client.get("/seat/1001").text

    none = Outcome(score=None, findings=((Severity.INFO, "<i>"),), more=7, unsure=9, whole=True)
    desk.publish("1001", outcome=none)
    page = client.get("/seat/1001").text
    for told in ("未评分", "&lt;i&gt;", "另有 7 个问题", "9 步无法判断", "已按录音复核"):
        assert told in page
