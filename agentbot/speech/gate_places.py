"""Where on a leg the stretches lie that a decoder was given: its times are put right by them."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Final

from agentbot.speech.base import (
    Partial,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
    Unrecognised,
    Utterance,
)

__all__ = ["Places"]

_SLACK: Final = 0.02
"""Seconds by which word times may be early."""


class Places:
    """Where on the leg the stretches lie that the stream was given."""

    def __init__(self) -> None:
        self._stretches: deque[tuple[float, float]] = deque(maxlen=200)

    def note(self, fed: float, at: float) -> None:
        """What the stream takes from its second `fed` on begins at second `at` of the leg."""
        self._stretches.append((fed, at))

    def of(self, fed: float) -> float:
        """A second of the stream, on the leg."""
        for begins, at in reversed(self._stretches):
            if fed >= begins - _SLACK:
                return round(at + fed - begins, 3)
        return round(fed, 3)

    def put(self, event: SpeechEvent) -> SpeechEvent:
        """The event in seconds of the leg."""
        if isinstance(event, SpeechStarted | SpeechEnded):
            return replace(event, at=self.of(event.at))
        if isinstance(event, Unrecognised):
            return event
        heard = event.heard
        words = tuple(
            replace(word, start=self.of(word.start), end=self._end(word.start, word.end))
            for word in heard.words
        )
        moved = replace(
            heard, start=self.of(heard.start), end=self._end(heard.start, heard.end), words=words
        )
        return Partial(heard=moved) if isinstance(event, Partial) else Utterance(heard=moved)

    def _end(self, start: float, end: float) -> float:
        """An end belongs to the stretch before it where two meet."""
        return max(
            self.of(start), self.of(max(start, end - 2 * _SLACK)) + min(end - start, 2 * _SLACK)
        )
