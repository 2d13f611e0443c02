"""Laws of the seat's picture, whatever is heard and pressed."""

from __future__ import annotations

from typing import Any

from core.seat.live import Live, ended, lives, press
from core.talks import scripts, talks
from hypothesis import given, settings
from hypothesis import strategies as st

from agentbot.core.events import Event, Heard, Leg, Tick
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import SeatState, StepState
from agentbot.core.session import Session

CASES = [*lives(), *(Live(name=t.name, talk=t, until=20) for t in talks()[:12])]
_WORDS = st.sampled_from(["您好", "大龙供暖", "幺三八", "不对", "对", "请问您的姓名", "<b>&\"'", "", "😀", "x" * 10_000])  # fmt: skip
_HEARD = st.builds(
    lambda leg, start, length, text, final, confidence: Heard(
        leg=leg, start=start, end=start + length, text=text, final=final, confidence=confidence
    ),
    leg=st.sampled_from(Leg), start=st.floats(0, 60), length=st.floats(0, 9),
    text=st.lists(_WORDS, max_size=3).map("".join), final=st.booleans(),
    confidence=st.none() | st.floats(0, 1),
)  # fmt: skip
_KEYS = st.one_of(
    st.builds(lambda s, a: {"mark": s, "as": a}, st.sampled_from(["greeting", "ask_phone", "closing"]),
              st.sampled_from([None, "done", "wrong", "not_applicable"])),
    st.builds(lambda f, v: {"correct": f, "to": v}, st.sampled_from(["phone", "address"]), st.text()),
    st.builds(lambda a: {"dismiss": a}, st.text()),
)  # fmt: skip


def _view(call: SeatCall) -> object:
    return call.view(seat="1001", version=1)


@settings(max_examples=40, deadline=None)
@given(case=st.sampled_from(CASES), cut=st.integers(0, 400), keys=st.lists(_KEYS, max_size=4))
def test_any_beginning_of_a_call_gives_a_picture(
    case: Live, cut: int, keys: list[dict[str, Any]]
) -> None:
    call = SeatCall(scripts()[case.talk.script])
    for event in case.events()[:cut]:
        press(call, event) if isinstance(event, dict) else call.feed(event)
    if case.talk.script == "heating-repair":
        for key in keys:
            press(call, key)

    view = call.view(seat="1001", version=1)

    assert [s.step for s in view.steps] == [s.id for s in scripts()[case.talk.script].steps]
    assert view.prompt is None or view.prompt.text


@settings(max_examples=60, deadline=None)
@given(events=st.lists(_HEARD | st.builds(Tick, at=st.floats(0, 90)), max_size=25), keys=st.lists(_KEYS, max_size=4))  # fmt: skip
def test_events_in_any_order_are_survived(events: list[Event], keys: list[dict[str, Any]]) -> None:
    call = SeatCall(scripts()["heating-repair"])
    for event in events:
        call.feed(event)
        _view(call)
    for key in keys:
        press(call, key)
        _view(call)
    call.feed(ended(100))

    view = call.view(seat="1001", version=1)

    assert view.state is SeatState.ENDED
    assert view.prompt is None
    assert view.alerts == ()
    assert all(len(line.text) <= 400 for line in view.transcript)


def test_the_verdict_is_that_of_the_finals_alone() -> None:
    """Partials and keys leave no trace in what QA signs."""
    for live in lives():
        call, plain = SeatCall(scripts()["heating-repair"]), Session(scripts()["heating-repair"])
        for event in [*live.events(), ended(live.until)]:
            if isinstance(event, dict):
                press(call, event)
                continue
            call.feed(event)
            if not isinstance(event, Heard) or event.final:
                plain.feed(event)

        assert call.session.verdict("transcript") == plain.verdict("transcript")


def test_a_partial_that_never_becomes_final_is_taken_back() -> None:
    call = SeatCall(scripts()["heating-repair"])
    for at in (1.0, 1.2, 1.4, 1.6):
        call.feed(
            Heard(leg=Leg.OPERATOR, start=0.5, end=at, text="您好，大龙供暖", final=False, at=at)
        )
    ticked = {s.step for s in call.view(seat="1", version=1).steps if s.state is StepState.DONE}
    assert ticked == {"greeting"}

    call.feed(ended(3))

    assert not call.session.verdict("x").transcript


def test_while_recognition_is_behind_silence_is_not_believed() -> None:
    call = SeatCall(scripts()["heating-repair"])
    call.feed(Heard(leg=Leg.CALLER, start=1, end=2, text="我家暖气不热"))
    call.lag(4.0)
    call.feed(Tick(at=30))
    assert call.view(seat="1", version=1).alerts == ()
    assert call.view(seat="1", version=1).behind == 4.0

    call.lag(0.0)
    call.feed(Tick(at=30.5))

    assert [a.kind.value for a in call.view(seat="1", version=2).alerts] == ["dead_air"]
