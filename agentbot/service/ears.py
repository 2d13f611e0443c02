"""The threads in which calls are heard: live legs first, second looks when there is time."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import structlog

from agentbot.speech.base import Aside, Recogniser

__all__ = ["Ears"]

log = structlog.get_logger()
Result = TypeVar("Result")

_NICE: Final = 10


class Ears:
    """One loaded recogniser for all calls.

    A leg asks for a turn when it has sound; turns are taken in order, so that no call waits
    for another's backlog. Second looks have a thread of their own, and what can wait has one
    of lower priority.
    """

    def __init__(self, recogniser: Recogniser, threads: int) -> None:
        self.recogniser = recogniser
        self._live = ThreadPoolExecutor(threads, "leg")
        self._looks = ThreadPoolExecutor(1, "look")
        self._spare = ThreadPoolExecutor(1, "spare", _yield_to_others)
        self._closed = False
        self._patient: Recogniser | None = None

    @property
    def patient(self) -> Recogniser:
        """The recogniser for work in `spare`: what decodes there keeps no live leg waiting."""
        if self._patient is None:
            own = self.recogniser
            self._patient = own.aside() if isinstance(own, Aside) else own
        return self._patient

    def turn(self, work: Callable[[], None]) -> None:
        """Do a short piece of live work in its turn."""
        if not self._closed:
            self._live.submit(work)

    async def look(self, work: Callable[[], Result]) -> Result:
        """Hear a stretch of a call again while it goes on: after the live legs, before all else."""
        return await asyncio.get_running_loop().run_in_executor(self._looks, work)

    async def spare(self, work: Callable[[], Result]) -> Result:
        """Do what can wait."""
        return await asyncio.get_running_loop().run_in_executor(self._spare, work)

    def close(self) -> None:
        """Take no more work; what is under way goes on to its end."""
        self._closed = True
        self._live.shutdown(wait=False, cancel_futures=True)
        self._looks.shutdown(wait=False, cancel_futures=True)
        self._spare.shutdown(wait=False, cancel_futures=True)


def _yield_to_others() -> None:
    """On Linux a thread has a priority of its own."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    except OSError:
        log.debug("spare work has no lower priority here")
