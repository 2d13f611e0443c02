"""The pages by plain HTTP: who may see what, and what is refused."""

from __future__ import annotations

import json
import re

import pytest
from starlette.testclient import TestClient
from web.conftest import PASSWORD
from web.doubles import FedDesk, bad_call

from agentbot.core.events import Heard, Leg
from agentbot.core.seat.view import StepState
from agentbot.web.accounts import Accounts, Position
from agentbot.web.app import app

HTML = {"accept": "text/html"}


@pytest.fixture
def client(site) -> TestClient:
    return TestClient(site, base_url="http://agentbot", client=("192.0.2.7", 5))


def login(client: TestClient, name: str, password: str = PASSWORD, to: str = "/"):
    """Through the form, as a person does."""
    token = re.search(r'name="token" value="([^"]+)"', client.get("/login").text)
    assert token
    return client.post(
        f"/login?to={to}", data={"name": name, "password": password, "token": token[1]},
        follow_redirects=False,
    )  # fmt: skip


def token(client: TestClient, seat: str = "1001") -> str:
    found = re.search(r'data-token="([^"]+)"', client.get(f"/seat/{seat}").text)
    assert found
    return found[1]


def enter(
    client: TestClient, what: str, seat: str = "1001", key: str | None = None, **told: object
):
    headers = {"x-token": key if key is not None else token(client, seat)}
    return client.post(f"/seat/{seat}/{what}", json=told, headers=headers)


def test_nothing_without_a_login(client: TestClient) -> None:
    for path in ("/", "/seat/1001"):
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (
            303,
            "http://agentbot/login",
        )
    for path in ("/seat/1001/events", "/metrics"):
        assert client.get(path).status_code == 401
    assert client.post("/seat/1001/mark", json={}).status_code == 401


def test_the_login_leads_to_ones_seat(client: TestClient) -> None:
    answer = login(client, "li")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie

    page = client.get("/")

    assert page.url.path == "/seat/1001"
    assert "等待来电" in page.text


@pytest.mark.parametrize(
    ("name", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("", ""), ("li", "x" * 3000)]
)
def test_a_wrong_password_is_said_and_lets_nobody_in(
    client: TestClient, name: str, password: str
) -> None:
    answer = login(client, name, password)

    assert answer.status_code == 401
    assert "用户名或密码不对" in answer.text
    assert client.get("/seat/1001", follow_redirects=False).status_code == 303


def test_guessing_gets_slow_even_with_the_right_password(client: TestClient) -> None:
    for _ in range(6):
        login(client, "li", "wrong")

    answer = login(client, "li")

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "稍后再试" in answer.text


def test_a_form_of_another_site_logs_nobody_in(client: TestClient) -> None:
    client.get("/login")
    answer = client.post("/login", data={"name": "li", "password": PASSWORD, "token": "forged"})
    assert answer.status_code == 403


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "x"])
def test_the_login_never_leads_elsewhere(client: TestClient, to: str) -> None:
    assert login(client, "li", to=to).headers["location"] == "/"


def test_two_seats_never_see_each_other(client: TestClient, desk: FedDesk) -> None:
    desk.begin("1002", "c2", [Heard(leg=Leg.CALLER, start=1, end=2, text="我叫赵小明")])
    login(client, "li")

    for answer in (
        client.get("/seat/1002", headers=HTML),
        client.get("/seat/1002/events"),
        client.get("/seat/9999"),
        enter(client, "mark", "1002", token(client), call="c2", step="greeting", state="done"),
    ):
        assert answer.status_code == 403
        assert "赵小明" not in answer.text
    assert "1002" not in client.get("/", headers=HTML).text


