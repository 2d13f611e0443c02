"""One leg for a model that takes whole utterances: cut at silences, then recognised.

No partials: nothing is known of an utterance before its end.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Heard, Leg
from agentbot.speech.base import SpeechEnded, SpeechEvent, SpeechStarted, Utterance
from agentbot.speech.voice import VoiceDetector

__all__ = ["OfflineStream"]

_RATE: Final = 16_000
_FRAME: Final = 512
_BEGIN: Final = 0.5
_END: Final = 0.35
_QUIET_FRAMES: Final = 19
"""0.6 s below `_END` close an utterance."""
_LEAD_FRAMES: Final = 8
"""0.25 s before the first voiced frame belong to it: consonants begin quietly."""
_MOST_FRAMES: Final = 780
"""25 s: the model takes no more at once."""


class OfflineStream:
    """Cuts a leg into utterances by Silero's voice activity and recognises each."""

    def __init__(self, leg: Leg, rate: int, engine: Any) -> None:
        self._leg, self._engine = leg, engine
        self._up = soxr.ResampleStream(rate, _RATE, 1, dtype="float32", quality="MQ")
        self._voice = VoiceDetector()
        self._rest = np.zeros(0, np.float32)
        self._frames: list[NDArray[np.float32]] = []
        """The frames in the works: an utterance, or what may become its beginning."""
        self._first = 0
        """Number of the first of them."""
        self._speaking = False
        self._quiet = 0

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples."""
        return self._take(self._up.resample_chunk(samples))

    def finish(self) -> list[SpeechEvent]:
        """The last utterance, if one is in the works."""
        events = self._take(self._up.resample_chunk(np.zeros(0, np.float32), last=True))
        return [*events, *(self._closed() if self._speaking else [])]

    def _take(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        ready = np.concatenate([self._rest, samples])
        whole = len(ready) // _FRAME * _FRAME
        self._rest = ready[whole:]
        events: list[SpeechEvent] = []
        for at in range(0, whole, _FRAME):
            events += self._frame(ready[at : at + _FRAME])
        return events

    def _frame(self, frame: NDArray[np.float32]) -> list[SpeechEvent]:
        chance = self._voice.process_samples(frame.tolist())
        self._frames.append(frame)
        if not self._speaking:
            if chance >= _BEGIN:
                self._speaking, self._quiet = True, 0
                return [SpeechStarted(at=self._first * _FRAME / _RATE)]
            if len(self._frames) > _LEAD_FRAMES:
                del self._frames[0]
                self._first += 1
            return []
        self._quiet = self._quiet + 1 if chance < _END else 0
        if self._quiet >= _QUIET_FRAMES or len(self._frames) >= _MOST_FRAMES:
            return self._closed()
        return []

    def _closed(self) -> list[SpeechEvent]:
        begin = self._first * _FRAME / _RATE
        end = begin + (len(self._frames) - self._quiet) * _FRAME / _RATE
        work = self._engine.create_stream()
        work.accept_waveform(_RATE, np.concatenate(self._frames))
        self._engine.decode_stream(work)
        self._first += len(self._frames)
        self._frames, self._speaking, self._quiet = [], False, 0
        text = str(work.result.text).strip()
        if not text:
            return [SpeechEnded(at=end)]
        heard = Heard(leg=self._leg, start=begin, end=end, text=text)
        return [Utterance(heard=heard), SpeechEnded(at=end)]
