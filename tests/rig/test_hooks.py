"""The bundled dialplan in a real Asterisk: what it asks, and that a call never waits for us long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from rig.ami import Ami
from rig.asterisk import Asterisk
from rig.fixtures import NewPhone
from rig.phone import Phone

from agentbot.pbx.message import Message
from agentbot.service.beat import beat

HOOKS = {
    "751": ["call", "heating-repair", "from the tests"],
    "752": ["greeting", "1001"],
    "753": ["field", "phone", "13800138000"],
    "754": ["pause"],
    "755": ["resume"],
    "756": ["verdict"],
}


@pytest.fixture(autouse=True)
async def there(ami: Ami) -> None:
    """What is asked has just said that it is there."""
    await beat(ami.exchange)


@asynccontextmanager
async def answering(asterisk: Asterisk, *answers: str) -> AsyncIterator[list[list[str]]]:
    """A FastAGI server that gives each question these commands; yields path and arguments asked."""
    asked: list[list[str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(": ")
            head[name] = value
        given = [head[name] for name in sorted(head) if name.startswith("agi_arg_")]
        asked.append([head["agi_network_script"], *filter(None, given)])
        for answer in answers:
            writer.write(answer.encode() + b"\n")
            await reader.readline()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", asterisk.agi)
    yield asked
    server.close()
    await server.wait_closed()


@contextmanager
def hanging(asterisk: Asterisk, *, deaf: bool) -> Iterator[None]:
    """An agentbot that takes connections and says nothing; `deaf`: does not even take them."""
    with socket.create_server(("127.0.0.1", asterisk.agi), backlog=0 if deaf else 8):
        fill = [socket.socket() for _ in range(4 if deaf else 0)]
        for one in fill:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", asterisk.agi))
        yield
        for one in fill:
            one.close()


@pytest.fixture
async def trunk(phones: NewPhone) -> Phone:
    """The outside world."""
    return await phones("trunk")


async def told(ami: Ami, trunk: Phone, number: str) -> Message:
    """What the dialplan says after the hook."""
    ami.events.clear()
    call = await (await trunk.call(number)).answered()
    event = await ami.event("UserEvent", UserEvent="Told")
    await call.ended()
    return event


@pytest.mark.parametrize(("number", "asks"), HOOKS.items())
async def test_each_hook_asks_and_goes_on(
    asterisk: Asterisk, ami: Ami, trunk: Phone, number: str, asks: list[str]
) -> None:
    async with answering(
        asterisk,
        'SET VARIABLE AGENTBOT_GREETING "您好，1001 为您服务"',
        "SET VARIABLE AGENTBOT_SCORE 87",
    ) as asked:
        event = await told(ami, trunk, number)
    assert asked == [asks]
    assert event.get("State") == "ok"
    assert (event.get("Greeting"), event.get("Score")) == ("您好，1001 为您服务", "87")
    assert 500 < float(event.get("Limit")) <= 600, "the house's own limit is put back"


async def waited(ami: Ami, trunk: Phone) -> tuple[Message, float]:
    """Seconds from the question to the line after it, by Asterisk's own clock."""
    event = await told(ami, trunk, "753")
    limit = float(event.get("Limit"))
    start = await ami.event("VarSet", Variable="AGENTBOT_STATE", Value="down")
    assert limit > 500
    return event, float(event.get("Timestamp")) - float(start.get("Timestamp"))


async def test_the_call_goes_on_at_once_where_agentbot_is_down(ami: Ami, trunk: Phone) -> None:
    event, seconds = await waited(ami, trunk)
    assert event.get("State") == "down"
    assert seconds < 1.0


async def test_the_call_goes_on_after_a_second_where_agentbot_hangs(
    asterisk: Asterisk, ami: Ami, trunk: Phone
) -> None:
    with hanging(asterisk, deaf=False):
        event, seconds = await waited(ami, trunk)
    assert event.get("State") == "down"
    assert 0.5 < seconds < 3.0


async def test_a_machine_that_drops_packets_costs_the_first_call_only(
    asterisk: Asterisk, ami: Ami, trunk: Phone
) -> None:
    with hanging(asterisk, deaf=True):
        event, first = await waited(ami, trunk)
        assert event.get("State") == "down"
        assert first < 4.0, "Asterisk's own two seconds"
        event, second = await waited(ami, trunk)
    assert event.get("State") == "down"
    assert second < 1.0


async def test_nothing_is_asked_of_an_agentbot_that_has_said_nothing_for_long(
    asterisk: Asterisk, ami: Ami, trunk: Phone
) -> None:
    asterisk.cli("database put agentbot until 1000000000")
    with hanging(asterisk, deaf=True):
        event, seconds = await waited(ami, trunk)
    assert event.get("State") == "down"
    assert seconds < 1.0


async def test_an_agentbot_that_is_back_is_asked_again(
    asterisk: Asterisk, ami: Ami, trunk: Phone
) -> None:
    assert (await told(ami, trunk, "753")).get("State") == "down"
    async with answering(asterisk):
        assert (await told(ami, trunk, "753")).get("State") == "down", "the word has not come yet"
        await beat(ami.exchange)
        assert (await told(ami, trunk, "753")).get("State") == "ok"


async def test_a_hot_line_from_ring_to_verdict(
    asterisk: Asterisk, ami: Ami, phones: NewPhone
) -> None:
    seat, trunk = await phones("1001"), await phones("trunk")
    async with answering(asterisk, "SET VARIABLE AGENTBOT_SCORE 87") as asked:
        call = await (await trunk.call("710", caller="13800138000")).answered()
        await seat.incoming.get()
        operator = (await ami.talk("1001")).operator.channel
        script = await ami.exchange.ask(
            "Getvar", {"Channel": operator, "Variable": "AGENTBOT_SCRIPT"}
        )
        await call.hang_up()
        # Set by the verdict's own answer, when the caller is gone already.
        await ami.event("VarSet", Variable="AGENTBOT_STATE", Value="ok", Context="agentbot-ask")
        await ami.event("Newexten", Extension="h", AppData="1?Set(CDR(userfield)=87)")
    assert script.get("Value") == "heating-repair"
    assert [one[0] for one in asked] == ["call", "greeting", "verdict"]
