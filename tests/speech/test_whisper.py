"""Whisper base on real recordings: who says what, when, how surely; and where nobody speaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

from opencc import OpenCC
from whisper_calls import WRONG_DIGIT, legs, truth, whisper

from agentbot.bench.spelling import error_rates, spelling
from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.speech.base import Signal
from agentbot.speech.models import whisper_base_folder
from agentbot.speech.vad import RATE, at_16k
from agentbot.speech.whisper import WhisperRecogniser, _failed
from agentbot.speech.whisper_words import Piece

SHORT = 16.6
"""Seconds: greeting, issue, its read-back, the next question."""


@pytest.fixture(scope="module")
def call() -> list[Heard | AudioLost]:
    """A whole call, recognised."""
    return whisper().transcribe(legs(WRONG_DIGIT))


@pytest.fixture(scope="module")
def short() -> list[Heard | AudioLost]:
    """The first seconds of that call alone."""
    return whisper().transcribe(legs(WRONG_DIGIT, end=SHORT))


def _heard(items: Sequence[Heard | AudioLost]) -> list[Heard]:
    return [item for item in items if isinstance(item, Heard)]


def test_each_utterance_is_heard_on_its_leg_and_in_its_place(
    call: list[Heard | AudioLost],
) -> None:
    said = truth(WRONG_DIGIT)

    found = [
        min(
            range(len(said)),
            key=lambda i: abs(said[i].start + said[i].end - item.start - item.end),
        )
        for item in _heard(call)
    ]

    assert found == sorted(found)
    assert set(found) == set(range(len(said)))
    assert [item.leg for item in _heard(call)] == [said[i].leg for i in found]


def test_nothing_is_lost_on_a_clear_line(call: list[Heard | AudioLost]) -> None:
    assert [item for item in call if isinstance(item, AudioLost)] == []


def test_times_lie_within_the_recording_and_rise(call: list[Heard | AudioLost]) -> None:
    seconds = legs(WRONG_DIGIT)[Leg.CALLER].seconds

    assert [item.start for item in call] == sorted(item.start for item in call)
    for item in _heard(call):
        assert 0 <= item.start < item.end <= seconds
        starts = [word.start for word in item.words]
        assert starts == sorted(starts)
        assert all(item.start <= w.start <= w.end <= item.end for w in item.words)


def test_confidences_are_shares(call: list[Heard | AudioLost]) -> None:
    sure = [item.confidence for item in _heard(call)]

    assert all(c is not None and 0 < c <= 1 for c in sure)
    assert len(set(sure)) > len(sure) / 2
    assert all(0 <= word.confidence <= 1 for item in _heard(call) for word in item.words)


def test_words_make_up_the_text(call: list[Heard | AudioLost]) -> None:
    for item in _heard(call):
        assert "".join(w.text for w in item.words).replace(" ", "") == item.text.replace(" ", "")


@pytest.mark.parametrize("leg", list(Leg))
def test_most_syllables_are_right(call: list[Heard | AudioLost], leg: Leg) -> None:
    rates = error_rates([spelling(truth(WRONG_DIGIT), _heard(call), leg)])

    assert rates["pinyin"] is not None
    assert rates["pinyin"] < 0.3


def test_only_simplified_characters_are_written(call: list[Heard | AudioLost]) -> None:
    text = "".join(item.text for item in _heard(call))

    assert text == OpenCC("t2s").convert(text)


def test_the_same_sound_gives_the_same_words(short: list[Heard | AudioLost]) -> None:
    assert whisper().transcribe(legs(WRONG_DIGIT, end=SHORT)) == short


def test_threads_change_nothing(short: list[Heard | AudioLost]) -> None:
    alone = WhisperRecogniser(whisper_base_folder(), threads=1)

    assert alone.transcribe(legs(WRONG_DIGIT, end=SHORT)) == short


def test_hot_words_do_no_harm(short: list[Heard | AudioLost]) -> None:
    words = ["大龙供暖", "报修", "阳春路"]

    assert whisper().transcribe(legs(WRONG_DIGIT, end=SHORT), words) == short


def test_a_leg_without_sound_leaves_the_other_as_it_is(short: list[Heard | AudioLost]) -> None:
    operator = legs(WRONG_DIGIT, end=SHORT)[Leg.OPERATOR]
    empty = Signal(samples=np.zeros(0, np.float32), rate=operator.rate)

    found = whisper().transcribe({Leg.CALLER: empty, Leg.OPERATOR: operator})

    assert found == [item for item in short if item.leg is Leg.OPERATOR]


def test_what_leaks_from_the_other_leg_is_not_heard_twice(short: list[Heard | AudioLost]) -> None:
    both = legs(WRONG_DIGIT, end=SHORT)
    operator = both[Leg.OPERATOR]
    leak = Signal(samples=0.04 * operator.samples, rate=operator.rate)

    found = whisper().transcribe({Leg.CALLER: leak, Leg.OPERATOR: operator})

    assert found == [item for item in short if item.leg is Leg.OPERATOR]


@pytest.fixture(scope="module")
def is_it() -> NDArray[np.float32]:
    """The operator's 是吗 and nothing else."""
    return at_16k(legs(WRONG_DIGIT, 12.2, 12.9)[Leg.OPERATOR])


def test_a_window_that_drops_words_is_decoded_again_in_halves(is_it: NDArray[np.float32]) -> None:
    seconds = len(is_it) / RATE
    window = [Piece(2.0 * i, 2.0 * i + seconds, is_it) for i in range(12)]

    at_once, again = whisper()._decoder.decode(window), whisper()._decode(window)

    assert _failed(at_once)
    assert [decoded.piece for decoded in again] == window
    assert sum("是吗" in decoded.text for decoded in again) >= 11


def test_a_loop_that_cannot_be_halved_is_no_speech(is_it: NDArray[np.float32]) -> None:
    one = Piece(0.0, 12.0, np.tile(is_it, 16))

    (at_once,), (again,) = whisper()._decoder.decode([one]), whisper()._decode([one])

    assert at_once.looped
    assert at_once.text
    assert again.text == ""


NOISE = np.random.default_rng(3).normal(size=5 * 8_000).astype(np.float32)
QUIET = {
    "no samples": np.zeros(0, np.float32),
    "one sample": np.ones(1, np.float32),
    "silence": np.zeros(5 * 8_000, np.float32),
    "quantisation": np.sign(NOISE) * np.float32(2**-15),
    "noise": np.float32(0.05) * NOISE,
    "loud noise": np.float32(0.3) * NOISE.clip(-3, 3),
    "hum": np.float32(0.2) * np.sin(np.arange(40_000) * 2 * np.pi * 50 / 8_000).astype(np.float32),
    "dial tone": np.float32(0.2)
    * np.sin(np.arange(40_000) * 2 * np.pi * 450 / 8_000).astype(np.float32),
}


@pytest.mark.parametrize("name", QUIET)
def test_where_nobody_speaks_nothing_is_invented(name: str) -> None:
    both = {leg: Signal(samples=QUIET[name], rate=8_000) for leg in Leg}

    assert whisper().transcribe(both) == []
