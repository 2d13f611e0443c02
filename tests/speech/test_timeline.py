"""Live pieces find their place on the call by when they arrive."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agentbot.speech.timeline import Stretch, Timeline

RATE = 8_000
ORIGIN = 100.0


def _piece(seconds: float = 0.02, value: int = 1) -> np.ndarray:
    return np.full(round(seconds * RATE), value, np.int16)


def _placed(arrivals: list[float], until: float | None = None) -> list[Stretch]:
    """Pieces of 20 ms that arrive at these call seconds."""
    line = Timeline(RATE, ORIGIN)
    found = [s for at in arrivals for s in line.accept(ORIGIN + at, _piece())]
    return [*found, *(line.finish(until) if until is not None else ())]


def _steady(start: float, seconds: float) -> list[float]:
    return [start + 0.02 * (n + 1) for n in range(round(seconds / 0.02))]


def _silences(stretches: list[Stretch]) -> list[tuple[float, float]]:
    return [(round(s.start, 2), round(s.silence, 2)) for s in stretches if s.silence]


def test_steady_sound_has_no_silence() -> None:
    assert _silences(_placed(_steady(0, 5))) == []


def test_first_piece_says_when_the_leg_begins() -> None:
    assert _silences(_placed(_steady(1.5, 1), 2.5)) == [(0.0, 1.5)]


def test_jitter_is_no_silence() -> None:
    random = np.random.default_rng(1)
    arrivals = sorted(at + random.uniform(0, 0.2) for at in _steady(0, 10))

    assert _silences(_placed([0.02, *arrivals[1:]])) == []


def test_held_leg_is_silent_for_as_long() -> None:
    assert _silences(_placed([*_steady(0, 2), *_steady(62, 3)])) == [(2.0, 60.0)]


def test_burst_after_a_stall_is_taken_as_continuous() -> None:
    stalled = [*_steady(0, 2), *([5.0] * 150), *_steady(5, 2)]

    assert _silences(_placed(stalled)) == []


def test_burst_that_takes_its_time_is_continuous_too() -> None:
    arriving = [5.0 + 0.005 * n for n in range(200)]  # 4 s of sound within one
    assert _silences(_placed([*_steady(0, 2), *arriving, *_steady(6, 2)])) == []


def test_what_was_lost_of_a_burst_is_silence_before_it() -> None:
    half = [*_steady(0, 2), *([6.0] * 100), *_steady(6, 2)]

    assert _silences(_placed(half)) == [(2.0, 2.0)]


def test_end_fills_up() -> None:
    assert _silences(_placed(_steady(0, 1), 4.0)) == [(1.0, 3.0)]


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_no_hole_no_overlap_nothing_lost(pauses: list[float]) -> None:
    arrivals = list(np.cumsum(pauses) + 0.02)
    stretches = _placed(arrivals, float(arrivals[-1]) + 1)

    at = 0.0
    for stretch in stretches:
        assert abs(stretch.start - at) < 1e-6
        at += stretch.silence + len(stretch.samples) / RATE
    assert sum(len(s.samples) for s in stretches) == len(arrivals) * 160
    assert at >= arrivals[-1] - 0.31
