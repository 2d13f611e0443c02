"""Work spread over threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from agentbot.replay.pool import spread


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_item_comes_back_once_with_its_result_or_error(jobs: int) -> None:
    def work(number: int) -> int:
        if number == 4:
            raise ValueError("four")
        return number * 10

    results = {n: f.exception() or f.result() for n, f in spread(work, range(9), jobs)}

    assert {n: r for n, r in results.items() if n != 4} == {n: n * 10 for n in range(9) if n != 4}
    assert isinstance(results[4], ValueError)


def test_items_are_only_taken_as_they_are_needed() -> None:
    taken = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            taken.append(number)
            yield number
            number += 1

    results = spread(lambda number: number, endless(), 2)
    for _ in range(10):
        next(results)
    results.close()

    assert len(taken) <= 10 + 2 * 2


def test_stopping_finishes_what_is_under_way_and_begins_nothing_new() -> None:
    begun, finished = threading.Event(), threading.Event()
    done = []

    def work(number: int) -> int:
        if number == 1:
            begun.set()
            finished.wait(10)
        done.append(number)
        return number

    results = spread(work, range(100), 2)
    next(results)
    begun.wait(10)
    finished.set()
    results.close()

    assert 1 in done
    assert len(done) < 100
