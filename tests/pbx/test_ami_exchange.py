"""One exchange against a real server on loopback: order, loss, silence, refusal, lists."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from pathlib import Path

import pytest
import structlog
from pbx.ami_peer import QUICK, SECRET, Peer, collect, eventually, running

from agentbot.errors import PbxError
from agentbot.pbx.ami import Account, Connected, Exchange, Lost
from agentbot.pbx.message import Message


def named(name: str):
    return lambda event: isinstance(event, Message) and event.event == name


def exchange(peer: Peer, **more: object) -> Exchange:
    return Exchange(peer.account(), patience=QUICK, **more)


async def test_events_come_in_order_after_connected() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        for number in range(3000):
            writer.write(b"Event: E\r\nN: %d\r\n\r\n" % number)
        writer.write(b"Event: Last\r\n\r\n")

    async with Peer(script).listening() as peer, running(exchange(peer)) as up:
        seen = await collect(up, named("Last"))

    assert isinstance(seen[0], Connected)
    assert [event.get("N") for event in seen[1:-1]] == [str(number) for number in range(3000)]
    assert all(event.at > 1e9 for event in seen)


async def test_characters_cut_by_reads_arrive_whole() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        for byte in "Event: E\r\nCallerIDName: 张三丰📞\r\n\r\nEvent: Last\r\n\r\n".encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async with Peer(script).listening() as peer, running(exchange(peer)) as up:
        seen = await collect(up, named("Last"))

    assert seen[1].get("CallerIDName") == "张三丰📞"


async def test_the_secret_stays_at_home_where_the_line_is_not_encrypted() -> None:
    async with Peer().listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)

        assert not [message for _, message in peer.got if SECRET in str(message)]
        assert SECRET not in repr(up.account)
        assert SECRET not in repr(up)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Key and certificate for 127.0.0.1, signed by itself."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1".split(),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", key, "-out", cert),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert


async def test_tls_is_verified_and_carries_the_login(certificate: tuple[Path, Path]) -> None:
    import ssl

    key, cert = certificate
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    async with Peer().listening(tls=context) as peer:
        trusting = Exchange(peer.account(tls=True, ca_file=cert), patience=QUICK)
        async with running(trusting):
            await eventually(lambda: trusting.connected)
        careless = Exchange(peer.account(tls=True, verify=False), patience=QUICK)
        async with running(careless):
            await eventually(lambda: careless.connected)
        careful = Exchange(peer.account(tls=True), patience=QUICK)
        async with running(careful):
            await eventually(lambda: careful.problem)
        plain = exchange(peer)
        async with running(plain):
            await eventually(lambda: plain.problem)

    assert "certificate is not trusted" in careful.problem
    assert "no HTTP or TLS port" in plain.problem


async def test_tls_to_a_plain_port_is_said() -> None:
    async with Peer().listening() as peer:
        up = Exchange(peer.account(tls=True), patience=QUICK)
        async with running(up):
            await eventually(lambda: up.problem)

    assert "does not speak TLS" in up.problem


@pytest.mark.parametrize(
    ("banner", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "no AMI port: it says 'SSH-2.0"),
        (b"HTTP/1.1 400 Bad Request\r\n", "no AMI port: it says 'HTTP/1.1"),
        (b"", "said nothing of AMI"),
        (b"\xff\x00" * 300, "no AMI port"),
    ],
)
async def test_a_port_that_is_no_ami_gives_one_clear_line(banner: bytes, said: str) -> None:
    with structlog.testing.capture_logs() as logs:
        async with Peer(banner=banner).listening() as peer, running(exchange(peer)) as up:
            await eventually(lambda: up.problem)

    assert said in up.problem
    assert "\n" not in up.problem
    assert [line["problem"] for line in logs] == [up.problem]


async def test_a_missing_ca_file_is_said() -> None:
    up = Exchange(Account(secret=SECRET, tls=True, ca_file=Path("/none.pem")), patience=QUICK)
    async with running(up):
        await eventually(lambda: up.problem)

    assert "/none.pem: no certificates" in up.problem


async def test_a_refused_login_is_said_once_and_tried_again_later() -> None:
    with structlog.testing.capture_logs() as logs:
        async with Peer(secret=SECRET + "?").listening() as peer, running(exchange(peer)) as up:
            await eventually(lambda: peer.connections >= 3)
            peer.secret = SECRET
            await eventually(lambda: up.connected)

    assert [line["event"] for line in logs] == ["exchange not connected", "exchange connected"]
    assert "refuses the login" in logs[0]["problem"]
    assert SECRET not in str(logs)


async def test_a_half_open_line_is_noticed() -> None:
    async with Peer(answers={"Ping": None}).listening() as peer, running(exchange(peer)) as up:
        seen = await collect(up, lambda event: isinstance(event, Lost))
        await eventually(lambda: up.connected)

    assert "has not answered" in seen[-1].reason
    assert len(peer.actions("Ping")) >= 1


async def test_a_silent_but_living_exchange_is_kept() -> None:
    async with Peer().listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: len(peer.actions("Ping")) >= 3)

        assert up.connected
        assert peer.connections == 1


async def test_every_action_has_a_time_out() -> None:
    async with (
        Peer(answers={"Status": None, "Getvar": None}).listening() as peer,
        running(exchange(peer)) as up,
    ):
        await eventually(lambda: up.connected)
        with pytest.raises(PbxError, match=r"Getvar: no answer in 0\.05 s"):
            await up.ask("Getvar", seconds=0.05)
        with pytest.raises(PbxError, match=r"Status: no answer in 0\.05 s"):
            await up.ask_list("Status", seconds=0.05)

        assert (await up.ask("Ping")).get("Ping") == "Pong"


async def test_items_that_come_too_late_are_not_taken_for_events() -> None:
    async with Peer(answers={"Status": None}).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        with pytest.raises(PbxError):
            await up.ask_list("Status", seconds=0.02)
        (late,) = [message for _, message in peer.got if message.get("Action") == "Status"]
        for event in ("Status", "StatusComplete"):
            peer.writers[0].write(
                f"Event: {event}\r\nActionID: {late.get('ActionID')}\r\n\r\n".encode()
            )
        peer.writers[0].write(b"Event: Last\r\n\r\n")
        seen = await collect(up, named("Last"))

    assert [event.event for event in seen[1:]] == ["Last"]


async def test_an_action_in_flight_fails_at_a_loss_and_is_not_sent_again() -> None:
    async with Peer(answers={"Originate": None}).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        asked = asyncio.create_task(up.ask("Originate", {"Channel": "PJSIP/1001"}))
        await eventually(lambda: peer.actions("Originate"))
        peer.writers[0].transport.abort()
        with pytest.raises(PbxError, match="no answer"):
            await asked
        await eventually(lambda: up.counts.logins == 2)
        await up.ask("Ping")

    assert peer.actions("Originate") == [1]


async def test_nothing_is_asked_without_a_connection() -> None:
    up = Exchange(Account(secret=SECRET))

    with pytest.raises(PbxError, match="not connected yet"):
        await up.ask("Ping")


async def test_loss_and_return_stand_in_the_stream_where_they_happened() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Event: E\r\nN: %d\r\n\r\n" % peer.connections)
        await writer.drain()
        if peer.connections < 3:
            writer.close()
        else:
            writer.write(b"Event: Last\r\n\r\n")

    async with Peer(script).listening() as peer, running(exchange(peer)) as up:
        seen = await collect(up, named("Last"))

    assert [
        event.get("N") if isinstance(event, Message) else type(event).__name__ for event in seen
    ] == ["Connected", "1", "Lost", "Connected", "2", "Lost", "Connected", "3", ""]
    assert up.counts.lost == 2


async def test_it_comes_back_when_the_exchange_was_away() -> None:
    async with Peer().listening() as peer:
        up = exchange(peer)
        port = peer.port
    async with running(up):
        await eventually(lambda: "cannot be reached" in up.problem)
        async with Peer().listening(port):
            await eventually(lambda: up.connected)


@pytest.mark.parametrize("moment", ["before", "waiting", "connected", "connecting"])
async def test_close_ends_it_for_good(moment: str) -> None:
    banner = b"" if moment == "connecting" else Peer.banner
    async with Peer(banner=banner).listening() as peer:
        up = exchange(peer)
        if moment == "before":
            await up.close()
            await up.run()
        else:
            if moment == "waiting":
                peer.secret = SECRET + "?"
            task = asyncio.create_task(up.run())
            if moment == "waiting":
                await eventually(lambda: up.problem)
            elif moment == "connected":
                await eventually(lambda: up.connected)
            else:
                await eventually(lambda: peer.connections)
            await up.close()
            await task
        made = peer.connections
        await asyncio.sleep(0.2)

        assert peer.connections == made
        assert [event async for event in up if not isinstance(event, Connected)] == []
        assert not up.connected


async def test_cancelling_run_ends_it_too() -> None:
    async with Peer().listening() as peer:
        up = exchange(peer)
        task = asyncio.create_task(up.run())
        await eventually(lambda: up.connected)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        made = peer.connections
        await asyncio.sleep(0.1)

        assert task.cancelled()
        assert peer.connections == made


@pytest.mark.parametrize(
    ("action", "reply"),
    [
        ("Atxfer", "Atxfer successfully queued"),
        ("PlayDTMF", "DTMF successfully queued"),
        ("QueueAdd", "Added interface to queue"),
        ("Status", "Channel status will follow"),
    ],
)
async def test_a_reply_that_looks_like_a_list_is_one_reply(action: str, reply: str) -> None:
    answers = {action: f"Response: Success\r\nMessage: {reply}"}
    async with Peer(answers=answers).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)

        assert (await up.ask(action)).get("Message") == reply


LIST = (
    "Response: Success\r\nEventList: start\r\n\r\nEvent: Thing\r\nActionID: @ID\r\nN: 1\r\n\r\n"
    "Event: Other\r\nN: 2\r\n\r\nEvent: Thing\r\nActionID: @ID\r\nN: 3\r\n\r\n"
    "Event: ThingsComplete\r\nActionID: @ID\r\nEventList: {end}"
)


async def test_a_list_is_its_items_and_events_between_are_events() -> None:
    answers = {"Things": LIST.format(end="Complete")}
    async with Peer(answers=answers).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        items = await up.ask_list("Things")
        seen = await collect(up, named("Other"))

    assert [item.get("N") for item in items] == ["1", "3"]
    assert [event.get("N") for event in seen[1:]] == ["2"]


async def test_an_originate_response_is_an_event() -> None:
    answers = {
        "Originate": "Response: Success\r\nMessage: Originate successfully queued\r\n\r\n"
        "Event: OriginateResponse\r\nActionID: @ID\r\nReason: 8"
    }
    async with Peer(answers=answers).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        reply = await up.ask("Originate", {"Channel": "AudioSocket/127.0.0.1:1/x", "Async": "true"})
        seen = await collect(up, named("OriginateResponse"))

    assert reply.get("Response") == "Success"
    assert seen[-1].get("Reason") == "8"
    assert seen[-1].get("ActionID") == reply.get("ActionID")


async def test_a_refused_action_says_why() -> None:
    answers = {"Command": "Response: Error\r\nMessage: Permission denied"}
    async with Peer(answers=answers).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        with pytest.raises(PbxError, match="Command: Permission denied"):
            await up.ask("Command")
        with pytest.raises(PbxError, match="Command: Permission denied"):
            await up.ask_list("Command")


async def test_line_breaks_never_become_another_action() -> None:
    async with Peer().listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        with pytest.raises(PbxError, match="line break"):
            await up.ask("UserEvent", {"Text": "x\r\n\r\nAction: Originate"})
        await up.ask("Ping")

        assert not peer.actions("Originate")


async def test_a_slow_consumer_stops_the_reading_and_loses_nothing() -> None:
    many = 40_000
    sent = 0

    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        for number in range(many):
            writer.write(b"Event: E\r\nN: %d\r\nText: %s\r\n\r\n" % (number, b"x" * 500))
            await writer.drain()
            sent = number
        writer.write(b"Event: Last\r\n\r\n")

    async with Peer(script).listening() as peer, running(exchange(peer, room=5000)) as up:
        await eventually(lambda: up.counts.pauses > 0)
        await asyncio.sleep(0.5)  # longer than silence and pong: a pause is no death
        behind, stuck = up.behind, sent
        assert (await up.ask("Ping")).get("Ping") == "Pong"
        seen = await collect(up, named("Last"), seconds=20)

    assert behind < 6000
    assert stuck < many - 1
    assert [event.get("N") for event in seen[1:-1]] == [str(number) for number in range(many)]
    assert up.counts.lost == 0


async def test_a_hopeless_backlog_costs_the_connection_and_is_said() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        await eventually(lambda: peer.actions("Getvar"))
        if peer.connections == 1:
            writer.write(b"Event: E\r\n\r\n" * 5000)

    async with (
        Peer(script, answers={"Getvar": None}).listening() as peer,
        running(exchange(peer, room=10)) as up,
    ):
        await eventually(lambda: up.connected)
        with pytest.raises(PbxError, match="overloaded"):
            await up.ask("Getvar")
        seen = await collect(up, lambda event: isinstance(event, Lost))
        await eventually(lambda: up.connected)

    assert len(seen) >= 100
    assert "overloaded" in seen[-1].reason


async def test_two_exchanges_do_not_mix() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Event: E\r\nPort: %d\r\n\r\n" % peer.port)

    async with (
        Peer(script).listening() as one,
        Peer(script).listening() as other,
        running(exchange(one)) as first,
        running(exchange(other)) as second,
    ):
        seen = [await collect(up, named("E")) for up in (first, second)]

    assert [events[-1].get("Port") for events in seen] == [str(one.port), str(other.port)]


async def test_an_endless_message_costs_the_connection_not_the_memory() -> None:
    async def script(peer: Peer, writer: asyncio.StreamWriter) -> None:
        if peer.connections == 1:
            writer.write(b"x" * 3_000_000)

    async with Peer(script).listening() as peer, running(exchange(peer)) as up:
        seen = await collect(up, lambda event: isinstance(event, Lost))
        await eventually(lambda: up.connected)

    assert "more than" in seen[-1].reason


async def test_a_snapshot_asks_what_can_be_asked() -> None:
    def listed(event: str, *items: str) -> str:
        body = "".join(f"Event: {event}\r\nActionID: @ID\r\n{item}\r\n\r\n" for item in items)
        return (
            f"Response: Success\r\nEventList: start\r\n\r\n{body}"
            f"Event: {event}Complete\r\nActionID: @ID\r\nEventList: Complete"
        )

    answers = {
        "CoreShowChannels": listed(
            "CoreShowChannel", "Channel: A\r\nBridgeId: b1", "Channel: B\r\nBridgeId: b1"
        ),
        "Status": listed("Status", "Channel: A", "Channel: B"),
        "BridgeList": listed(
            "BridgeListItem",
            "BridgeUniqueid: b1\r\nBridgeNumChannels: 2",
            "BridgeUniqueid: b2\r\nBridgeNumChannels: 1",
        ),
        "BridgeInfo": listed("BridgeInfoChannel", "Channel: C"),
        "QueueStatus": "Response: Error\r\nMessage: Invalid/unknown command: QueueStatus.",
        "ParkedCalls": listed("ParkedCall"),
    }
    async with Peer(answers=answers).listening() as peer, running(exchange(peer)) as up:
        await eventually(lambda: up.connected)
        snapshot = await up.snapshot()
        peer.answers["CoreShowChannels"] = "Response: Error\r\nMessage: Permission denied"
        with pytest.raises(PbxError, match="CoreShowChannels: Permission denied"):
            await up.snapshot()

    assert [channel.get("Channel") for channel in snapshot.channels] == ["A", "B"]
    assert [status.event for status in snapshot.statuses] == ["Status", "Status"]
    assert {
        bridge: [m.get("Channel") for m in some] for bridge, some in snapshot.members.items()
    } == {"b2": ["C"]}
    assert snapshot.parked == ()
    assert list(snapshot.missing) == ["QueueStatus"]
