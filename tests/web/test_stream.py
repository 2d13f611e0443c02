"""The stream of a seat: ids, going on where one stopped, bounds."""

from __future__ import annotations

import http.client
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from web.conftest import PASSWORD
from web.doubles import FedDesk, Served

from agentbot.core.events import Heard, Leg
from agentbot.web.accounts import Accounts, Position
from agentbot.web.app import app


@pytest.fixture
def served(site: Starlette) -> Iterator[Served]:
    now = Served(site)
    yield now
    now.stop()


class Reader:
    """A reader of one stream, line by line."""

    def __init__(
        self, served: Served, query: str = "?as=json", last: str = "", name: str = "li"
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        secret = b64encode(f"{name}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}"} | ({"Last-Event-ID": last} if last else {})
        self._connection.request("GET", f"/seat/1001/events{query}", headers=headers)
        self.answer = self._connection.getresponse()

    def next(self) -> dict[str, str]:
        """The next event; empty at the end of the stream."""
        event: dict[str, str] = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            event[name] = value
        return event

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@pytest.fixture
def reader(served: Served) -> Iterator[Any]:
    readers: list[Reader] = []

    def read(**how: str) -> Reader:
        readers.append(Reader(served, **how))
        return readers[-1]

    yield read
    for one in readers:
        one.close()


def test_pictures_come_with_their_version(reader, desk: FedDesk) -> None:
    stream = reader()
    assert stream.answer.headers["content-type"].startswith("text/event-stream")
    first = stream.next()
    assert first["event"] == "seat"
    assert first["id"].split(".")[0] == "0"

    desk.begin("1001", "c1", [Heard(leg=Leg.CALLER, start=1, end=2, text="我家漏水了")])
    second = stream.next()

    assert second["id"].split(".")[0] == str(desk.view("1001").version)
    assert json.loads(second["data"])["transcript"][0]["text"] == "我家漏水了"


def test_a_page_gets_only_what_changed(reader, desk: FedDesk) -> None:
    desk.begin("1001", "c1")
    stream = reader(query="")
    first = json.loads(stream.next()["data"])
    assert set(first["parts"]) == {"status", "line", "alerts", "steps", "fields", "talk"}

    desk.publish("1001", notices=("swapped",))
    second = json.loads(stream.next()["data"])

    assert set(second["parts"]) == {"status"}


def test_one_goes_on_where_one_stopped(reader, desk: FedDesk) -> None:
    last = reader().next()["id"]

    stream = reader(last=last)
    assert stream.next()["event"] == "ping"  # nothing new, but alive
    desk.publish("1001")
    assert stream.next()["event"] == "seat"


@pytest.mark.parametrize("last", ["0.another", "999999.another", "-1", "0", ".", "x" * 5000])
def test_what_was_seen_before_a_restart_does_not_count(reader, last: str) -> None:
    assert reader(last=last).next()["event"] == "seat"


def test_too_many_readers_of_one_seat_are_sent_away(reader, desk: FedDesk) -> None:
    streams = [reader() for _ in range(6)]
    for stream in streams:
        stream.next()
    assert reader().answer.status == 503
    streams[0].close()
    for _ in range(200):  # until the server has noticed
        if desk.watchers < 6:
            break
        desk.publish("1001")
        streams[1].next()
    assert reader().answer.status == 200


def test_who_may_not_read_any_more_reads_nothing_more(tmp_path, desk: FedDesk) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("li", PASSWORD, Position.OPERATOR, frozenset({"1001"}))
    served = Served(app(desk, accounts, secret="s" * 16))
    stream = Reader(served)
    assert stream.next()["event"] == "seat"

    accounts.add("li", PASSWORD, Position.OPERATOR, frozenset({"1002"}))
    desk.begin("1001", "c1", [Heard(leg=Leg.CALLER, start=1, end=2, text="我家漏水了")])

    assert stream.next() == {}
    stream.close()
    served.stop()
