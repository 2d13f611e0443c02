"""Speech without words is told, silence and the other leg's leak are not."""

from __future__ import annotations

import numpy as np
import pytest

from agentbot.core.events import Heard, Leg, LossCause
from agentbot.speech.base import Signal
from agentbot.speech.unheard import unheard

RATE = 8_000


@pytest.fixture(scope="module")
def speech(korean) -> np.ndarray:
    return korean("저는 학생입니다 그리고 서울에 삽니다", RATE)


def _legs(caller: np.ndarray, operator: np.ndarray) -> dict[Leg, Signal]:
    return {
        Leg.CALLER: Signal(samples=caller, rate=RATE),
        Leg.OPERATOR: Signal(samples=operator, rate=RATE),
    }


def _heard(start: float, end: float) -> Heard:
    return Heard(leg=Leg.OPERATOR, start=start, end=end, text="…")


def test_speech_without_words_is_lost(speech) -> None:
    pause = np.zeros(2 * RATE, np.float32)
    said = np.concatenate([pause, speech, pause])

    lost = unheard([], _legs(np.zeros_like(said), said))

    assert {(item.leg, item.cause) for item in lost} == {(Leg.OPERATOR, LossCause.UNRECOGNISED)}
    assert lost[0].start == pytest.approx(2.0, abs=0.4)
    assert lost[-1].end == pytest.approx(2.0 + len(speech) / RATE, abs=0.6)


def test_speech_with_words_is_not(speech) -> None:
    pause = np.zeros(2 * RATE, np.float32)
    said = np.concatenate([pause, speech, pause, speech])
    length = len(speech) / RATE
    legs = _legs(np.zeros_like(said), said)

    lost = unheard([_heard(2.0, 2.0 + length)], legs)

    assert lost
    assert all(item.start > 3.5 + length for item in lost)
    assert unheard([_heard(2.0, 2.0 + length), _heard(4.0 + length, 4.0 + 2 * length)], legs) == []


def test_the_other_leg_heard_through_is_not(speech) -> None:
    lost = unheard([_heard(0.0, len(speech) / RATE)], _legs(0.1 * speech, speech))

    assert lost == []


@pytest.mark.parametrize("level", [0.0, 0.01])
def test_silence_and_noise_are_not(level) -> None:
    noise = (level * np.random.default_rng(3).normal(size=5 * RATE)).astype(np.float32)

    assert unheard([], _legs(noise, noise)) == []
