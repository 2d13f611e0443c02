"""What tests with a real Asterisk are given: `asterisk`, `phones`, `ami`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from rig.ami import Ami
from rig.asterisk import REQUIRED, SECRET, Asterisk, Installation, NoAsteriskError
from rig.listening import NewTalk, Talk
from rig.phone import Phone

__all__ = ["ami", "asterisk", "phones", "talk"]

NewPhone = Callable[[str], Awaitable[Phone]]


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    """A real one, booted once; skips the test where there is none, unless one is required."""
    try:
        one = Asterisk(Installation.find())
        one.configure()
        one.start()
    except NoAsteriskError as error:
        if REQUIRED:
            raise
        pytest.skip(str(error))
    yield one
    one.remove()


@pytest.fixture
async def phones(asterisk: Asterisk) -> AsyncIterator[NewPhone]:
    """Phones by name: a seat, registered, or "trunk" for the outside world."""
    opened: list[Phone] = []

    async def new(user: str) -> Phone:
        phone = Phone(user, asterisk.sip, password=SECRET)
        await phone.open(asterisk.trunk if user == "trunk" else 0)
        opened.append(phone)
        if user != "trunk":
            await phone.register()
        return phone

    yield new
    for phone in opened:
        await phone.close()


@pytest.fixture
def talk(phones: NewPhone) -> NewTalk:
    """A call from outside that seat 1001 has answered; another number goes the way of the dialplan."""

    async def begin(number: str = "1001") -> Talk:
        seat, trunk = await phones("1001"), await phones("trunk")
        call = await (await trunk.call(number, caller="13800138000")).answered()
        return Talk(call, await seat.incoming.get())

    return begin


@pytest.fixture
async def ami(asterisk: Asterisk) -> AsyncIterator[Ami]:
    """May do anything; keeps all events."""
    one = await Ami.open(asterisk.ami, "rig", SECRET)
    yield one
    await one.close()
