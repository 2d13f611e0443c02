"""When a read-back may be heard again, and when its alert waits for that."""

from __future__ import annotations

import pytest
from core.test_second_look import SCRIPT, TRUE, heard

from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import CallStarted, Heard, Rescored, Tick
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import AlertKind
from agentbot.core.session import Session
from agentbot.core.verdict import FieldVerdict

ASKED = (heard("operator", 0.0, "请留一下联系电话"), heard("caller", 3.0, "一三八零零一三八零零零"))


def ripe(now: float, *back: Heard) -> bool:
    session = Session(SCRIPT)
    session.feed(CallStarted(call_id="c"))
    for line in (*ASKED, *back):
        session.feed(line)
    [doubt] = [d for d in session.doubts() if isinstance(d, ValueDoubt)]
    return session.ripe(doubt, now)


@pytest.mark.parametrize(
    ("now", "back", "wanted"),
    [
        pytest.param(8.1, ["一三八零零一三八零零九"], True, id="whole"),
        pytest.param(8.1, ["三八零零一三八零零九"], True, id="one digit was lost to the ear"),
        pytest.param(8.1, ["一三八零"], False, id="its first group"),
        pytest.param(11.6, ["一三八零"], True, id="no group has followed"),
        pytest.param(8.1, ["一三八零零九对吗"], True, id="it ends by asking for a yes"),
        pytest.param(8.1, ["一三八零零是这个号码"], True, id="other words follow in one breath"),
        pytest.param(8.1, ["一三八零零嗯"], False, id="a filler"),
        pytest.param(11.1, ["一三八零", "好的我记下来了"], True, id="something else was said"),
    ],
)
def test_a_number_is_heard_again_once_it_is_over(now: float, back: list[str], wanted: bool) -> None:
    lines = [heard("operator", 6.0 + 3.0 * n, text) for n, text in enumerate(back)]
    assert ripe(now, *lines) is wanted


def test_a_number_is_foreseen_until_it_is_read_back() -> None:
    session = Session(SCRIPT)
    session.feed(CallStarted(call_id="c"))
    assert session.foreseen() == ()
    for line in ASKED:
        session.feed(line)
    [doubt] = session.foreseen()
    assert (doubt.rivals, doubt.operator) == ((TRUE,), ())
    assert not session.ripe(doubt, 60.0)

    session.feed(heard("operator", 6.0, "一三八零零一三八零零九"))
    [asked] = [d for d in session.doubts() if isinstance(d, ValueDoubt)]
    assert asked.caller == doubt.caller  # the same sound is asked about
    assert session.foreseen() == ()


def test_figures_said_long_before_a_number_are_not_heard_again_with_it() -> None:
    session = Session(SCRIPT)
    session.feed(CallStarted(call_id="c"))
    for line in (
        heard("operator", 0.0, "请留一下联系电话"),
        heard("caller", 3.0, "一三八"),
        heard("caller", 20.0, "零零一三"),
        heard("caller", 24.0, "八零零零"),
        heard("operator", 27.0, "一三八零零一三八零零九"),
    ):
        session.feed(line)
    [doubt] = [d for d in session.doubts() if isinstance(d, ValueDoubt)]
    assert [span.start for span in doubt.caller] == [20.0, 24.0]


def alerts(seat: SeatCall) -> list[AlertKind]:
    return [alert.kind for alert in seat.view(seat="1", version=0).alerts]


def told(heard_again: bool) -> SeatCall:
    seat = SeatCall(SCRIPT, heard_again=heard_again)
    seat.feed(CallStarted(call_id="c"))
    for line in (*ASKED, heard("operator", 6.0, "一三八零零一三九零零零对吗")):
        seat.feed(line)
    seat.feed(Tick(at=9.0))
    return seat


def test_unsure_words_accuse_nobody_before_the_sound_was_heard_again() -> None:
    assert AlertKind.READBACK_MISMATCH in alerts(told(heard_again=False))
    seat = told(heard_again=True)
    assert AlertKind.READBACK_MISMATCH not in alerts(seat)
    scores = ((TRUE, -8.0, -20.0), ("13800139000", -19.0, -9.0))
    seat.feed(Rescored(field="phone", scores=scores, at=8.0))
    assert AlertKind.READBACK_MISMATCH in alerts(seat)


def test_what_cannot_be_heard_again_in_time_accuses_nobody() -> None:
    seat = told(heard_again=True)
    seat.feed(Tick(at=60.0))
    assert AlertKind.READBACK_MISMATCH not in alerts(seat)


@pytest.mark.parametrize(
    ("said", "confidence", "alerted"),
    [
        ("我姓王", 0.8, True),
        ("我信王", 0.8, True),
        ("叫王海燕", 0.8, True),
        ("我姓王", 0.5, False),
        ("我王", 0.8, False),
    ],
)
def test_names_interrupt_only_where_they_were_heard_plainly(
    said: str, confidence: float, alerted: bool
) -> None:
    seat = SeatCall(SCRIPT, heard_again=True)
    seat.feed(CallStarted(call_id="c"))
    for line in (
        heard("operator", 0.0, "请问您贵姓", 0.9),
        heard("caller", 3.0, said, confidence),
        heard("operator", 6.0, "您姓李对吗", 0.8),
    ):
        seat.feed(line)
    seat.feed(Rescored(field="name", scores=(("王", -0.5, -12.0), ("李", -11.0, -0.5)), at=8.0))
    seat.feed(Tick(at=9.0))
    assert seat.session.judgement.facts["name"].result.verdict is FieldVerdict.MISMATCHED
    assert (AlertKind.READBACK_MISMATCH in alerts(seat)) is alerted
