"""Who guesses passwords is slowed down; who shares an address with them is not."""

from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from web.conftest import PASSWORD

from agentbot.web.accounts import Accounts
from agentbot.web.doorman import Doorman


class Clock:
    """Seconds that a test turns on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _from(address: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "client": (address, 5), "headers": []})


async def test_a_guesser_waits_longer_and_longer_but_never_for_ever(accounts: Accounts) -> None:
    clock = Clock()
    door = Doorman(accounts, clock)
    waits = []
    for _ in range(16):
        try:
            assert await door.enter(_from("192.0.2.1"), "li", "wrong") is None
        except HTTPException as refused:
            waits.append(int(refused.headers["Retry-After"]))
            clock.now += waits[-1]

    assert waits == sorted(waits)
    assert waits[-1] >= 8

    clock.now += 60
    assert await door.enter(_from("192.0.2.1"), "li", PASSWORD)


async def test_one_guesser_locks_nobody_else_out(accounts: Accounts) -> None:
    door = Doorman(accounts, Clock())
    for _ in range(5):
        await door.enter(_from("192.0.2.1"), "li", "wrong")
    with pytest.raises(HTTPException):
        await door.enter(_from("192.0.2.1"), "li", PASSWORD)

    assert await door.enter(_from("192.0.2.1"), "wang", PASSWORD)
    assert await door.enter(_from("192.0.2.2"), "li", PASSWORD)


async def test_a_whole_room_may_log_in_at_once(accounts: Accounts) -> None:
    door = Doorman(accounts, Clock())
    names = ["li", "wang", "chief"] * 4
    let_in = await asyncio.gather(*(door.enter(_from("192.0.2.1"), n, PASSWORD) for n in names))
    assert all(let_in)


async def test_many_names_from_one_address_are_slowed_down_too(accounts: Accounts) -> None:
    door = Doorman(accounts, Clock())
    for n in range(50):
        await door.enter(_from("192.0.2.1"), f"guess{n}", "wrong")
    with pytest.raises(HTTPException):
        await door.enter(_from("192.0.2.1"), "li", PASSWORD)
