"""Calls through a real Asterisk, judged live by a real agentbot, and again by replay.

One shift plays them all at once (see `shift`); each test looks at what became of its own.
"""

from __future__ import annotations

import asyncio

import pytest
from rig.asterisk import Asterisk
from rig.bot import Judgement
from rig.shift import Shift

from agentbot.core.verdict import CallVerdict, FieldVerdict, FindingKind, StepVerdict

FINE = {StepVerdict.DONE, StepVerdict.NOT_APPLICABLE}
OPEN = {StepVerdict.CANNOT_TELL, StepVerdict.NOT_APPLICABLE}
NORTH = (
    "queue", "perfect", "skipped", "wrong digit", "holiday", "hold", "blind", "attended", "two",
)  # fmt: skip
SOUTH = ("halted", "killed", "stopped", "restarted")


@pytest.fixture(scope="module")
def shift(asterisk: Asterisk, tmp_path_factory: pytest.TempPathFactory) -> Shift:
    for _ in range(2):
        other = Asterisk(asterisk.installed)
        other.configure()
        try:
            other.start()
            one = Shift(tmp_path_factory.mktemp("shift"), asterisk, other)
            asyncio.run(one.run())
        finally:
            other.remove()
        if not one.torn:
            break  # else this machine was too busy for an exchange: once more
    return one


def judged(shift: Shift, house: str, seat: str, talks: int = 1) -> list[CallVerdict]:
    """The live verdicts of a seat, once it is certain that the whole shift came that far."""
    if house in shift.failed:
        raise shift.failed[house]
    found = shift.of(house, seat)
    assert len(found) == talks
    return [one.live for one in found]


def steps(verdict: CallVerdict) -> dict[str, StepVerdict]:
    return {step.step: step.verdict for step in verdict.steps}


def findings(verdict: CallVerdict) -> set[tuple[str, str | None]]:
    return {(found.kind.value, found.step or found.field) for found in verdict.findings}


def accused(verdict: CallVerdict) -> list[str]:
    """Everything held against the operator."""
    bad = [s.step for s in verdict.steps if s.verdict not in FINE | OPEN or s.late]
    return bad + [found.kind.value for found in verdict.findings]


@pytest.mark.parametrize("scene", [*NORTH, *SOUTH])
def test_the_phones_lost_nothing(shift: Shift, scene: str) -> None:
    if scene in shift.failed:
        raise shift.failed[scene]
    assert shift.harm[scene] == ""


def said(verdict: CallVerdict) -> dict[str, object]:
    """What is said of a call; not when, for that differs by a frame."""
    return {
        "steps": [(s.step, s.verdict, s.out_of_order, s.late) for s in verdict.steps],
        "fields": {
            name: (f.caller_value, f.readback_value, f.verdict, f.confirmed, f.difference)
            for name, f in verdict.fields.items()
        },
        "findings": [(f.kind, f.step, f.field, f.severity, f.points) for f in verdict.findings],
        "score": verdict.score,
    }


@pytest.mark.parametrize("house", ["north", "south"])
def test_live_and_replay_say_the_same(shift: Shift, house: str) -> None:
    if house in shift.failed:
        raise shift.failed[house]
    talks: list[Judgement] = [talk for seat in shift.judged[house].values() for talk in seat]
    assert len(talks) == {"north": 12, "south": 6}[house]
    for talk in talks:
        assert talk.replayed is not None
        assert talk.again == talk.replayed
        assert said(talk.live) == said(talk.replayed), talk.live.call_id


def test_a_perfect_call(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1003")
    assert set(steps(verdict).values()) == {StepVerdict.DONE}
    assert {f.verdict for f in verdict.fields.values()} == {FieldVerdict.MATCHED}
    assert verdict.fields["phone"].caller_value == "13988256046"
    assert (findings(verdict), verdict.score) == (set(), 100)


def test_a_skipped_read_back(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1004")
    assert findings(verdict) == {("missed_step", "phone_readback")}
    assert verdict.fields["phone"].verdict is FieldVerdict.NOT_READ_BACK


def test_a_wrong_digit_and_a_raised_voice(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1005")
    assert findings(verdict) == {
        ("readback_mismatch", "phone_readback"), ("missed_step", "name_readback"), ("shouting", None),
    }  # fmt: skip
    difference = verdict.fields["phone"].difference
    assert difference is not None
    assert (difference.place, difference.caller, difference.operator) == ("digit 10", "9", "8")


def test_a_holiday_greeted_as_any_day(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1006")
    assert verdict.greeting.variant_due == "national-day"
    assert steps(verdict)["greeting"] is StepVerdict.WRONG
    assert ("wrong_greeting", "greeting") in findings(verdict)


def test_a_call_on_hold_in_between(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1007")
    assert set(steps(verdict).values()) == {StepVerdict.DONE}
    assert findings(verdict) == set()
    assert "喂，您还在吗？" in [line.text for line in verdict.transcript]


def test_a_call_from_a_queue(shift: Shift) -> None:
    [verdict] = judged(shift, "north", "1001")
    assert (accused(verdict), verdict.score) == ([], 100)


@pytest.mark.parametrize("seat", ["1008", "1010"], ids=["blind", "attended"])
def test_a_transfer_takes_the_script_along(shift: Shift, seat: str) -> None:
    [first] = judged(shift, "north", seat)
    [second] = judged(shift, "north", str(int(seat) + 1))
    assert accused(first) == accused(second) == []
    assert steps(first)["address_readback"] is StepVerdict.DONE
    assert steps(first)["closing"] in OPEN, "the call went on elsewhere"
    assert set(steps(second).values()) == {StepVerdict.DONE}
    assert second.fields["address"].verdict is FieldVerdict.MATCHED


def test_two_calls_at_once_are_not_mixed_up(shift: Shift) -> None:
    [one], [other] = judged(shift, "north", "1012"), judged(shift, "north", "1013")
    assert one.fields["phone"].caller_value == "13988256046"
    assert other.fields["phone"].caller_value == "15866203395"
    assert findings(one) == set()
    assert ("readback_mismatch", "phone_readback") in findings(other)


def test_taps_torn_off_and_agentbot_halted(shift: Shift) -> None:
    [verdict] = judged(shift, "south", "1003")
    assert accused(verdict) == []
    done = [step for step, found in steps(verdict).items() if found is StepVerdict.DONE]
    assert {"address_readback", "ask_name", "phone_readback", "closing"} <= set(done)


def test_agentbot_killed_and_started_in_mid_call(shift: Shift) -> None:
    [verdict] = judged(shift, "south", "1004")
    assert accused(verdict) == []
    assert steps(verdict)["greeting"] is StepVerdict.CANNOT_TELL
    assert steps(verdict)["closing"] is StepVerdict.DONE


def test_agentbot_stopped_in_mid_call_keeps_what_there_is(shift: Shift) -> None:
    before, after = judged(shift, "south", "1005", 2)
    assert accused(before) == accused(after) == []
    assert steps(before)["issue_readback"] is StepVerdict.DONE
    assert steps(after)["greeting"] is StepVerdict.CANNOT_TELL


def test_asterisk_restarted_in_mid_call(shift: Shift) -> None:
    before, after = judged(shift, "south", "1007", 2)
    assert accused(before) == []
    assert steps(before)["ask_address"] is StepVerdict.DONE
    assert steps(before)["closing"] is StepVerdict.CANNOT_TELL
    assert steps(after)["ask_address"] is StepVerdict.DONE
    assert FindingKind.LATE not in {found.kind for found in after.findings}
