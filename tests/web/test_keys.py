"""Links that let somebody in once."""

from __future__ import annotations

from starlette.testclient import TestClient
from web.doubles import FedDesk

from agentbot.web.accounts import Accounts
from agentbot.web.app import app
from agentbot.web.keys import Keys


def key(path: str) -> str:
    return path.removeprefix("/enter/")


def test_a_key_opens_once_and_for_an_hour() -> None:
    now = [0.0]
    keys = Keys(lambda: now[0])
    first, second = keys.issue("li"), keys.issue("wang")

    assert keys.take("nonsense") is None
    assert not keys.used.is_set()
    assert keys.take(key(first)) == "li"
    assert keys.used.is_set()
    assert keys.take(key(first)) is None
    now[0] = 3601.0
    assert keys.take(key(second)) is None


def test_old_keys_give_way_to_new_ones() -> None:
    keys = Keys()
    first = keys.issue("li")
    newer = [keys.issue("wang") for _ in range(100)]

    assert keys.take(key(first)) is None
    assert keys.take(key(newer[0])) == "wang"


def test_a_link_leads_to_a_page_of_ours_and_for_known_people_only(
    desk: FedDesk, accounts: Accounts
) -> None:
    keys = Keys()
    client = TestClient(app(desk, accounts, secret="s" * 32, keys=keys))

    answer = client.get(f"{keys.issue('li')}?to=//elsewhere.example/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/seat/1001").status_code == 200
    client.cookies.clear()
    answer = client.get(keys.issue("nobody"), follow_redirects=False)
    assert "/login" in answer.headers["location"]
    assert client.get("/seat/1001", follow_redirects=False).status_code == 303
