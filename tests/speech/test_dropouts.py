"""What is missing in the middle of a live leg shows in when the rest arrives."""

from __future__ import annotations

import numpy as np

from agentbot.speech.dropouts import Dropouts


def _found(arrivals: list[float]) -> list[tuple[float, float]]:
    """Pieces of 20 ms that arrive at these call seconds."""
    dropouts = Dropouts()
    each = (dropouts.heard(at, 0.02 * (n + 1)) for n, at in enumerate(arrivals))
    return [(round(start, 2), round(end, 2)) for place in each if place for start, end in [place]]


def _steady(seconds: float) -> list[float]:
    return [0.02 * (n + 1) for n in range(round(seconds / 0.02))]


def _without(start: float, length: float, of: float) -> list[float]:
    """Arrivals of a leg of which a stretch was dropped."""
    return [at for at in _steady(of) if not start < at <= start + length]


def test_what_was_dropped_is_found_where_it_was() -> None:
    [(start, end)] = _found(_without(3.0, 0.08, of=8))

    assert start < 3.0 < end


def test_each_time_anew() -> None:
    arrivals = [at for at in _without(3.0, 0.08, of=12) if not 7.0 < at <= 7.1]

    assert len(_found(arrivals)) == 2


def test_jitter_is_no_loss() -> None:
    random = np.random.default_rng(1)
    late = sorted(at + random.exponential(0.03) for at in _steady(60))

    assert _found(late) == []


def test_a_stall_that_is_caught_up_is_no_loss() -> None:
    assert _found([max(at, 3.5) if 3.0 < at < 3.5 else at for at in _steady(8)]) == []


def test_a_slow_clock_is_no_loss() -> None:
    assert _found([at * 1.0001 for at in _steady(1_800)]) == []


def test_after_a_pause_everything_has_its_place() -> None:
    dropouts = Dropouts()
    dropouts.heard(1.0, 1.0)
    dropouts.reset()

    assert [dropouts.heard(5.0 + at, 4.0 + at) for at in _steady(3)] == [None] * 150
