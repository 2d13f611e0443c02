"""Where somebody speaks in a leg."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

from whisper_calls import WRONG_DIGIT, legs, truth

from agentbot.core.events import Leg
from agentbot.speech.vad import RATE, at_16k, speech_spans


@pytest.fixture(scope="module")
def operator() -> NDArray[np.float32]:
    """The operator's leg of a sample at the detector's rate."""
    return at_16k(legs(WRONG_DIGIT)[Leg.OPERATOR])


def test_each_utterance_is_covered_and_little_else(operator: NDArray[np.float32]) -> None:
    spans = speech_spans(operator)
    said = [(u.start, u.end) for u in truth(WRONG_DIGIT) if u.leg is Leg.OPERATOR]

    for start, end in said:
        covered = sum(max(0.0, min(end, e) - max(start, s)) for s, e in spans)
        assert covered > 0.8 * (end - start)
    for start, end in spans:
        assert any(s - 0.4 <= start and end <= e + 0.4 for s, e in said)


def test_spans_follow_each_other_within_the_leg(operator: NDArray[np.float32]) -> None:
    edges = [edge for span in speech_spans(operator) for edge in span]

    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= len(operator) / RATE


def test_talk_without_a_pause_is_cut_to_what_a_window_holds(
    operator: NDArray[np.float32],
) -> None:
    start, end = (round(at * RATE) for at in (41.7, 46.3))
    spans = speech_spans(np.tile(operator[start:end], 14))

    assert max(e - s for s, e in spans) <= 25.0
    assert sum(e - s for s, e in spans) > 50.0


def test_a_long_leg_is_heard_in_blocks_with_seams_where_nobody_speaks(
    operator: NDArray[np.float32],
) -> None:
    """The same talk again and again: each round gives the same utterances."""
    pause = np.zeros(2 * RATE, np.float32)
    talk = np.concatenate([operator, pause])
    rounds = 390 * RATE // len(talk) + 1
    once = speech_spans(talk)

    spans = speech_spans(np.tile(talk, rounds))

    wanted = [
        (s + n * len(talk) / RATE, e + n * len(talk) / RATE) for n in range(rounds) for s, e in once
    ]
    assert len(spans) == pytest.approx(len(wanted), abs=rounds)
    covered = sum(max(0.0, min(e, b) - max(s, a)) for s, e in spans for a, b in wanted)
    said = sum(b - a for a, b in wanted)
    assert covered > 0.97 * said
    assert sum(e - s for s, e in spans) < 1.03 * said


def test_people_talking_in_the_background_are_not_heard(operator: NDArray[np.float32]) -> None:
    spans = speech_spans(operator)
    others = 0.03 * np.roll(operator, 3 * RATE) + 0.02 * np.roll(operator[::-1], RATE)

    heard = speech_spans(operator + others)

    said = sum(e - s for s, e in spans)
    covered = sum(max(0.0, min(e, b) - max(s, a)) for s, e in heard for a, b in spans)
    assert covered > 0.95 * said
    assert sum(e - s for s, e in heard) < 1.2 * said


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros(RATE, np.float32),
        np.full(RATE, 5e-5, np.float32),
        np.full(RATE, 0.5, np.float32),
        np.float32(0.1) * np.random.default_rng(1).normal(size=3 * RATE).astype(np.float32),
    ],
    ids=["nothing", "silence", "below the noise", "constant", "noise"],
)
def test_no_speech(samples: NDArray[np.float32]) -> None:
    assert speech_spans(samples) == []
