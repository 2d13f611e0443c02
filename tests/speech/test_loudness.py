"""A raised voice, told from a loud line; speech is synthetic, the raising is done here."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from agentbot.core.events import Heard, Leg
from agentbot.speech.base import Signal
from agentbot.speech.loudness import voice_of, with_loudness

RATE = 8_000
SAID = (
    "안녕하세요 무엇을 도와 드릴까요",
    "주소가 어떻게 되세요",
    "서울시 강남구 맞습니까",
    "성함이 어떻게 되십니까",
    "전화번호를 말씀해 주세요",
    "공일공 삼사오육 맞습니까",
    "감사합니다 안녕히 계세요",
)
Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def lines(korean) -> list[Samples]:
    return [0.1 / 0.3 * korean(text, RATE) for text in SAID]


def _louder(voice: Samples, gain: float, treble: float = 0.0) -> Samples:
    """By `gain` dB, and above 1 kHz by `treble` more, as far as the line carries it."""
    spectrum = np.fft.rfft(voice)
    high = np.fft.rfftfreq(len(voice), 1 / RATE) > 1_000
    spectrum[high] *= 10 ** (treble / 20)
    samples = np.fft.irfft(spectrum, len(voice)) * 10 ** (gain / 20)
    return np.clip(samples, -1, 1).astype(np.float32)


def _measured(lines: list[Samples], leg: Leg = Leg.OPERATOR) -> list[float | None]:
    """The loudness of each line, spoken one after the other with pauses."""
    pause = np.zeros(RATE, np.float32)
    heard, parts, at = [], [], 0.0
    for line in lines:
        seconds = len(line) / RATE
        heard.append(Heard(leg=leg, start=at, end=at + seconds, text="好的"))
        parts += [line, pause]
        at += seconds + 1
    legs = {leg: Signal(samples=np.concatenate(parts), rate=RATE)}
    return [item.loudness for item in with_loudness(heard, legs) if isinstance(item, Heard)]


@pytest.mark.parametrize("who", [1, 3, 6])
def test_a_raised_voice_stands_out(lines, who) -> None:
    spoken = [_louder(line, 14, 6) if at == who else line for at, line in enumerate(lines)]

    raised = [value or 0 for value in _measured(spoken)]

    assert 12 <= raised.pop(who) <= 20
    assert max(raised) < 6


@pytest.mark.parametrize("gain", [-20, 0, 9])
def test_a_loud_line_is_no_loud_voice(lines, gain) -> None:
    assert max(value or 0 for value in _measured([_louder(line, gain) for line in lines])) < 6


def test_a_microphone_moved_is_no_loud_voice(lines) -> None:
    moved = [*lines[:4], *(_louder(line, 14) for line in lines[4:])]

    assert max(value or 0 for value in _measured(moved)) < 10


def test_nothing_is_usual_in_a_short_call(lines) -> None:
    assert _measured([*lines[:2], _louder(lines[4], 14, 6)]) == [None] * 3


def test_only_the_operator_is_measured(lines) -> None:
    assert _measured(lines, Leg.CALLER) == [None] * len(lines)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(RATE, np.float32),
        np.ones(RATE, np.float32),
        np.ones(RATE // 4, np.float32),
    ],
    ids=["nothing", "silence", "offset", "short"],
)
def test_no_voice_is_no_number(samples) -> None:
    voice = voice_of(samples, RATE)

    assert voice is None or np.isfinite([voice.level, voice.balance]).all()


def test_times_beyond_the_sound(lines) -> None:
    heard = [Heard(leg=Leg.OPERATOR, start=90.0, end=95.0, text="好的")]

    assert with_loudness(heard, {Leg.OPERATOR: Signal(samples=lines[0], rate=RATE)}) == heard
