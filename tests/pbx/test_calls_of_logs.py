"""The tracker on logs of a real exchange: each with its calls beside it, whole and in pieces."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentbot.core.calls.events import (
    CallBegan,
    CallEvent,
    CallOver,
    Direction,
    HoldBegan,
    HoldEnded,
    TalkBegan,
    TalkEnded,
)
from agentbot.core.calls.records import CallRecord
from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.amilog import read_log
from agentbot.pbx.message import Message

LOGS = Path(__file__).parent / "logs"
NAMES = sorted(path.stem for path in LOGS.glob("*.log"))


@cache
def messages(name: str) -> tuple[Message, ...]:
    return tuple(read_log(LOGS / f"{name}.log"))


def hang_ups(told: Iterable[Message]) -> list[Message]:
    """One for each channel that is spoken of."""
    channels = {
        (m.headers[f"{prefix}Uniqueid"], m.headers[f"{prefix}Channel"])
        for m in told
        for prefix in ("", "Dest", "Transferee", "Transferer", "OrigTransferer", "SecondTransferer",
                       "TransferTarget", "Parkee", "Target")
        if m.headers.get(f"{prefix}Uniqueid") and m.headers.get(f"{prefix}Channel")
    }  # fmt: skip
    at = max((m.at for m in told), default=0.0)
    return [
        Message(
            {"Event": "Hangup", "Uniqueid": uniqueid, "Channel": channel, "Cause": "16"}, {}, at
        )
        for uniqueid, channel in sorted(channels)
    ]


def nothing_left(tracker: Tracker) -> None:
    x = tracker._x
    assert tracker.open_calls == 0
    assert (x.channels, x.calls, x.halves, x.talking, x.parting) == ({}, {}, {}, {}, [])
    assert not any(bridge.members for bridge in x.bridges.values())
    assert all(call.ended is not None and call.reason for call in tracker.calls())


def makes_sense(said: Iterable[CallEvent]) -> None:
    """Calls begin before anything is said of them; talks and holds are begun and ended in turn."""
    calls, talks, holds = set[str](), dict[str, str](), set[str]()
    for event in said:
        match event:
            case CallBegan():
                assert event.call not in calls
                calls.add(event.call)
            case CallOver():
                calls.remove(event.call)
            case TalkBegan():
                assert event.call in calls
                assert event.talk not in talks
                talks[event.talk] = event.seat
            case TalkEnded():
                assert talks.pop(event.talk) == event.seat
                assert event.talk not in holds
            case HoldBegan():
                assert event.talk in talks
                assert event.talk not in holds
                holds.add(event.talk)
            case HoldEnded():
                holds.remove(event.talk)
            case _:
                assert event.call in calls
    assert (calls, talks, holds) == (set(), {}, set())


@pytest.mark.parametrize("name", NAMES)
def test_a_log_gives_its_calls(name: str) -> None:
    tracker = Tracker()
    said = [event for message in messages(name) for event in tracker.feed(message)]

    calls = sorted(tracker.calls(), key=lambda call: call.began)

    assert [call.as_json() for call in calls] == json.loads((LOGS / f"{name}.json").read_text())
    makes_sense(said)
    nothing_left(tracker)


@pytest.mark.parametrize("name", NAMES)
def test_any_beginning_and_any_end_of_a_log_leave_no_call_open(name: str) -> None:
    told = messages(name)
    for cut in range(0, len(told), 3):
        for part in (told[:cut], told[cut:]):
            tracker = Tracker()
            said = [event for m in (*part, *hang_ups(part)) for event in tracker.feed(m)]
            makes_sense(said)
            nothing_left(tracker)


@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from(NAMES), chance=st.randoms(use_true_random=False), lost=st.floats(0, 0.6)
)
def test_events_lost_doubled_and_late_leave_no_call_open(
    name: str, chance: random.Random, lost: float
) -> None:
    told = messages(name)
    drawn = [m for m in told if chance.random() > lost for _ in range(chance.choice((1, 1, 1, 2)))]
    late = sorted(range(len(drawn)), key=lambda index: index + chance.choice((0, 0, 0, 5)))
    part = [drawn[index] for index in late]
    tracker = Tracker()

    said = [event for m in (*part, *hang_ups(told)) for event in tracker.feed(m)]

    makes_sense(said)
    nothing_left(tracker)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_twice_changes_nothing(name: str) -> None:
    once, twice = Tracker(), Tracker()
    for message in messages(name):
        once.feed(message)
        twice.feed(message)
        twice.feed(message)

    def facts(tracker: Tracker) -> list[object]:
        return [(c.call_id, c.talks, c.transfers, c.holds, c.reason) for c in tracker.calls()]

    assert facts(twice) == facts(once)


def test_lists_asked_for_in_mid_call_pick_the_call_up() -> None:
    told = messages("lists_in_mid_call")
    first = next(i for i, m in enumerate(told) if m.event == "CoreShowChannel")
    tracker = Tracker()

    said = [event for message in told[first:] for event in tracker.feed(message)]

    talks = [event for event in said if isinstance(event, TalkBegan)]
    assert [(talk.seat, talk.caller.number, talk.picked_up) for talk in talks] == [
        ("1001", "13700001111", True)
    ]
    assert {call.reason for call in tracker.calls()} == {"answered", "abandoned"}


def test_a_snapshot_picks_calls_up_and_ends_those_that_are_gone() -> None:
    told = messages("lists_in_mid_call")
    first = next(i for i, m in enumerate(told) if m.event == "CoreShowChannel")
    answer = told[first].get("ActionID")
    channels = [m for m in told if m.event == "CoreShowChannel" and m.get("ActionID") == answer]
    tracker = Tracker()

    said = tracker.resync(told[first].at, channels)
    again = tracker.resync(told[first].at + 5, channels)
    gone = tracker.resync(told[first].at + 10, ())

    assert [(e.seat, e.picked_up) for e in said if isinstance(e, TalkBegan)] == [("1001", True)]
    assert again == []
    assert {e.reason for e in gone if isinstance(e, CallOver)} == {"lost"}
    makes_sense([*said, *gone])
    nothing_left(tracker)


def test_a_list_without_a_call_ends_it_as_lost() -> None:
    told = messages("operator_hangs_up")
    talk = next(i for i, m in enumerate(told) if m.headers.get("BridgeNumChannels") == "2")
    tracker = Tracker()
    for message in told[: talk + 1]:
        tracker.feed(message)
    answer = {"Event": "CoreShowChannelsComplete", "EventList": "Complete", "ListItems": "0"}

    said = tracker.feed(Message(answer, {}, told[talk].at + 30))

    assert [type(event) for event in said] == [TalkEnded, CallOver]
    assert [event.reason for event in said if isinstance(event, CallOver)] == ["lost"]


def test_a_clock_set_back_does_not_shorten_what_lasts() -> None:
    tracker = Tracker()
    for message in messages("hold"):
        headers = dict(message.headers)
        stamp = float(headers.get("Timestamp", 0))
        if stamp and headers["Event"] in {"Unhold", "MusicOnHoldStop", "Hangup", "BridgeLeave"}:
            headers["Timestamp"] = str(stamp - 3600)
        tracker.feed(Message(headers, message.repeated, message.at))

    (call,) = tracker.calls()

    assert call.talks[0].ended is not None
    assert call.talks[0].ended >= call.talks[0].began
    assert all(h.ended is not None and h.ended >= h.began for h in call.holds)
    assert call.ended is not None
    assert 0 <= call.ended - call.began < 60


def test_calls_that_never_end_are_let_go_and_counted() -> None:
    tracker = Tracker(limit=50)
    for number in range(200):
        unique = f"1.{number}"
        headers = {"Event": "Newchannel", "Channel": f"SIP/gw-{number}", "Uniqueid": unique,
                   "Linkedid": unique, "ChannelState": "4", "CallerIDNum": "13700001111"}  # fmt: skip
        tracker.feed(Message(headers, {}, float(number)))

    assert tracker.open_calls == 50
    assert tracker.dropped == 150
    tracker.tick(1_000_000.0)
    assert tracker.open_calls == 0
    assert tracker.dropped == 200


def calls_after(name: str, event: str, nth: int = 1) -> list[CallRecord]:
    """The calls of a log that begins after the `nth` such event."""
    told = messages(name)
    places = [at for at, m in enumerate(told) if m.headers.get("Event") == event]
    tracker = Tracker()
    for message in told[places[nth - 1] + 1 :]:
        tracker.feed(message)
    return sorted(tracker.calls(), key=lambda call: call.began)


def test_a_log_that_begins_while_a_queue_rings_knows_who_called() -> None:
    (call,) = calls_after("queue_ring_all", "QueueCallerJoin")
    assert (call.direction, call.picked_up, len(call.talks)) == (Direction.INBOUND, True, 1)


def test_a_log_that_begins_in_mid_talk_still_tells_of_the_call() -> None:
    (call,) = calls_after("queue_ring_all", "BridgeEnter", 2)
    assert (call.reason, call.picked_up, call.talks) == ("answered", True, ())
    assert all(leg.answered is not None for leg in call.legs)


def test_shuffled_events_give_no_ringing_below_nothing() -> None:
    for name in NAMES:
        for seed in range(10):
            told = list(messages(name))
            random.Random(seed).shuffle(told)  # noqa: S311 (the same order each time)
            tracker = Tracker()
            for message in told:
                tracker.feed(message)
            assert all((call.ring_seconds or 0.0) >= 0.0 for call in tracker.calls())
