"""Work spread over threads: bounded, and handed back as each piece is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

__all__ = ["spread"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(
    work: Callable[[Item], Result], items: Iterable[Item], jobs: int
) -> Iterator[tuple[Item, Future[Result]]]:
    """Do `work` on all items in `jobs` threads; yields each item with its finished future.

    Only twice as many items as threads are under way, so memory does not grow with their
    number. When the caller stops (an error, Ctrl-C), nothing new is begun and what is under
    way is finished.
    """
    waiting = iter(items)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="call")
    under_way: dict[Future[Result], Item] = {}
    try:
        while True:
            for item in islice(waiting, 2 * jobs - len(under_way)):
                under_way[pool.submit(work, item)] = item
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                yield under_way.pop(future), future
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
