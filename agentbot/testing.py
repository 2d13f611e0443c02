"""Doubles for tests of agentbot and of what is built on it; all of them speak the real protocols."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.simulate import Placed, SimulatedCall, SimulatedExchange, Transfer
from agentbot.speech.base import (
    Partial,
    Signal,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
    Stream,
    Utterance,
)

__all__ = [
    "FakeSounddevice",
    "Placed",
    "ScriptedRecogniser",
    "SimulatedCall",
    "SimulatedExchange",
    "Transfer",
]

_AFTER: Final = 0.3
"""Seconds after an utterance's end at which it comes out."""
_EACH: Final = 0.4
"""Seconds between two partials."""


class ScriptedRecogniser:
    """Hears what it was told, at the right time of any sound: a recogniser without a model."""

    name = "scripted"

    def __init__(self, lines: Iterable[Heard]) -> None:
        self._lines = sorted(lines, key=lambda line: (line.start, line.leg))

    def transcribe(
        self,
        legs: Mapping[Leg, Signal],
        hot_words: Sequence[str] = (),  # noqa: ARG002 - as the protocol has it
    ) -> list[Heard | AudioLost]:
        """All lines of these legs."""
        return [line for line in self._lines if line.leg in legs]

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Stream:  # noqa: ARG002
        """One leg's lines as its sound goes by."""
        return _Told([line for line in self._lines if line.leg is leg], rate)


class _Told:
    def __init__(self, lines: list[Heard], rate: int) -> None:
        self._lines, self._rate = lines, rate
        self._at = 0.0
        self._shown = -1.0

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        self._at += len(samples) / self._rate
        events: list[SpeechEvent] = []
        while self._lines and self._lines[0].start < self._at:
            line = self._lines[0]
            if self._at >= line.end + _AFTER:
                events += self._whole(self._lines.pop(0))
                continue
            events += self._partly(line)
            break
        return events

    def finish(self) -> list[SpeechEvent]:
        started = [line for line in self._lines if line.start < self._at]
        self._lines = []
        return [event for line in started for event in self._whole(line)]

    def _whole(self, line: Heard) -> list[SpeechEvent]:
        self._shown = -1.0
        return [Utterance(heard=line), SpeechEnded(at=line.end)]

    def _partly(self, line: Heard) -> list[SpeechEvent]:
        first = self._shown < line.start
        if not first and self._at - self._shown < _EACH:
            return []
        self._shown = self._at
        share = (self._at - line.start) / max(0.1, line.end - line.start)
        text = line.text[: max(1, int(len(line.text) * min(1.0, share)))]
        partial = replace(line, text=text, words=(), end=min(line.end, self._at), final=False)
        begun: list[SpeechEvent] = [SpeechStarted(at=line.start)] if first else []
        return [*begun, Partial(heard=partial)]


@dataclass
class FakeSounddevice:
    """Stands for the library sounddevice: inputs by name, each with what it hears, over and over.

    `rate`: hertz of all; an input without sound is there and cannot be opened.
    """

    inputs: Mapping[str, NDArray[np.int16] | None]
    rate: int = 16_000
    default: Any = field(default_factory=lambda: SimpleNamespace(device=(0, 0)))
    opened: list[str] = field(default_factory=list)

    class PortAudioError(Exception):
        """As the library's own."""

    def query_devices(self, device: int | None = None) -> Any:
        """All devices, the last of them a loudspeaker; or one by its number."""
        told = [
            {"name": name, "max_input_channels": 2, "default_samplerate": float(self.rate)}
            for name in self.inputs
        ]
        told.append({"name": "speaker", "max_input_channels": 0, "default_samplerate": 48_000.0})
        return told if device is None else told[device]

    def RawInputStream(self, *, device: int, **how: Any) -> _FakeStream:  # noqa: N802 - the library's name
        """An input that calls back from a thread of its own, in real time."""
        name = list(self.inputs)[device]
        sound = self.inputs[name]
        if sound is None:
            raise self.PortAudioError("Device unavailable [PaErrorCode -9985]")
        self.opened.append(name)
        return _FakeStream(sound, how["samplerate"], how["blocksize"], how["callback"])


class _FakeStream:
    def __init__(
        self, sound: NDArray[np.int16], rate: int, size: int, take: Callable[..., None]
    ) -> None:
        self._sound, self._size, self._take = sound, size, take
        self._each = size / rate
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        at = 0
        while not self._over.wait(self._each):
            piece = np.take(self._sound, range(at, at + self._size), mode="wrap")
            self._take(piece.astype("<i2").tobytes(), self._size, None, None)
            at += self._size
