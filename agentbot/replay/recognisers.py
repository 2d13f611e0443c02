"""A recogniser that many threads may use at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg
from agentbot.speech.base import Recogniser, Rehearing, Signal

__all__ = ["Recognisers"]


class Recognisers:
    """Lends out loaded recognisers; loads another only when all that are loaded are in use.

    `load` gives a recogniser and a sentence saying which it is and why it was taken. The
    first is loaded at once.

    Raises:
        RecognizerError: the engine or its model cannot be used.
    """

    def __init__(self, load: Callable[[], tuple[Recogniser, str]]) -> None:
        self._load = load
        first, self.why = load()
        self.name = first.name
        self._idle = [first]
        self._loading = threading.Lock()

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """As `Recogniser.transcribe`."""
        with self._one() as recogniser:
            return recogniser.transcribe(legs, hot_words)

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """As `Rehearing.rehear`; no answers where the engine takes no second look."""
        with self._one() as recogniser:
            return recogniser.rehear(legs, doubts) if isinstance(recogniser, Rehearing) else []

    def load_up_to(self, number: int) -> None:
        """Load so many now rather than when they are needed."""
        while len(self._idle) < number:
            self._idle.append(self._load()[0])

    @contextmanager
    def _one(self) -> Iterator[Recogniser]:
        with self._loading:
            recogniser = self._idle.pop() if self._idle else self._load()[0]
        try:
            yield recogniser
        finally:
            self._idle.append(recogniser)
