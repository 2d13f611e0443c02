"""Speech made of tones, and a recogniser that hears it: words come only of sound that came through.

A line begins with a call tone and four tones that say which line of the book it is; a voice tone
then lasts as long as the line. A line cut short is heard short; one whose beginning is not heard
whole is speech without words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.speech.base import (
    Partial,
    Signal,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
    Stream,
    Unrecognised,
    Utterance,
)

__all__ = ["RATE", "Tones", "seconds", "sound"]

RATE: Final = 8_000
_CALL, _VOICE, _SHOUT = 450.0, (700.0, 1_900.0), (700.0, 2_600.0)
_DIGITS: Final = tuple(1_000.0 + 100 * n for n in range(16))
_TONE: Final = 0.06
"""Seconds of each tone before the voice."""
_HEAD: Final = 5 * _TONE
_PACE: Final = 0.06
"""Seconds a sign takes."""
_WINDOW: Final = 0.02
_QUIET: Final = 300.0
"""Level (of 32,768) below which there is no voice."""
_SLACK: Final = 0.1
"""Seconds that a line may lack and still be whole: a busy exchange drops as much, and no word hangs on it."""
_HUSHED: Final = 3
"""Quiet windows that end a line."""
_EACH: Final = 0.4
"""Seconds between two partials."""


def seconds(text: str) -> float:
    """How long a line takes."""
    return round(_HEAD + 0.1 + _PACE * len(text), 2)


def sound(number: int, text: str, *, shouted: bool = False) -> NDArray[np.int16]:
    """A line of the book as it sounds; no two frames are alike, so that each can be counted."""
    digits = _code(number)
    tones = [_tone((f,), _TONE) for f in (_CALL, *(_DIGITS[d] for d in digits))]
    # A raised voice is louder, and more so in the treble.
    voice = _tone(_SHOUT if shouted else _VOICE, seconds(text) - _HEAD, 2.8 if shouted else 1.0)
    whole = np.concatenate([*tones, voice])
    dither = np.random.default_rng((number, len(text))).normal(0, 150, len(whole))
    return (whole + dither).astype(np.int16)


def _tone(hertz: tuple[float, ...], length: float, loud: float = 1.0) -> NDArray[np.float64]:
    at = np.arange(round(length * RATE)) / RATE
    treble = (1.0, loud)
    parts = (treble[i] * np.sin(2 * np.pi * f * at) for i, f in enumerate(hertz))
    return np.asarray(3_500 * loud * sum(parts))


def _code(number: int) -> tuple[int, int, int, int]:
    """A line as digits: the last two check the first."""
    high, low = divmod(number, 16)
    return high, low, (3 * high + 5 * low + 7) % 16, (11 * high + 13 * low + 2) % 16


class Tones:
    """A recogniser of these lines; what it hears live and in a recording it hears the same way."""

    name = "tones"

    def __init__(self, book: Sequence[str]) -> None:
        self._book = tuple(book)

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Stream:
        return _Ear(self._book, leg, rate)

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        found: list[Heard | AudioLost] = []
        for leg, signal in legs.items():
            ear = _Ear(self._book, leg, signal.rate)
            for event in [*ear.accept(signal.samples), *ear.finish()]:
                if isinstance(event, Utterance):
                    found.append(event.heard)
                elif isinstance(event, Unrecognised):
                    cause = LossCause.UNRECOGNISED
                    found.append(AudioLost(leg=leg, start=event.start, end=event.end, cause=cause))
        return sorted(found, key=lambda item: (item.start, item.leg))


@dataclass
class _Line:
    """What is being said."""

    begun: float
    heard: list[int]
    """Index of the loudest tone in each window."""
    number: int | None = None
    shown: float = 0.0
    quiet: int = 0


class _Ear:
    """A `Stream`."""

    def __init__(self, book: Sequence[str], leg: Leg, rate: int) -> None:
        self._book, self._leg, self._rate = book, leg, rate
        self._size = round(rate * _WINDOW)
        self._rest = np.zeros(0, np.float32)
        self._at = 0
        self._line: _Line | None = None
        grid = np.fft.rfftfreq(self._size, 1 / rate)
        wanted = (_CALL, *_DIGITS)
        self._bins = [int(np.argmin(np.abs(grid - hertz))) for hertz in wanted]

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        whole = np.concatenate([self._rest, samples])
        events: list[SpeechEvent] = []
        while len(whole) >= self._size:
            events += self._window(whole[: self._size] * 32_768)
            whole = whole[self._size :]
            self._at += self._size
        self._rest = whole
        return events

    def finish(self) -> list[SpeechEvent]:
        return self._end(self._at / self._rate) if self._line else []

    def _window(self, window: NDArray[np.float32]) -> list[SpeechEvent]:
        at = self._at / self._rate
        quiet = float(np.sqrt(np.mean(window**2))) < _QUIET
        line = self._line
        if line is None:
            if quiet:
                return []
            self._line = _Line(begun=at, heard=[self._tone(window)])
            return [SpeechStarted(at=round(at, 3))]
        line.quiet = line.quiet + 1 if quiet else 0
        if line.quiet == _HUSHED:
            return self._end(at - (_HUSHED - 1) * _WINDOW)
        line.heard.append(self._tone(window))
        if line.number is None and at - line.begun >= _HEAD + _WINDOW:
            line.number = self._number(line)
        if line.number is not None and line.number >= 0 and at - line.shown >= _EACH:
            line.shown = at
            return [Partial(heard=self._heard(line, line.number, at, final=False))]
        return []

    def _tone(self, window: NDArray[np.float32]) -> int:
        """0: the call, n + 1: digit n, -1: neither."""
        power = np.abs(np.fft.rfft(window * np.hanning(len(window)))) ** 2
        share = power[self._bins] / (power.sum() + 1e-9)
        return int(np.argmax(share)) if share.max() > 0.3 else -1

    def _number(self, line: _Line) -> int:
        """Which line of the book it is; -1: its beginning was not heard."""
        each = round(_TONE / _WINDOW)
        call, *code = (line.heard[n * each + 1] for n in range(5))
        number = (code[0] - 1) * 16 + code[1] - 1
        known = call == 0 and 0 <= number < len(self._book)
        return number if known and _code(number) == tuple(n - 1 for n in code) else -1

    def _end(self, at: float) -> list[SpeechEvent]:
        line, self._line = self._line, None
        assert line is not None
        ended = SpeechEnded(at=round(at, 3))
        longest = seconds(self._book[line.number]) + 2 * _WINDOW if line.number is not None else 0.0
        if line.number is None or line.number < 0 or at - line.begun > longest:
            return [Unrecognised(start=round(line.begun, 3), end=round(at, 3)), ended]
        return [Utterance(heard=self._heard(line, line.number, at, final=True)), ended]

    def _heard(self, line: _Line, number: int, at: float, *, final: bool) -> Heard:
        text = self._book[number]
        share = (at - line.begun + _SLACK - _HEAD) / (seconds(text) - _HEAD)
        return Heard(
            leg=self._leg,
            start=round(line.begun, 3),
            end=round(max(at, line.begun), 3),
            text=text[: max(1, round(min(1.0, share) * len(text)))],
            confidence=0.95,
            final=final,
        )
