"""The exchange's moments: those that are none neither stop nor move anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.calls.stamp import stamp
from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.message import Message

NO_TIMES = ["", "inf", "-inf", "nan", "1e308", "1e18", "-1", "noon", "2026-01-14", "9" * 400]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_moment(text: str) -> None:
    assert stamp(text) is None


@given(st.floats(0.0, 4e9))
def test_what_is_one(at: float) -> None:
    assert stamp(f"{at:.6f}") == pytest.approx(at, abs=1e-6)


@given(st.text())
def test_no_text_does_harm(text: str) -> None:
    assert (at := stamp(text)) is None or 0.0 <= at < 5e9


@pytest.mark.parametrize("text", NO_TIMES)
def test_such_an_event_happened_when_it_arrived(text: str) -> None:
    def new(at: float, stamped: str) -> Message:
        channel = f"PJSIP/trunk-{at:.0f}"
        headers = {
            "Event": "Newchannel", "Timestamp": stamped, "Channel": channel, "Uniqueid": f"u{at}",
            "Linkedid": f"u{at}", "CallerIDNum": "13800138000", "ChannelState": "4", "Exten": "s",
        }  # fmt: skip
        return Message(headers, {}, at)

    tracker = Tracker(seats=None)
    [*first] = tracker.feed(new(1_000_000.0, "1000002.5"))
    [*then] = tracker.feed(new(1_000_010.0, text))
    assert [event.at for event in (*first, *then)] == [1_000_002.5, 1_000_012.5]
