"""The FastAGI port against peers good and bad, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pbx.ami_peer import eventually

from agentbot.errors import PbxError
from agentbot.pbx.fastagi import AgiChannel, AgiRequest, AgiServer
from agentbot.pbx.fastagi_requests import read_request

BLOCK = (
    b"agi_network: yes\nagi_network_script: call?script=heating-repair&x=%E6%8A%A5\n"
    b"agi_request: agi://127.0.0.1:4573/call?script=heating-repair\n"
    b"agi_channel: PJSIP/trunk-00000031\nagi_uniqueid: pbx-1.51\nagi_callerid: 13800138000\n"
    b'agi_calleridname: \xb1\xa8\xd0\xde "x"\nagi_accountcode: \n'
    b"agi_arg_1: first\nagi_arg_2: \nagi_arg_3: third\n\n"
)


@asynccontextmanager
async def asking(
    server: AgiServer,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to the server."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def serving(handler, **more: object) -> AgiServer:
    return AgiServer({"/call": handler}, port=0, **more)


async def conversation(handler, answers: list[bytes], **more: object) -> list[bytes]:
    """What Asterisk is asked when it gives these answers."""
    asked = []
    async with serving(handler, **more) as server, asking(server) as (reader, writer):
        writer.write(BLOCK)
        for answer in answers:
            asked.append(await reader.readline())
            writer.write(answer)
        asked.append(await reader.read())
    return asked


async def nothing(request: AgiRequest, channel: AgiChannel) -> None:
    """Answer at once."""


def test_a_request_is_read_as_sent() -> None:
    request = read_request(BLOCK)

    assert request.path == "/call"
    assert request.query == {"script": "heating-repair", "x": "报"}
    assert (request.channel, request.uniqueid) == ("PJSIP/trunk-00000031", "pbx-1.51")
    assert request.arguments == ("first", "", "third")
    assert request.headers["agi_calleridname"] == '报修 "x"'
    assert request.headers["agi_accountcode"] == ""
    assert "13800138000" not in repr(request)


async def test_variables_are_set_and_got() -> None:
    got: list[object] = []

    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        await channel.set_variable("AGENTBOT_GREETING", '您好 "x" \\ y')
        got.extend([await channel.get_variable("CALLERID(num)"), await channel.get_variable("NO")])
        await channel.verbose("done")

    asked = await conversation(
        handler,
        [
            b"200 result=1\n",
            b"200 result=1 (13800138000)\n",
            b"200 result=0\n",
            b"200 result=1\n",
        ],
    )

    assert asked == [
        'SET VARIABLE AGENTBOT_GREETING "您好 \\"x\\" \\\\ y"\n'.encode(),
        b"GET VARIABLE CALLERID(num)\n",
        b"GET VARIABLE NO\n",
        b'VERBOSE "done" 3\n',
        b"",
    ]
    assert got == ["13800138000", None]


@pytest.mark.parametrize(
    ("answer", "value", "hung_up"),
    [
        (b"200 result=1 (hangup)\n", "hangup", False),
        (b"200 result=1 (two words)\n", "two words", False),
        (b"200 result=1 (a) b)\n", "a) b", False),
        (b"200 result=1 (two\nlines)\n", "two\nlines", False),
        (b"200 result=1 ()\n", "", False),
        (b"200 result=1 (\xb1\xa8)\n", "报", False),
        (b"HANGUP\n200 result=1 (x)\n", "x", True),
        (b"100 Trying...\n200 result=1 (x)\n", "x", False),
        (b"200 result=0\n", None, False),
    ],
)
async def test_answers_are_read_right(answer: bytes, value: str | None, hung_up: bool) -> None:
    got: list[object] = []

    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        got.extend([await channel.get_variable("X"), channel.hung_up])

    await conversation(handler, [answer])

    assert got == [value, hung_up]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"510 Invalid or unknown command\n", "Asterisk answers"),
        (b"511 Command Not Permitted on a dead channel\n", "Asterisk answers"),
        (b"520-Invalid command syntax.\nUsage: X\n520 End of proper usage.\n", "not understand"),
        (b"200 result=-1\n", "failed"),
        (b"\n", "Asterisk answers"),
        (b"x" * 70_000 + b"\n", "too long"),
    ],
)
async def test_bad_answers_end_the_request_and_are_said(answer: bytes, said: str) -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        await channel.get_variable("X")

    with structlog.testing.capture_logs() as logs:
        await conversation(handler, [answer])

    assert [line["event"] for line in logs] == ["FastAGI request failed"]
    assert said in logs[0]["problem"]


@pytest.mark.parametrize("answer", [b"", b"200 res", b"200 result=1 (x"])
async def test_an_answer_cut_short_is_a_pbx_error(answer: bytes) -> None:
    failed = asyncio.Event()

    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        try:
            await channel.get_variable("X")
        except PbxError:
            failed.set()

    async with serving(handler) as server, asking(server) as (reader, writer):
        writer.write(BLOCK)
        await reader.readline()
        writer.write(answer)
        writer.write_eof()
        await asyncio.wait_for(failed.wait(), 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("X Y", "a"), ('X"', "a"), ("X\n", "a"), ("", "a"), ("X", "a\nHANGUP"), ("X", "a\0"), ("X", "报" * 900), ("X", "\ud800")],
)  # fmt: skip
async def test_what_would_be_another_command_is_not_sent(name: str, value: str) -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        with pytest.raises(PbxError):
            await channel.set_variable(name, value)

    assert await conversation(handler, []) == [b""]


async def test_a_peer_that_connects_and_closes_ends_cleanly() -> None:
    async with serving(nothing) as server:
        for data in (b"", b"agi_network: yes\n", b"GET / HTTP/1.1\r\n\r\n", b"\n\n"):
            async with asking(server) as (_, writer):
                writer.write(data)
                writer.write_eof()
            await eventually(lambda: server.open == 0)

        assert server.counts.requests == 0
        assert server.counts.refused == 4


async def test_a_block_without_end_is_cut_off() -> None:
    async with serving(nothing, seconds=60) as server, asking(server) as (reader, writer):
        writer.write(b"agi_x: y\n" * 20_000)

        assert await cut_off(reader)
        assert server.counts.refused == 1


async def cut_off(reader: asyncio.StreamReader) -> bool:
    """The server hangs up without a word."""
    try:
        return await asyncio.wait_for(reader.read(), 3) == b""
    except ConnectionError:
        return True


async def test_a_slow_peer_is_cut_off() -> None:
    async with serving(nothing, seconds=0.1) as server, asking(server) as (reader, writer):
        writer.write(BLOCK[:30])

        assert await cut_off(reader)
        assert server.counts.refused == 1


async def test_a_slow_handler_lets_the_dialplan_go_on() -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        await asyncio.sleep(60)

    with structlog.testing.capture_logs() as logs:
        async with serving(handler, seconds=0.1) as server, asking(server) as (reader, writer):
            writer.write(BLOCK)
            assert await cut_off(reader)

    assert [line["event"] for line in logs] == ["FastAGI request took too long"]


async def test_asterisk_that_does_not_answer_is_not_waited_for() -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        await channel.get_variable("X")

    async with serving(handler, seconds=0.1) as server, asking(server) as (reader, writer):
        writer.write(BLOCK)

        assert await reader.readline() == b"GET VARIABLE X\n"
        assert await cut_off(reader)
        assert server.counts.failed == 1


async def test_a_broken_handler_ends_only_its_request() -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as logs:
        async with serving(handler) as server:
            for _ in range(2):
                async with asking(server) as (reader, writer):
                    writer.write(BLOCK)
                    assert await cut_off(reader)

    assert [line["event"] for line in logs] == ["FastAGI handler failed"] * 2


async def test_an_unknown_path_lets_the_dialplan_go_on() -> None:
    with structlog.testing.capture_logs() as logs:
        async with serving(nothing) as server, asking(server) as (reader, writer):
            writer.write(BLOCK.replace(b"script: call", b"script: other"))
            assert await cut_off(reader)

    assert (logs[0]["path"], logs[0]["known"]) == ("/other", "/call")


async def test_idle_connections_do_not_keep_a_call_out() -> None:
    idle = []
    served = asyncio.Event()

    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        served.set()

    async with serving(handler, limit=20, seconds=60) as server:
        try:
            for _ in range(300):
                idle += [await asyncio.open_connection(server.host, server.port)]
            await eventually(lambda: server.open >= 20)
            async with asking(server) as (_, writer):
                writer.write(BLOCK)
                await asyncio.wait_for(served.wait(), 3)
            assert server.open <= 21
        finally:
            for _, writer in idle:
                writer.transport.abort()


async def test_a_call_under_way_is_not_thrown_out() -> None:
    async def handler(request: AgiRequest, channel: AgiChannel) -> None:
        await channel.get_variable("X")

    async with serving(handler, limit=1, seconds=60) as server, asking(server) as (reader, writer):
        writer.write(BLOCK)
        await reader.readline()
        async with asking(server) as (other, _):
            assert await cut_off(other)
        writer.write(b"200 result=0\n")

        assert await reader.read() == b""
        assert (server.counts.refused, server.counts.failed) == (1, 0)


async def test_a_taken_port_is_said() -> None:
    async with serving(nothing) as server:
        with pytest.raises(PbxError, match="cannot be opened"):
            async with AgiServer({}, port=server.port):
                pass


@given(st.binary(max_size=300))
def test_garbage_raises_nothing_else(garbage: bytes) -> None:
    with contextlib.suppress(PbxError):
        assert read_request(garbage).path.startswith("/")


@given(st.binary(max_size=80))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_as_answer_raises_nothing_else(garbage: bytes) -> None:
    async def ask() -> None:
        outcome: list[object] = []

        async def handler(request: AgiRequest, channel: AgiChannel) -> None:
            try:
                outcome.append(await channel.get_variable("X"))
            except PbxError as error:
                outcome.append(error)

        async with serving(handler) as server, asking(server) as (reader, writer):
            writer.write(BLOCK)
            await reader.readline()
            writer.write(garbage)
            writer.write_eof()
            await eventually(lambda: len(outcome) == 1)

    asyncio.run(ask())
