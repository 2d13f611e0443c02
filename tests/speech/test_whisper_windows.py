"""What goes into one window, what has failed and is decoded again, and whose is a word."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.speech.whisper import _failed, windows
from agentbot.speech.whisper_words import Decoded, Piece, Placed, loops, owner


def _piece(start: float, end: float) -> Piece:
    return Piece(start, end, np.zeros(0, np.float32))


def _decoded(text: str, seconds: float, *, looped: bool = False) -> Decoded:
    words = tuple(Placed(sign, 0.0, seconds, 0.5) for sign in text)
    return Decoded(_piece(0.0, seconds), words, looped)


LENGTHS = st.lists(st.floats(0.1, 25.0), max_size=40)


@given(LENGTHS)
def test_windows_hold_all_pieces_in_order_and_never_too_much(lengths: list[float]) -> None:
    pieces = [_piece(100.0 * i, 100.0 * i + length) for i, length in enumerate(lengths)]

    found = list(windows(pieces))

    assert [piece.start for window in found for piece in window] == [p.start for p in pieces]
    assert all(found)
    for window in found:
        assert sum(p.end - p.start + 0.7 for p in window) <= 27.0 + 1e-6


@given(LENGTHS)
def test_windows_are_as_full_as_can_be(lengths: list[float]) -> None:
    pieces = [_piece(100.0 * i, 100.0 * i + length) for i, length in enumerate(lengths)]

    for window, after in pairwise(windows(pieces)):
        assert sum(p.end - p.start + 0.7 for p in [*window, after[0]]) > 27.0 - 1e-6


@pytest.mark.parametrize(
    ("decoded", "failed"),
    [
        ([_decoded("请问您的具体地址", 2.0)], False),
        ([_decoded("请问您的具体地址", 2.0, looped=True)], True),
        ([_decoded("请问您的具体地址", 2.0), _decoded("对", 0.5, looped=True)], True),
        ([_decoded("请问您的具体地址", 2.0), _decoded("", 1.2)], True),
        ([_decoded("请问您的具体地址", 2.0), _decoded("", 0.9)], False),
        ([_decoded("嗯", 0.9), _decoded("对", 1.0), _decoded("好", 1.1)], True),
        ([_decoded("嗯", 0.3), _decoded("对", 0.4)], False),
    ],
    ids=["fine", "looped", "one looped", "long and empty", "cough", "words dropped", "short"],
)
def test_failed(decoded: list[Decoded], failed: bool) -> None:
    assert _failed(decoded) is failed


@pytest.mark.parametrize(
    ("tokens", "looping"),
    [
        ([], False),
        ([1], False),
        ([1, 1, 1, 1], False),
        ([1, 1, 1, 1, 1], True),
        ([9, 8, 1, 1, 1, 1, 1, 7], True),
        ([1, 2] * 4, False),
        ([1, 2] * 5, True),
        ([1, 2, 3] * 5, True),
        ([1, 2, 3, 4] * 5, True),
        ([1, 2, 3, 4] * 4, False),
        ([1, 2, 3, 4, 5] * 9, False),
        (list(range(100)), False),
    ],
)
def test_loops(tokens: list[int], looping: bool) -> None:
    assert loops(tokens) is looping


SPANS = [(0.0, 2.0), (2.7, 4.0), (4.7, 6.0)]


@pytest.mark.parametrize(
    ("start", "end", "mine"),
    [
        (0.1, 0.5, 0),
        (1.4, 1.7, 0),
        (2.5, 2.9, 1),  # the alignment leads: sounds at 2.75
        (2.0, 2.2, 1),  # in the pause: the next one's
        (2.3, 4.6, 1),
        (3.8, 4.1, 2),
        (4.6, 5.0, 2),
        (6.5, 7.0, 2),  # behind everything: the last one's
    ],
)
def test_a_word_is_given_to_the_piece_it_sounds_in(start: float, end: float, mine: int) -> None:
    assert owner(Placed("好", start, end, 1.0), SPANS) == mine


@given(st.floats(0, 10), st.floats(0, 3))
def test_every_word_has_an_owner(start: float, length: float) -> None:
    assert owner(Placed("好", start, start + length, 1.0), SPANS) in range(3)


def test_confidence_is_the_geometric_mean_and_nothing_without_words() -> None:
    sure = Decoded(_piece(0, 1), (Placed("好", 0, 1, 0.9), Placed("的", 0, 1, 0.4)))

    assert sure.confidence == pytest.approx(0.6)
    assert _decoded("", 1.0).confidence == 0
    assert Decoded(_piece(0, 1), (Placed("好", 0, 1, 0.0),)).confidence > 0