def test_a_supervisor_sees_all_and_touches_nothing(client: TestClient, desk: FedDesk) -> None:
    desk.begin("1002", "c2", [Heard(leg=Leg.CALLER, start=1, end=2, text="我叫赵小明")])
    login(client, "chief")

    assert all(f"/seat/{seat}" in client.get("/").text for seat in desk.seats())
    page = client.get("/seat/1002").text
    assert "赵小明" in page
    assert "只读" in page
    english = client.get("/seat/1002?lang=en").text
    assert "<b>Caller</b>" in english
    assert "You" not in english
    assert client.get("/seat/9999").status_code == 404
    answer = enter(
        client, "mark", "1002", token(client, "1002"), call="c2", step="greeting", state="done"
    )
    assert answer.status_code == 403


def test_alerts_and_notices_speak_the_readers_language(client: TestClient, desk: FedDesk) -> None:
    bad_call(desk)
    desk.publish("1001", notices=("paused", "caller"))
    login(client, "li")
    assert "联系电话复述有误" in client.get("/seat/1001").text
    english = client.get("/seat/1001?lang=en").text
    assert "联系电话 read back wrongly: Digit" in english
    assert "复述有误" not in english
    assert "recording and recognition are paused" in english
    assert "the caller is not heard" in english
    assert "已暂停" not in english


def test_the_login_speaks_the_readers_language_also_after_the_last_session(
    client: TestClient,
) -> None:
    assert 'href="/login?to=/&amp;lang=en"' in client.get("/login").text
    assert "Password" in client.get("/login?lang=en").text
    login(client, "li")
    client.post("/logout", data={"token": token(client)})
    assert "Password" in client.get("/login").text


def test_marks_and_corrections_reach_the_call(client: TestClient, desk: FedDesk) -> None:
    call = desk.begin("1001", "c1")
    login(client, "li")

    assert enter(client, "mark", call="c1", step="greeting", state="done").json() == {"taken": True}
    assert (
        enter(client, "correct", call="c1", field="phone", value="13812345678").status_code == 200
    )
    assert enter(client, "dismiss", call="c1", alert="x").status_code == 200
    assert enter(client, "shown", version="4").status_code == 204

    assert call.marks == {"greeting": StepState.DONE}
    assert call.corrections == {"phone": "13812345678"}
    assert desk.drawn == [("1001", 4)]
    enter(client, "mark", call="c1", step="greeting", state="")
    assert call.marks == {}


def test_a_key_for_a_call_that_is_over_is_said_to_be_lost(
    client: TestClient, desk: FedDesk
) -> None:
    call = desk.begin("1001", "c2")
    login(client, "li")
    assert enter(client, "mark", call="c1", step="greeting", state="done").status_code == 409
    assert call.marks == {}


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("mark", {"call": "c1", "step": "nothing", "state": "done"}),
        ("mark", {"call": "c1", "step": "greeting", "state": "missed"}),
        ("mark", {"call": "c1", "step": ["greeting"], "state": "done"}),
        ("mark", {"call": 1, "step": "greeting", "state": "done"}),
        ("mark", {}),
        ("correct", {"call": "c1", "field": "shoe", "value": "42"}),
        ("correct", {"call": "c1", "field": "phone", "value": "1" * 2001}),
        ("shown", {"version": "-1"}),
        ("shown", {"version": "²"}),
    ],
)
def test_what_makes_no_sense_is_refused(
    client: TestClient, desk: FedDesk, what: str, told: dict[str, object]
) -> None:
    call = desk.begin("1001", "c1")
    login(client, "li")

    assert enter(client, what, **told).status_code == 400
    assert call.marks == {}
    assert call.corrections == {}


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b"[" * 15_000, b"\xff\xfe", b'{"call": NaN}'])
def test_garbage_is_refused(client: TestClient, desk: FedDesk, body: bytes) -> None:
    desk.begin("1001", "c1")
    login(client, "li")
    headers = {"x-token": token(client)}
    assert client.post("/seat/1001/mark", content=body, headers=headers).status_code == 400


