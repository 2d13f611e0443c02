"""All forms of one utterance carry one start, so that a later form replaces the earlier."""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.events import Heard
from agentbot.speech.base import Partial, SpeechEnded, SpeechEvent, Utterance

__all__ = ["Utterances"]


class Utterances:
    """One leg's, from the first partial to the final; what turns out to be none is taken back.

    Which partial may be believed is not decided here (`core.seat.steady`).
    """

    def __init__(self) -> None:
        self._open: Heard | None = None

    def take(self, event: SpeechEvent) -> list[Heard]:
        """What `event` says of the utterance under way; an empty text takes it back."""
        match event:
            case Partial(heard=heard):
                self._open = self._same(heard)
                return [self._open]
            case Utterance(heard=heard):
                said, self._open = self._same(heard), None
                return [said]
            case SpeechEnded() if self._open is not None:
                gone, self._open = self._open, None
                return [replace(gone, text="", words=(), final=True)]
            case _:
                return []

    def _same(self, heard: Heard) -> Heard:
        if self._open is None:
            return heard
        start = self._open.start
        return replace(heard, start=start, end=max(heard.end, start))
