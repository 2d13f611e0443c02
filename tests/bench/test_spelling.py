"""Error rates of what was heard."""

from __future__ import annotations

from agentbot.bench.spelling import error_rates, spelling
from agentbot.core.events import Heard, Leg


def _said(*texts: str, leg: Leg = Leg.CALLER) -> list[Heard]:
    return [Heard(leg=leg, start=n, end=n + 1, text=text) for n, text in enumerate(texts)]


def test_same_sound_in_other_characters_is_no_pinyin_error() -> None:
    pair = spelling(_said("暖气不热"), _said("暖器不惹"), Leg.CALLER)

    assert error_rates([pair]) == {"cer": 0.5, "pinyin": 0.0}


def test_digits_are_spelt_and_punctuation_and_cutting_do_not_matter() -> None:
    pair = spelling(_said("幺三八，零零。", "好"), _said("138", "00 好？"), Leg.CALLER)

    assert error_rates([pair]) == {"cer": 0.0, "pinyin": 0.0}


def test_legs_are_apart_and_calls_are_weighted_by_length() -> None:
    said = [*_said("您好您好您好"), *_said("喂", leg=Leg.OPERATOR)]

    caller = spelling(said, _said("您好您好您"), Leg.CALLER)
    operator = spelling(said, [], Leg.OPERATOR)

    assert error_rates([caller])["cer"] == round(1 / 6, 4)
    assert error_rates([operator])["cer"] == 1.0
    assert error_rates([caller, operator])["cer"] == round(2 / 7, 4)


def test_where_nothing_was_said_there_is_no_rate() -> None:
    assert error_rates([spelling([], _said("嗯"), Leg.CALLER)]) == {"cer": None, "pinyin": None}
