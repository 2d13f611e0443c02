"""Only speech goes to the decoder: silence costs a streaming engine much of what words do.

A cheap look at the power comes first; the voice detector is asked only where the gate is
shut and there is something to hear. A pause is shortened to what the decoder needs to end a
word. Once the leg has been quiet for a while the utterance is ended, sooner than the engine
would.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from agentbot.speech.base import (
    SpeechEvent,
    Unrecognised,
    Utterance,
)
from agentbot.speech.gate_places import Places
from agentbot.speech.gate_voice import Background, Voice

__all__ = ["CutStream", "Gate"]

_FRAME_SECONDS: Final = 0.032
"""What the detector takes at a time: 512 samples at 16 kHz."""
_ABOVE: Final = 2.5
"""Power above the background's by which a frame may be speech (4 dB)."""
_LEAST: Final = 1e-9
"""Power (-90 dB) below which there is nothing at all."""
_LEAD_SECONDS: Final = 0.25
"""Sound before a voice that goes along: soft first syllables."""
_TAIL_SECONDS: Final = 0.2
"""Quiet after a voice that goes along: soft last syllables, and the end of a word."""
_SPEECH_SECONDS: Final = 0.6
"""Less voice than this is a cough or a yes, not a step of a script."""
_QUIET_SECONDS: Final = 0.7
"""Quiet that ends an utterance; pauses inside a telephone number are shorter."""


class CutStream(Protocol):
    """A stream that need not hear everything."""

    @property
    def fed(self) -> float:
        """Seconds of sound taken so far; its times count these."""

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """As `Stream.accept`."""

    def cut(self) -> list[SpeechEvent]:
        """The utterance is over, the leg is not."""

    def finish(self) -> list[SpeechEvent]:
        """As `Stream.finish`."""


class Gate:
    """A `Stream` that gives another stream only what may be speech, and puts its times right."""

    def __init__(self, stream: CutStream, rate: int) -> None:
        self._stream, self._rate = stream, rate
        self._frame = round(rate * _FRAME_SECONDS)
        self._rest = np.zeros(0, np.float32)
        self._lead: deque[NDArray[np.float32]] = deque(maxlen=round(_LEAD_SECONDS / _FRAME_SECONDS))
        self._voice = Voice(rate)
        self._background = Background()
        self._at = 0
        self._open = False
        self._quiet = 0.0
        self._passed: list[NDArray[np.float32]] = []
        self._places = Places()
        self._opened = self._loud = 0.0
        self._words = False

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples."""
        sound = np.concatenate([self._rest, samples])
        whole = len(sound) // self._frame * self._frame
        self._rest = sound[whole:]
        frames = sound[:whole].reshape(-1, self._frame)
        events: list[SpeechEvent] = []
        for frame, power in zip(frames, frames.var(axis=1), strict=True):
            events += self._take(frame, float(power))
        return events + self._pass()

    def finish(self) -> list[SpeechEvent]:
        """The leg is over."""
        events = self._pass()
        return events + self._placed(self._stream.finish())

    def _take(self, frame: NDArray[np.float32], power: float) -> list[SpeechEvent]:
        loud = power > max(_ABOVE * self._background.after(power), _LEAST)
        at = self._at / self._rate
        self._at += len(frame)
        speaks = loud if self._open else self._voice.heard(frame, loud=loud)
        if speaks:
            if not self._open:
                self._opened, self._loud, self._words = at, 0.0, False
            self._lead.append(frame)
            self._let_in(at)
            self._open, self._quiet = True, 0.0
            self._loud += _FRAME_SECONDS
            return []
        self._quiet += _FRAME_SECONDS
        if self._open and self._quiet <= _TAIL_SECONDS:
            self._passed.append(frame)
            return []
        self._lead.append(frame)
        if not self._open or self._quiet < _QUIET_SECONDS:
            return []
        self._open = False
        events = self._pass() + self._placed(self._stream.cut())
        if not self._words and self._loud >= _SPEECH_SECONDS:
            spoken = round(at - self._quiet, 3)
            events.append(Unrecognised(start=round(self._opened, 3), end=spoken))
        return events

    def _let_in(self, at: float) -> None:
        """The frames that waited, the one that starts `at` the last of them."""
        if len(self._lead) > 1 or not self._open:
            begins = at - (len(self._lead) - 1) * self._frame / self._rate
            fed = self._stream.fed + sum(map(len, self._passed)) / self._rate
            self._places.note(fed, begins)
        self._passed += self._lead
        self._lead.clear()

    def _pass(self) -> list[SpeechEvent]:
        if not self._passed:
            return []
        sound = np.concatenate(self._passed)
        self._passed = []
        return self._placed(self._stream.accept(sound))

    def _placed(self, events: Sequence[SpeechEvent]) -> list[SpeechEvent]:
        self._words = self._words or any(isinstance(event, Utterance) for event in events)
        return [self._places.put(event) for event in events]
