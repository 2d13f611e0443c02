"""How a known sound is found again in what arrived."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from agentbot.doctor.likeness import FRAME, RATE, Piece, measure, noise

SAID, OTHER = noise(1, 4), noise(2, 4)
SENT = [number * 0.02 for number in range(len(SAID) // FRAME)]


def pieces(delay: float, *, without: frozenset[int] = frozenset(), rate: int = RATE) -> list[Piece]:
    """As a tap gives them."""
    sound = SAID if rate == RATE else soxr.resample(SAID, RATE, rate)
    size = FRAME * rate // RATE
    return [
        Piece(at=at + delay, samples=sound[number * size : (number + 1) * size], rate=rate)
        for number, at in enumerate(SENT)
        if number not in without
    ]


@settings(deadline=None, max_examples=25)
@given(
    delay=st.floats(0.001, 1.0),
    lost=st.frozensets(st.integers(20, 150), max_size=20),
)
def test_delay_and_lost_frames_are_found(delay: float, lost: frozenset[int]) -> None:
    found = measure(pieces(delay, without=lost), SENT, SAID, OTHER)
    assert found.delay_ms == pytest.approx(delay * 1000, abs=0.2)
    assert found.lost == len(lost)
    assert found.frames == len(SENT)
    assert found.likeness > 0.999
    assert found.other < 0.5


def test_a_tap_at_twice_the_rate() -> None:
    found = measure(pieces(0.04, rate=16_000), SENT, SAID, OTHER)
    assert found.likeness > 0.9
    assert found.delay_ms == pytest.approx(40, abs=1)
    assert found.lost == 0


def test_both_parties_on_one_leg_and_the_wrong_one() -> None:
    mixed = [
        Piece(at=one.at, samples=(one.samples + OTHER[n * FRAME : (n + 1) * FRAME]), rate=RATE)
        for n, one in enumerate(pieces(0.03))
    ]
    both = measure(mixed, SENT, SAID, OTHER)
    assert 0.6 < both.likeness < 0.8
    assert 0.6 < both.other < 0.8
    swapped = measure(pieces(0.03), SENT, OTHER, SAID)
    assert swapped.likeness < 0.5
    assert swapped.frames == 0
    assert swapped.other > 0.999


@pytest.mark.parametrize(
    "came",
    [
        [],
        [Piece(at=1.0, samples=np.zeros(FRAME, np.int16), rate=RATE)],
        [Piece(at=1.0, samples=np.zeros(0, np.int16), rate=RATE)],
    ],
    ids=["nothing", "silence", "empty"],
)
def test_nothing_is_nothing(came: list[Piece]) -> None:
    found = measure(came, SENT, SAID, OTHER)
    assert (found.frames, found.likeness, found.delay_ms) == (0, 0.0, 0.0)
    assert measure(pieces(0.02), [], SAID, OTHER).frames == 0, "nothing was sent yet"
