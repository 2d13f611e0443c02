"""Whisper live: an utterance is decoded when it ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

from whisper_calls import WRONG_DIGIT, legs, truth, whisper

from agentbot.bench.spelling import error_rates, spelling
from agentbot.core.events import Heard, Leg
from agentbot.speech.base import Signal, SpeechEnded, SpeechEvent, SpeechStarted, Utterance
from agentbot.speech.whisper_stream import _recent
from agentbot.speech.whisper_words import Piece

END = 13.2
"""Seconds: greeting, issue and its read-back."""


def _chunks(samples: NDArray[np.float32], size: int) -> Iterator[NDArray[np.float32]]:
    return (samples[at : at + size] for at in range(0, len(samples), size))


def _stream(signal: Signal, seconds: float) -> list[SpeechEvent]:
    stream = whisper().stream(Leg.OPERATOR, signal.rate)
    events: list[SpeechEvent] = []
    for chunk in _chunks(signal.samples, round(seconds * signal.rate)):
        events += stream.accept(chunk)
    return [*events, *stream.finish()]


@pytest.fixture(scope="module")
def operator() -> Signal:
    """The operator's leg of the first seconds of a sample."""
    return legs(WRONG_DIGIT, end=END)[Leg.OPERATOR]


@pytest.fixture(scope="module")
def events(operator: Signal) -> list[SpeechEvent]:
    """What comes of it in chunks of 20 ms, as telephony has them."""
    return _stream(operator, 0.02)


def _heard(events: list[SpeechEvent]) -> list[Heard]:
    return [event.heard for event in events if isinstance(event, Utterance)]


def test_speech_starts_is_understood_and_ends(events: list[SpeechEvent]) -> None:
    kinds = [type(event) for event in events]

    assert len(kinds) >= 6
    assert kinds == [SpeechStarted, Utterance, SpeechEnded] * (len(kinds) // 3)


def test_times_fit_together_and_rise(events: list[SpeechEvent], operator: Signal) -> None:
    edges: list[float] = []
    for event in events:
        if isinstance(event, Utterance):
            heard = event.heard
            assert heard.leg is Leg.OPERATOR
            assert heard.start == pytest.approx(edges[-1], abs=1e-3)
            assert heard.at is not None
            assert heard.start < heard.end <= heard.at <= operator.seconds + 0.1
            assert all(heard.start <= w.start <= w.end <= heard.at for w in heard.words)
            assert "".join(word.text for word in heard.words).strip() == heard.text
            edges.append(heard.end)
        elif isinstance(event, SpeechStarted | SpeechEnded):
            edges.append(event.at)
    assert edges == sorted(edges)


def test_live_words_are_mostly_right(events: list[SpeechEvent]) -> None:
    rates = error_rates([spelling(truth(WRONG_DIGIT, END), _heard(events), Leg.OPERATOR)])

    assert rates["pinyin"] is not None
    assert rates["pinyin"] < 0.35


def test_an_utterance_comes_before_the_next_one_is_spoken(operator: Signal) -> None:
    greeting = Signal(samples=operator.samples[: 8 * operator.rate], rate=operator.rate)
    stream = whisper().stream(Leg.OPERATOR, operator.rate)

    events = stream.accept(greeting.samples)

    assert [type(event) for event in events[-2:]] == [Utterance, SpeechEnded]
    assert stream.finish() == []


def test_the_size_of_the_chunks_does_not_matter(
    events: list[SpeechEvent], operator: Signal
) -> None:
    assert _stream(operator, 0.73) == events


def test_speech_that_is_cut_off_by_the_end_is_heard(operator: Signal) -> None:
    cut = Signal(samples=operator.samples[: 2 * operator.rate], rate=operator.rate)

    events = _stream(cut, 0.1)

    assert [type(event) for event in events] == [SpeechStarted, Utterance, SpeechEnded]
    assert _heard(events)[0].text


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_where_nobody_speaks_nothing_comes(rate: int) -> None:
    noise = np.random.default_rng(5).normal(size=3 * rate).astype(np.float32)

    for samples in (np.zeros(3 * rate, np.float32), np.float32(0.02) * noise):
        assert _stream(Signal(samples=samples, rate=rate), 0.1) == []


def test_a_stream_without_sound() -> None:
    assert whisper().stream(Leg.CALLER, 8_000).finish() == []


def test_talk_without_a_pause_is_passed_on_in_parts(operator: Signal) -> None:
    start, end = (round(at * operator.rate) for at in (0.75, 6.1))
    endless = Signal(samples=np.tile(operator.samples[start:end], 4), rate=operator.rate)

    heard = _heard(_stream(endless, 0.5))

    assert len(heard) >= 2
    assert max(item.end - item.start for item in heard) <= 15.1


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [([], 0), ([3.0], 1), ([3.0, 3.0, 3.0], 3), ([3.0, 4.0, 3.5], 2), ([2.0, 11.0], 0)],
)
def test_the_latest_ten_seconds_are_decoded_along(lengths: list[float], kept: int) -> None:
    none = np.zeros(0, np.float32)
    pieces = [Piece(100.0 * i, 100.0 * i + length, none) for i, length in enumerate(lengths)]

    assert _recent(pieces) == pieces[len(pieces) - kept :]


def test_memory_does_not_grow_with_the_call(operator: Signal) -> None:
    stream = whisper().stream(Leg.OPERATOR, operator.rate)
    for chunk in _chunks(operator.samples, operator.rate):
        stream.accept(chunk)

    earlier = stream._earlier  # type: ignore[attr-defined]
    assert 0 < sum(piece.end - piece.start for piece in earlier) <= 10.0
