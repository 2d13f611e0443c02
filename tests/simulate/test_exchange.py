"""The simulated exchange over its sockets: what is told, what is heard, what is refused."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import panoramisk
import pytest
from simulate.listening import TONES, eventually, listening, pitch, tap, watching

from agentbot.core.calls.events import CallOver, HoldBegan, HoldEnded, TalkBegan, TalkEnded
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.simulate import SimulatedCall, SimulatedExchange, Transfer
from agentbot.speech.base import Signal

FAST = 20.0


async def test_a_direct_call_is_told_in_the_order_of_a_real_one() -> None:
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        placed = exchange.place(SimulatedCall(seat="1001", seconds=3.0, name="张三"))
        await placed.over()
        await watcher.until("CallOver")

    names = [name for name in watcher.names() if name not in {"FullyBooted", "NewConnectedLine"}]
    assert names == [
        *("Newchannel", "Newchannel", "DialBegin", "Newstate", "DialState"),
        *("Newstate", "DialEnd", "Newstate", "BridgeCreate", "BridgeEnter", "BridgeEnter"),
        *("HangupRequest", "BridgeLeave", "SoftHangupRequest", "BridgeLeave", "BridgeDestroy"),
        *("Hangup", "Hangup"),
    ]
    talk = next(event for event in watcher.events if isinstance(event, TalkBegan))
    assert (talk.seat, talk.caller.number, talk.caller.name) == ("1001", "13800138000", "张三")
    assert talk.caller.channel == placed.channel
    assert talk.call == placed.id
    assert [e.reason for e in watcher.events if isinstance(e, CallOver)] == ["answered"]


async def test_a_queue_call_goes_to_the_second_seat() -> None:
    call = SimulatedCall(seat="1002", queue="repair", unanswered=("1001",), seconds=3.0)
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(call).over()
        await watcher.until("CallOver")

    talk = next(event for event in watcher.events if isinstance(event, TalkBegan))
    assert (talk.seat, talk.queue) == ("1002", "repair")
    assert "AgentRingNoAnswer" in watcher.names()
    assert "AgentComplete" in watcher.names()


@pytest.mark.parametrize("queue", ["repair", None])
async def test_a_caller_who_gives_up(queue: str | None) -> None:
    call = SimulatedCall(queue=queue, answered=False)
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(call).over()
        await watcher.until("CallOver")

        assert exchange.switch.channels == {}
    assert not [event for event in watcher.events if isinstance(event, TalkBegan)]


async def test_hold_and_take_back() -> None:
    call = SimulatedCall(seconds=4.0, holds=((1.0, 2.0),))
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(call).over()
        await watcher.until("CallOver")

    holds = [event for event in watcher.events if isinstance(event, HoldBegan | HoldEnded)]
    assert [type(event) for event in holds] == [HoldBegan, HoldEnded]


@pytest.mark.parametrize("kind", ["blind", "attended"])
async def test_a_transfer_moves_the_talk(kind: str) -> None:
    call = SimulatedCall(seconds=4.0, transfer=Transfer(at=1.0, seat="1002", kind=kind))
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(call).over()
        await watcher.until("CallOver")

        assert exchange.switch.channels == {}
        assert exchange.switch.bridges == {}
    talks = [event for event in watcher.events if isinstance(event, TalkBegan)]
    assert [(talk.seat, talk.caller.number) for talk in talks] == [
        ("1001", "13800138000"),
        ("1002", "13800138000"),
    ]
    moved = next(event for event in watcher.events if isinstance(event, TalkEnded)).moved
    assert moved is not None
    assert (moved.kind, moved.target) == (kind, "1002")


@pytest.mark.parametrize(
    ("planned", "kind", "seats"),
    [
        (Transfer(at=1.0, seat="1002", kind="redirect"), "redirect", ["1001", "1002"]),
        (Transfer(at=1.0, seat="1002", kind="park"), "park", ["1001", "1002"]),
        (Transfer(at=1.0, seat="1001", kind="park"), "park", ["1001", "1001"]),
    ],
    ids=["redirect", "fetched", "comes back"],
)
async def test_a_caller_moved_by_the_exchange(
    planned: Transfer, kind: str, seats: list[str]
) -> None:
    call = SimulatedCall(seconds=4.0, transfer=planned)
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(call).over()
        await watcher.until("CallOver")

        assert exchange.switch.channels == {}
        assert exchange.switch.bridges == {}
    talks = [event for event in watcher.events if isinstance(event, TalkBegan)]
    assert [talk.seat for talk in talks] == seats
    assert {talk.call for talk in talks} == {talks[0].call}
    assert talks[1].transfer is not None
    assert talks[1].transfer.kind == kind


@pytest.mark.parametrize(
    ("action", "on", "kind", "seats"),
    [
        ("BlindTransfer", "operator", "blind", ["1001", "1002"]),
        ("Atxfer", "operator", "attended", ["1001", "1002"]),
        ("Redirect", "caller", "redirect", ["1001", "1002"]),
        ("Park", "caller", "park", ["1001", "1001"]),
    ],
)
async def test_a_caller_moved_by_somebody_at_the_ami(
    action: str, on: str, kind: str, seats: list[str]
) -> None:
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        placed = exchange.place(SimulatedCall(seconds=60.0))
        talk = await watcher.until("TalkBegan")
        await watcher.ami.ask(action, {
            "Channel": getattr(talk, on).channel, "Exten": "1002", "Context": "from-seats",
            "TimeoutChannel": talk.operator.channel, "Timeout": "1000",
        })  # fmt: skip
        await eventually(lambda: sum(isinstance(e, TalkBegan) for e in watcher.events) == 2)
        await placed.over()
        await watcher.until("CallOver")

    talks = [event for event in watcher.events if isinstance(event, TalkBegan)]
    assert [talk.seat for talk in talks] == seats
    assert talks[1].transfer is not None
    assert talks[1].transfer.kind == kind


@pytest.mark.parametrize(("codec", "rate", "kind"), [("slin", 8000, 0x10), ("slin16", 16000, 0x12)])
async def test_a_tap_hears_one_party_only(codec: str, rate: int, kind: int) -> None:
    async with (
        SimulatedExchange(speed=2) as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        placed = exchange.place(SimulatedCall(sound=TONES, lead=0.3, rings=0.1))
        talk = await watcher.until("TalkBegan")
        caller = await tap(watcher.ami, ears, talk.caller.channel, codec)
        operator = await tap(watcher.ami, ears, talk.operator.channel, codec)
        await placed.over()
        async with asyncio.timeout(3):
            await ears.heard[caller].closed.wait()
            await ears.heard[operator].closed.wait()
        await watcher.until("CallOver")

    for uuid, hertz in ((caller, 440), (operator, 1000)):
        heard = ears.heard[uuid]
        assert heard.kinds == {kind}
        assert {len(frame) for frame in heard.frames} == {rate // 50 * 2}
        loud = heard.samples[rate // 2 : rate * 3 // 2]
        assert abs(pitch(loud, rate) - hertz) < 5
        assert 1.6 < len(heard.samples) / rate < 2.6


async def test_a_machine_that_comes_late_leaves_no_sound_out() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 8000 * 2).astype(np.float32)
    call = SimulatedCall(sound={Leg.CALLER: Signal(samples=noise, rate=8000)}, lead=0.3, rings=0.1)
    async with (
        SimulatedExchange() as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        placed = exchange.place(call)
        talk = await watcher.until("TalkBegan")
        caller = await tap(watcher.ami, ears, talk.caller.channel)
        for _ in range(5):
            await asyncio.sleep(0.2)
            time.sleep(0.15)  # noqa: ASYNC251 - the stall of a loaded machine
        await placed.over()
        async with asyncio.timeout(3):
            await ears.heard[caller].closed.wait()

    heard, said = ears.heard[caller].samples, (noise * 32767).astype(np.int16)
    start = heard.tobytes().index(said[4000:4100].tobytes()) // 2 - 4000
    assert start + len(said) <= len(heard)
    skip = max(0, -start)  # what was said before the tap was there
    assert np.array_equal(heard[start + skip : start + len(said)], said[skip:])


async def test_an_operator_who_holds_sends_nothing_and_loses_no_word() -> None:
    call = SimulatedCall(sound=TONES, lead=0.2, rings=0.1, holds=((1.0, 3.0),))
    async with (
        SimulatedExchange(speed=4) as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        placed = exchange.place(call)
        talk = await watcher.until("TalkBegan")
        caller = await tap(watcher.ami, ears, talk.caller.channel)
        operator = await tap(watcher.ami, ears, talk.operator.channel)
        await placed.over()
        async with asyncio.timeout(3):
            await ears.heard[operator].closed.wait()

    assert 1.6 < len(ears.heard[operator].samples) / 8000 < 2.8
    assert 4.5 < len(ears.heard[caller].samples) / 8000 < 5.9


async def test_a_dead_port_fails_and_a_gone_channel_ends_at_once() -> None:
    async with (
        SimulatedExchange() as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        uuid = await tap(watcher.ami, ears, "PJSIP/nobody-00000000")
        await eventually(lambda: uuid in ears.heard)
        await asyncio.wait_for(ears.heard[uuid].closed.wait(), 3)
        ears.port = 1
        await tap(watcher.ami, ears, "PJSIP/nobody-00000000")
        await eventually(lambda: watcher.names().count("OriginateResponse") == 2)

    answers = [m for m in watcher.seen if m.event == "OriginateResponse"]
    assert [answer.get("Response") for answer in answers] == ["Success", "Failure"]
    assert answers[1].get("Reason") == "8"
    assert ears.heard[uuid].frames == []


async def test_a_listener_who_leaves_does_not_disturb_the_call() -> None:
    async with (
        SimulatedExchange(speed=4) as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        placed = exchange.place(SimulatedCall(sound=TONES, rings=0.1))
        talk = await watcher.until("TalkBegan")
        await tap(watcher.ami, ears, talk.caller.channel)
        await eventually(lambda: "ChanSpyStart" in watcher.names())
        ears.writers[0].transport.abort()
        await placed.over()
        over = await watcher.until("CallOver")

    assert over.reason == "answered"
    assert "ChanSpyStop" in watcher.names()


async def test_a_snapshot_in_mid_call() -> None:
    async with SimulatedExchange() as exchange, watching(exchange) as watcher:
        placed = exchange.place(SimulatedCall(seconds=60, rings=0.01))
        await watcher.until("TalkBegan")
        snapshot = await watcher.ami.snapshot()
        await watcher.ami.ask("Hangup", {"Channel": placed.channel})
        await placed.over()

    assert snapshot.channels[0].get("Channel") == placed.channel
    assert len({channel.get("BridgeId") for channel in snapshot.channels}) == 1
    assert [bridge.get("BridgeNumChannels") for bridge in snapshot.bridges] == ["2"]
    assert [queue.get("Queue") for queue in snapshot.queues] == ["repair"]
    assert snapshot.missing == {}


ACTIONS = {
    "Ping": ({}, ("Ping", "Pong")),
    "CoreSettings": ({}, ("SystemName", "sim")),
    "CoreStatus": ({}, ("CoreCurrentCalls", "0")),
    "ModuleCheck": ({"Module": "app_chanspy"}, ("Response", "Success")),
    "Command": (
        {"Command": "core show application ChanSpy"},
        ("Message", "Command output follows"),
    ),
    "Setvar": ({"Variable": "A", "Value": "1"}, ("Message", "Variable Set")),
    "Getvar": ({"Variable": "A"}, ("Value", "")),
    "UserEvent": ({"UserEvent": "AgentbotStep"}, ("Message", "Event Sent")),
}


@pytest.mark.parametrize(
    ("action", "headers", "found"), [(a, *rest) for a, rest in ACTIONS.items()]
)
async def test_actions_are_answered(
    action: str, headers: dict[str, str], found: tuple[str, str]
) -> None:
    async with SimulatedExchange() as exchange, watching(exchange) as watcher:
        answer = await watcher.ami.ask(action, headers)

        assert answer.get(found[0]) == found[1]
        assert exchange.asked[-1].get("Action") == action


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("NoSuchAction", {}),
        ("ModuleCheck", {"Module": "chan_dahdi"}),
        ("Getvar", {"Channel": "PJSIP/none", "Variable": "A"}),
        ("Originate", {"Channel": "PJSIP/1001", "Application": "Playback"}),
        ("Command", {"Command": "rm"}),
        ("Hangup", {"Channel": "PJSIP/none"}),
        ("Redirect", {"Channel": "PJSIP/none", "Exten": "1002"}),
        ("BlindTransfer", {"Channel": "PJSIP/none"}),
        ("Park", {"Channel": "PJSIP/none", "TimeoutChannel": "PJSIP/none"}),
    ],
)
async def test_what_it_cannot_do_is_refused(action: str, headers: dict[str, str]) -> None:
    async with SimulatedExchange() as exchange, watching(exchange) as watcher:
        with pytest.raises(PbxError, match="refuses"):
            await watcher.ami.ask(action, headers)


async def test_without_chanspy_no_tap() -> None:
    async with (
        SimulatedExchange(modules={"app_queue"}) as exchange,
        watching(exchange) as watcher,
        listening() as ears,
    ):
        with pytest.raises(PbxError, match="Originate failed"):
            await tap(watcher.ami, ears, "PJSIP/1001-00000001")


@pytest.mark.parametrize(
    "name", ['O\'Brien "x"', "<b>&amp;</b>", "📞" * 20, "长" * 3400, "a\r\nEvent: Hangup"]
)
async def test_any_name_arrives(name: str) -> None:
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(SimulatedCall(name=name, seconds=0.1)).over()
        await watcher.until("CallOver")

    first = next(message for message in watcher.seen if message.event == "Newchannel")
    assert first.get("CallerIDName") == name.replace("\r", " ").replace("\n", " ")


async def test_a_name_in_gbk_arrives() -> None:
    name = "报修".encode("gbk").decode("utf-8", "surrogateescape")
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.place(SimulatedCall(name=name, seconds=0.1)).over()
        await watcher.until("CallOver")

    first = next(message for message in watcher.seen if message.event == "Newchannel")
    assert first.get("CallerIDName") == "报修"


async def test_a_cut_connection_comes_back_and_the_call_goes_on() -> None:
    async with SimulatedExchange() as exchange, watching(exchange) as watcher:
        placed = exchange.place(SimulatedCall(seconds=1.5, rings=0.01))
        await watcher.until("TalkBegan")
        exchange.cut()
        await placed.over()
        await watcher.until("CallOver")

    assert watcher.lost == 1


async def test_a_recorded_log_is_sent_again(tmp_path: Path) -> None:
    log = tmp_path / "calls.log"
    log.write_bytes(
        b"# 0.1 <\nResponse: Success\r\nActionID: x\r\n\r\n"
        b"# 1.0 <\nEvent: Newchannel\r\nChannel: PJSIP/1-1\r\nChanVariable: A=1\r\n"
        b"ChanVariable: B=2\r\n\r\n# 2.0 <\nEvent: Hangup\r\nCallerIDName: \xe5\xbc\xa0\r\n\r\n"
    )
    async with SimulatedExchange(speed=FAST) as exchange, watching(exchange) as watcher:
        await exchange.replay(log)
        await eventually(lambda: "Hangup" in watcher.names())

    told = [message for message in watcher.seen if message.event != "FullyBooted"]
    assert [message.event for message in told] == ["Newchannel", "Hangup"]
    assert told[0].all("ChanVariable") == ("A=1", "B=2")
    assert told[1].get("CallerIDName") == "张"
    assert told[1].at - told[0].at > 0.02


async def test_calls_given_at_the_start_come_one_after_the_other() -> None:
    calls = [SimulatedCall(seat=seat, seconds=5.0) for seat in ("1001", "1002")]
    async with (
        SimulatedExchange(calls=calls, speed=FAST) as exchange,
        watching(exchange) as watcher,
    ):
        await eventually(lambda: sum(isinstance(event, CallOver) for event in watcher.events) == 2)

    kinds = [type(e) for e in watcher.events if isinstance(e, TalkBegan | CallOver)]
    assert kinds == [TalkBegan, CallOver, TalkBegan, CallOver]


async def test_a_taken_port_is_said() -> None:
    async with SimulatedExchange() as exchange:
        with pytest.raises(PbxError, match="cannot be opened"):
            async with SimulatedExchange(port=exchange.port):
                pass


def test_the_secret_is_not_shown() -> None:
    exchange = SimulatedExchange(secret="hidden one")  # noqa: S106

    assert "hidden one" not in repr(exchange.account())


def test_a_call_lasts_as_long_as_its_sound() -> None:
    assert SimulatedCall(sound=TONES, lead=0.5).talk_seconds == pytest.approx(2.5)
    assert SimulatedCall(sound={Leg.CALLER: TONES[Leg.CALLER]}, seconds=9).talk_seconds == 9


async def test_a_foreign_client_understands_it() -> None:
    async with SimulatedExchange(speed=FAST) as exchange:
        account = exchange.account()
        client = panoramisk.Manager(
            loop=asyncio.get_running_loop(),
            host=account.host,
            port=account.port,
            username=account.username,
            secret=account.secret,
        )
        names: list[str] = []
        client.register_event("*", lambda _, event: names.append(event.event))
        await client.connect()
        await eventually(lambda: client.authenticated)
        await exchange.place(SimulatedCall(seconds=1.0)).over()
        await eventually(lambda: names.count("Hangup") == 2)
        channels = await client.send_action({"Action": "CoreShowChannels"})
        client.close()
        client.connection_lost = lambda _: None  # it would connect again

    assert "BridgeEnter" in names
    assert [message.event for message in channels][-1] == "CoreShowChannelsComplete"