def test_a_huge_body_is_refused(client: TestClient) -> None:
    login(client, "li")
    key = token(client)
    answer = client.post("/seat/1001/mark", content=b"x" * 20_000, headers={"x-token": key})
    assert answer.status_code == 413


def test_keys_without_our_own_page_are_refused(client: TestClient, desk: FedDesk) -> None:
    call = desk.begin("1001", "c1")
    login(client, "li")
    for key in ("", "forged"):
        answer = enter(client, "mark", key=key, call="c1", step="greeting", state="done")
        assert answer.status_code == 403
    assert call.marks == {}


def test_logging_out_ends_it(client: TestClient) -> None:
    login(client, "li")
    assert client.post("/logout", data={"token": "forged"}).status_code == 403
    client.post("/logout", data={"token": token(client)})
    assert client.get("/seat/1001", follow_redirects=False).status_code == 303


def test_every_answer_is_guarded(client: TestClient) -> None:
    login(client, "li")
    for path in ("/seat/1001", "/login", "/healthz", "/static/seat.js", "/nothing", "/seat/1002"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
    page = client.get("/seat/1001").text
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
    assert not re.search(r"<script(?![^>]*src)|style=|onclick", page)


def test_health_says_what_is_ill(client: TestClient, desk: FedDesk) -> None:
    assert client.get("/healthz").json() == {"healthy": True, "parts": {"exchange": "ok"}}
    desk.well = False
    assert client.get("/healthz").status_code == 503


def test_metrics_are_for_this_machine_or_a_login(site, client: TestClient) -> None:
    local = TestClient(site, client=("127.0.0.1", 5))
    assert "calls_total 3.0" in local.get("/metrics").text
    assert local.get("/metrics", headers={"x-forwarded-for": "192.0.2.7"}).status_code == 401
    login(client, "li")
    assert client.get("/metrics").status_code == 200


def test_basic_login_for_programs(client: TestClient, desk: FedDesk) -> None:
    call = desk.begin("1001", "c1")
    good, bad = ("li", PASSWORD), ("li", "wrong")
    told = {"call": "c1", "step": "greeting", "state": "done"}

    assert client.post("/seat/1001/mark", json=told, auth=good).status_code == 200
    assert client.post("/seat/1002/mark", json=told, auth=good).status_code == 403
    assert client.get("/seat/1001/events", auth=bad).status_code == 401
    assert call.marks == {"greeting": StepState.DONE}


@pytest.mark.parametrize(("lang", "word"), [("en", "Waiting for a call"), ("zh", "等待来电")])
def test_languages(client: TestClient, lang: str, word: str) -> None:
    login(client, "li")
    assert word in client.get(f"/seat/1001?lang={lang}").text
    assert word in client.get("/seat/1001").text  # kept
    assert client.get("/seat/1001?lang=../../etc").status_code == 200


def test_a_removed_account_is_out_at_once(client: TestClient, tmp_path, desk: FedDesk) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("li", PASSWORD, Position.OPERATOR, frozenset({"1001"}))
    client = TestClient(app(desk, accounts, secret="s" * 16), base_url="http://agentbot")
    login(client, "li")
    assert client.get("/seat/1001").status_code == 200

    assert Accounts(tmp_path / "accounts.json").remove("li")

    assert client.get("/seat/1001", follow_redirects=False).status_code == 303


def test_a_broken_file_of_accounts_is_one_line(client: TestClient, tmp_path, desk: FedDesk) -> None:
    (tmp_path / "accounts.json").write_text('{"accounts": {"li": 1}}', encoding="utf-8")
    site = app(desk, Accounts(tmp_path / "accounts.json"), secret="s" * 16)
    client = TestClient(site, base_url="http://agentbot", raise_server_exceptions=False)
    answer = client.get("/seat/1001/events", auth=("li", PASSWORD))
    assert answer.status_code == 503
    assert json.loads(answer.text) == {"error": "服务暂时不可用，请稍后再试。"}
