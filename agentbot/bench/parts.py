"""Where the time of `agentbot replay` goes: recognising, second looks, judging, pages.

Everything else is done as `agentbot replay` does it; only a clock is read between the parts.
Seconds are those of the threads that judge calls, so that with two jobs they add up to twice
the wall time.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg
from agentbot.core.verdict import CallVerdict
from agentbot.replay.judge import Judged
from agentbot.replay.recognisers import Recognisers
from agentbot.replay.results import Results
from agentbot.report.summary import Failure
from agentbot.speech.base import Recogniser, Signal

__all__ = ["Clock", "TimedRecognisers", "TimedResults"]


class Clock:
    """Seconds by part, over all threads; one call at a time in each thread."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._adding = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what is done within; what lies between two parts of a call is `judging`."""
        self._end("judging" if name != "recognising" else "")
        try:
            yield
        finally:
            self._end(name)

    def _end(self, name: str) -> None:
        now = time.perf_counter()
        if name:
            with self._adding:
                self.seconds[name] += now - getattr(self._mine, "since", now)
        self._mine.since = now


class TimedRecognisers(Recognisers):
    """Recognisers whose work is timed."""

    def __init__(self, load: Callable[[], tuple[Recogniser, str]], clock: Clock) -> None:
        super().__init__(load)
        self._clock = clock

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """As `Recognisers.transcribe`."""
        with self._clock.part("recognising"):
            return super().transcribe(legs, hot_words)

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """As `Recognisers.rehear`."""
        with self._clock.part("second_looks"):
            return super().rehear(legs, doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedResults(Results):
    """Results whose writing is timed."""

    clock: Clock

    def keep(self, judged: Judged, digest: str) -> None:
        """As `Results.keep`."""
        with self.clock.part("pages"):
            super(TimedResults, self).keep(judged, digest)

    def summarise(self, verdicts: Iterable[CallVerdict], broken: Sequence[Failure]) -> None:
        """As `Results.summarise`."""
        with self.clock.part("pages"):
            super(TimedResults, self).summarise(verdicts, broken)
