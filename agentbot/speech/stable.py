"""From a recogniser's guesses to words that will hardly change any more.

An engine's final comes long after the phrase; its partials come at once, but their last
words are turned over with each new one. Words that have stood for a while are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from agentbot.core.events import Heard
from agentbot.speech.base import Partial, SpeechEnded, SpeechEvent, Utterance

__all__ = ["StableWords"]

_STOOD: Final = 0.3
"""Seconds of sound in which the words stayed as they were."""


class StableWords:
    """One leg's utterances, each from its first stable words to its final ones.

    All forms of an utterance have one `start`, so that the later replaces the earlier.
    """

    def __init__(self) -> None:
        self._start: float | None = None
        self._seen: list[tuple[float, Heard]] = []
        self._given = ""

    def take(self, event: SpeechEvent, now: float) -> list[Heard]:
        """What to believe after `event`, when the leg's sound has reached `now` seconds."""
        match event:
            case Utterance(heard=heard):
                return [self._final(heard)]
            case Partial(heard=heard):
                self._seen.append((now, heard))
                return self.stood(now)
            case SpeechEnded() if self._start is not None:
                return self._withdrawn(event.at)
            case _:
                return []

    def _final(self, heard: Heard) -> Heard:
        start = heard.start if self._start is None else self._start
        self._clear()
        return replace(heard, start=start, end=max(heard.end, start))

    def stood(self, now: float) -> list[Heard]:
        """Words that have stood long enough by `now`, if they are news."""
        old = [number for number, (at, _) in enumerate(self._seen) if at <= now - _STOOD]
        if not old:
            return []
        self._seen = self._seen[old[-1] :]
        stable = _common([heard for _, heard in self._seen])
        if stable is None or stable.text == self._given:
            return []
        if self._start is None:
            self._start = stable.start
        self._given = stable.text
        return [replace(stable, start=self._start)]

    def _withdrawn(self, at: float) -> list[Heard]:
        """What was taken for words turned out to be none."""
        given, start = self._given, self._start
        leg = self._seen[-1][1].leg if self._seen else None
        self._clear()
        if not given or start is None or leg is None:
            return []
        return [Heard(leg=leg, start=start, end=max(start, at), text="")]

    def _clear(self) -> None:
        self._start, self._given = None, ""
        self._seen = []


def _common(guesses: list[Heard]) -> Heard | None:
    """The words that all guesses begin with; None: none."""
    newest = guesses[-1]
    if not newest.words:
        text = newest.text[: _alike([guess.text for guess in guesses])]
        return replace(newest, text=text) if text else None
    count = _alike([[word.text for word in guess.words] for guess in guesses])
    if not count:
        return None
    words = newest.words[:count]
    joint = "" if newest.text == "".join(word.text for word in newest.words) else " "
    return replace(
        newest,
        text=joint.join(word.text for word in words),
        words=words,
        end=words[-1].end,
        confidence=sum(word.confidence for word in words) / count,
    )


def _alike(rows: Sequence[Sequence[str]]) -> int:
    """How many items all rows begin with alike."""
    return len(list(takewhile(lambda column: len(set(column)) == 1, zip(*rows, strict=False))))
