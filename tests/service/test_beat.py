"""How an exchange is told that we are there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.ami import Exchange
from agentbot.pbx.message import Message
from agentbot.service.beat import beat, keep_beating
from agentbot.simulate.door import Reply
from agentbot.simulate.exchange import SimulatedExchange


@asynccontextmanager
async def logged_in(simulated: SimulatedExchange) -> AsyncIterator[Exchange]:
    exchange = Exchange(simulated.account())
    task = asyncio.create_task(exchange.run())
    async with asyncio.timeout(10):
        while not exchange.connected:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    yield exchange
    await exchange.close()
    await task


def told(simulated: SimulatedExchange) -> list[Message]:
    return [action for action in simulated.asked if action.get("Action") == "DBPut"]


async def test_it_is_told_some_seconds_ahead_by_its_own_clock() -> None:
    async with SimulatedExchange() as simulated, logged_in(simulated) as exchange:
        await beat(exchange)
    (one,) = told(simulated)
    assert (one.get("Family"), one.get("Key")) == ("agentbot", "until")
    assert 3 < int(one.get("Val")) - time.time() < 10


@pytest.mark.parametrize("stamped", ["", "nan", "inf", "1e300", "-5", "noon"])
async def test_a_clock_that_tells_no_time_is_taken_for_ours(stamped: str) -> None:
    async with SimulatedExchange() as simulated:
        usual = simulated._door.act

        def act(action: Message) -> Reply | None:
            if action.get("Action") == "Ping":
                return Reply(headers=(("Ping", "Pong"), ("Timestamp", stamped)))
            return usual(action)

        simulated._door.act = act
        async with logged_in(simulated) as exchange:
            await beat(exchange)
        (one,) = told(simulated)
    assert 3 < int(one.get("Val")) - time.time() < 10


async def test_it_is_told_as_soon_as_we_are_logged_in() -> None:
    async with SimulatedExchange() as simulated:
        exchange = Exchange(simulated.account())
        tasks = [asyncio.create_task(exchange.run()), asyncio.create_task(keep_beating(exchange))]
        async with asyncio.timeout(10):
            while not told(simulated):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await exchange.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_a_global_variable_is_no_call() -> None:
    headers = {
        "Event": "VarSet", "Channel": "none", "Uniqueid": "none",
        "Variable": "AGENTBOT_AGI", "Value": "agi://127.0.0.1",
    }  # fmt: skip
    tracker = Tracker(seats=None)
    assert not tracker.feed(Message(headers, {}, 1.0))
    assert not tracker._x.calls
