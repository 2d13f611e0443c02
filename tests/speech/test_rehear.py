"""The second look: what was really said wins on each leg."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

from whisper_calls import WRONG_DIGIT, legs, truth, whisper

from agentbot.core.doubts import StepDoubt, ValueDoubt
from agentbot.core.events import Heard, Leg, Rescored, Sought
from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span
from agentbot.speech.base import Signal
from agentbot.speech.models import whisper_base_folder
from agentbot.speech.rehear import cut
from agentbot.speech.vad import RATE
from agentbot.speech.whisper import WhisperRecogniser

SAID, READ_BACK = "15866203395", "15866203385"


def _spans(leg: Leg, wording: str, widen: float = 0.15) -> tuple[Span, ...]:
    return tuple(
        Span(start=u.start - widen, end=u.end + widen)
        for u in truth(WRONG_DIGIT)
        if u.leg is leg and wording in u.text
    )


def _doubt(
    kind: FieldKind,
    wordings: tuple[str, str],
    rivals: tuple[str, ...] = (),
    leads: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()),
) -> ValueDoubt:
    return ValueDoubt(
        field=kind.value,
        kind=kind,
        caller=_spans(Leg.CALLER, wordings[0]),
        operator=_spans(Leg.OPERATOR, wordings[1]),
        rivals=rivals,
        caller_leads=leads[0],
        operator_leads=leads[1],
    )


def _answer(doubt: ValueDoubt) -> Rescored:
    (answer,) = whisper().rehear(legs(WRONG_DIGIT), [doubt])
    assert isinstance(answer, Rescored)
    assert answer.field == doubt.field
    return answer


def _phone(*heard: str) -> ValueDoubt:
    return _doubt(FieldKind.PHONE, ("三三九五", "三三八五"), heard)


@pytest.fixture(scope="module")
def phone() -> Rescored:
    """The doubt that a call with a digit read back wrongly would raise, answered."""
    return _answer(_phone(SAID, READ_BACK))


def test_each_leg_prefers_the_number_that_was_said_on_it(phone: Rescored) -> None:
    caller = {value: score for value, score, _ in phone.scores}
    operator = {value: score for value, _, score in phone.scores}

    assert max(caller, key=caller.__getitem__) == SAID
    assert max(operator, key=operator.__getitem__) == READ_BACK
    assert all(score <= 0 for score in [*caller.values(), *operator.values()])


def test_only_whole_mobile_numbers_are_answered_each_once(phone: Rescored) -> None:
    values = [value for value, _, _ in phone.scores]

    assert len(set(values)) == len(values)
    assert all(len(v) == 11 and v[0] == "1" and v[1] in "3456789" for v in values)


def test_the_answer_is_placed_behind_what_it_is_about(phone: Rescored) -> None:
    assert phone.at == max(span.end for span in _phone(SAID).operator)


def test_numbers_are_found_in_the_sound_where_little_was_heard() -> None:
    found = {value: (c, o) for value, c, o in _answer(_phone("58", "3385")).scores}

    assert {SAID, READ_BACK} <= set(found)
    assert found[SAID][0] > found[READ_BACK][0]
    assert found[READ_BACK][1] > found[SAID][1]


def test_a_second_look_is_the_same_each_time(phone: Rescored) -> None:
    assert _answer(_phone(SAID, READ_BACK)) == phone


def test_house_numbers_are_found_behind_the_words_that_lead_up_to_them() -> None:
    leads = ("阳春路二十六号院，",)

    answer = _answer(_doubt(FieldKind.ADDRESS, ("阳春路", "阳春路"), leads=(leads, leads)))

    said = "8号楼1单元603室"
    assert answer.caller == answer.operator == (said,)
    assert max(answer.scores, key=lambda score: score[1] + score[2])[0] == said


def test_the_family_name_that_was_said_is_likelier() -> None:
    names = ("王", "李", "张", "刘", "陈", "周", "吴")
    said = next(u.text for u in truth(WRONG_DIGIT) if u.leg is Leg.CALLER and "姓" in u.text)
    surname = said[said.index("姓") + 1]

    doubt = _doubt(FieldKind.NAME, ("姓", "姓"), (*names, surname), (("我姓",), ("您姓",)))

    assert max(_answer(doubt).scores, key=lambda score: score[1])[0] == surname


def test_without_a_place_for_the_value_nothing_is_answered() -> None:
    assert (
        whisper().rehear(legs(WRONG_DIGIT), [_doubt(FieldKind.ADDRESS, ("阳春路", "阳春路"))]) == []
    )


def test_what_does_not_fit_a_window_stays_in_doubt() -> None:
    long = ValueDoubt(
        field="phone",
        kind=FieldKind.PHONE,
        caller=(Span(start=0.0, end=28.5),),
        operator=(Span(start=36.0, end=39.9),),
        rivals=(SAID,),
    )

    assert whisper().rehear(legs(WRONG_DIGIT), [long]) == []


def test_cut_puts_the_stretches_one_after_the_other() -> None:
    samples = np.arange(3 * RATE, dtype=np.float32)

    leg = Signal(samples=samples, rate=RATE)

    sound = cut(leg, [Span(start=0.5, end=1.0), Span(start=2.0, end=2.5)])

    pause = np.zeros(round(0.2 * RATE), np.float32)
    half = RATE // 2
    expected = [samples[half : 2 * half], pause, samples[4 * half : 5 * half], pause]
    assert sound.tolist() == np.concatenate(expected).tolist()
    assert not len(cut(leg, []))


def test_truth_is_as_these_tests_take_it() -> None:
    said: list[Heard] = truth(WRONG_DIGIT)

    assert len(_spans(Leg.CALLER, "三三九五")) == len(_spans(Leg.OPERATOR, "三三八五")) == 1
    assert [u.text for u in said if "三三" in u.text] == [
        "一五八，六六二零，三三九五。",
        "一五八，六六二零，三三八五，对吗？",
    ]


def test_a_step_is_likely_where_it_was_said_and_nowhere_else() -> None:
    operator = [u for u in truth(WRONG_DIGIT) if u.leg is Leg.OPERATOR]
    asked = next(u for u in operator if "手机号" in u.text)
    wordings = (("phone", (asked.text.rstrip("？。"),)), ("closing", ("感谢您的来电再见",)))
    doubt = StepDoubt(operator=Span(start=asked.start, end=asked.end), steps=wordings)

    found = whisper().rehear(legs(WRONG_DIGIT), [doubt])

    told = {answer.step: answer.likelihood for answer in found if isinstance(answer, Sought)}
    assert told["phone"] > -3.0
    assert told["closing"] < -4.0


def test_a_number_asked_about_before_it_is_read_back_is_answered_alike(phone: Rescored) -> None:
    doubt = _phone(SAID, READ_BACK)
    fresh = WhisperRecogniser(whisper_base_folder(), threads=2)

    assert fresh.rehear(legs(WRONG_DIGIT), [replace(doubt, operator=(), rivals=(SAID,))]) == []
    assert fresh.rehear(legs(WRONG_DIGIT), [doubt]) == [phone]
