"""Which channel is whose, by sound and by words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from agentbot.speech.legs import Layout, assign_by_words, has_speech_level, layout_of, likeness

RATE = 8_000
WORDINGS = ["您好，中心客服为您服务", "请问您的地址在哪里", "请问您贵姓", "感谢来电，再见"]
OPERATOR = [
    "您好中心客服为您服务",
    "请问您的地址在",
    "哪里",
    "春风路八号",
    "请问您贵姓",
    "感谢来电再见",
]
CALLER = ["喂", "我家的灯坏了", "春风路八号", "我姓刘", "好的"]


def _noise(level: float, seconds: float = 6.0) -> np.ndarray:
    noise = np.random.default_rng(99).normal(size=round(seconds * RATE))
    return (level * noise).astype(np.float32)


def test_two_people_are_apart(talk) -> None:
    assert layout_of(talk(1), talk(2), RATE) is Layout.APART


def test_two_people_with_crosstalk_are_apart(talk) -> None:
    caller, operator = talk(1), talk(2)

    assert layout_of(caller + 0.1 * operator, operator + 0.1 * caller, RATE) is Layout.APART


@settings(max_examples=30, deadline=None)
@given(
    delay=some.integers(0, round(0.95 * RATE)),
    gain=some.floats(0.02, 1.0),
    sign=some.sampled_from([1, -1]),
    first=some.booleans(),
)
def test_a_copy_is_a_copy_however_late_weak_or_inverted(talk_6, delay, gain, sign, first) -> None:
    copy = np.concatenate([np.zeros(delay, np.float32), sign * gain * talk_6])[: len(talk_6)]
    pair = (talk_6, copy) if first else (copy, talk_6)

    assert layout_of(*pair, RATE) is Layout.SAME_TWICE


@pytest.fixture(scope="module")
def talk_6() -> np.ndarray:
    random = np.random.default_rng(5)
    on = np.repeat(random.integers(0, 2, 60), RATE // 10)
    return (0.1 * on * random.normal(size=len(on))).astype(np.float32)


def test_a_copy_over_a_noisy_line_is_a_copy(talk) -> None:
    said = talk(3)

    assert layout_of(said, said + _noise(0.003), RATE) is Layout.SAME_TWICE


@pytest.mark.parametrize(
    "nothing", [np.zeros(48_000, np.float32), np.full(48_000, 0.2, np.float32), _noise(0.01)]
)
def test_a_channel_without_talk(talk, nothing) -> None:
    assert layout_of(nothing, talk(4), RATE) is Layout.LEFT_SILENT
    assert layout_of(talk(4), nothing, RATE) is Layout.RIGHT_SILENT
    assert layout_of(nothing, nothing, RATE) is Layout.SILENT


def test_one_word_in_a_long_silence_is_talk() -> None:
    quiet = _noise(0.0005, 60.0)
    quiet[80_000:83_200] += 0.05 * np.sin(np.arange(3_200) / 3).astype(np.float32)

    assert has_speech_level(quiet, RATE)


def test_likeness_of_nothing_is_none() -> None:
    empty = np.zeros(0, np.float32)

    assert likeness(empty, empty, RATE) == 0.0
    assert likeness(np.zeros(RATE, np.float32), np.ones(RATE, np.float32), RATE) == 0.0


@pytest.mark.parametrize("operator", ["left", "right"])
def test_words_tell_the_operator(operator) -> None:
    other = {"left": "right", "right": "left"}[operator]

    told = assign_by_words({operator: OPERATOR, other: CALLER}, WORDINGS)

    assert told.operator == operator
    assert told.confidence > 0.7
    assert f"{operator} says" in told.why


def test_words_tell_through_mishearings() -> None:
    misheard = ["你好中心可服为您服务", "请问你的地子在哪里", "请问您归姓", "感些来电再见"]

    assert assign_by_words({"left": CALLER, "right": misheard}, WORDINGS).operator == "right"


@pytest.mark.parametrize(
    "texts",
    [
        {"left": CALLER, "right": CALLER},
        {"left": OPERATOR, "right": OPERATOR},
        {"left": [], "right": []},
        {"left": ["。"], "right": ["嗯"]},
        {"left": OPERATOR},
        {},
    ],
)
def test_words_that_do_not_tell(texts) -> None:
    told = assign_by_words(texts, WORDINGS)

    assert told.operator is None
    assert told.confidence < 0.5


def test_who_speaks_first_alone_does_not_decide() -> None:
    assert (
        assign_by_words({"left": ["嗯"], "right": ["啊"]}, WORDINGS, first="left").operator is None
    )


def test_who_speaks_first_helps() -> None:
    texts = {"left": ["请问您贵姓"], "right": ["我姓刘"]}
    without, right, left = (
        assign_by_words(texts, WORDINGS, first=who) for who in (None, "right", "left")
    )

    assert left.confidence > without.confidence > right.confidence


def test_without_wordings_nothing_is_told() -> None:
    assert assign_by_words({"left": OPERATOR, "right": CALLER}, ["喂"]).operator is None
