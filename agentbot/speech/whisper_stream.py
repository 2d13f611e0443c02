"""One leg through Whisper while the call goes on: an utterance is decoded when it ends.

A short utterance alone is beyond Whisper; the utterances before it are decoded along with
it, for their context, and only the last one's words are passed on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Heard, Leg, Word
from agentbot.speech.base import SpeechEnded, SpeechEvent, SpeechStarted, Unrecognised, Utterance
from agentbot.speech.vad import RATE
from agentbot.speech.voice import VoiceDetector
from agentbot.speech.whisper_decoder import Decoder, Piece

__all__ = ["WhisperStream"]

_CHUNK: Final = 512
"""Samples the detector takes at a time."""
_VOICED: Final = 0.5
_SILENCE: Final = 0.4
"""Seconds of silence that end an utterance."""
_LEAD: Final = 0.2
"""Seconds before the first voice that still belong to the utterance."""
_TRAIL: Final = 0.15
"""Seconds behind the last voice that still belong to it: a word's end fades below any detector, and
the second look at a number needs it. As much as a recording's utterances have (`speech.vad`)."""
_SPEECH: Final = 0.5
"""Seconds of voice in which there must be words."""
_LONGEST: Final = 15.0
_CONTEXT: Final = 10.0
"""Seconds of earlier utterances decoded along."""


class WhisperStream:
    """The state of one live leg; bounded by `_LONGEST` and `_CONTEXT`."""

    def __init__(self, decoder: Decoder, leg: Leg, rate: int) -> None:
        self._decoder, self._leg = decoder, leg
        self._detector = VoiceDetector()
        self._resample = (
            soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="LQ")
            if rate != RATE
            else None
        )
        self._rest = np.zeros(0, np.float32)
        self._open: list[NDArray[np.float32]] = []
        self._before: list[NDArray[np.float32]] = []
        self._earlier: list[Piece] = []
        self._at = 0
        self._begun = 0.0
        self._quiet = 0.0

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples; an utterance comes out when it has ended."""
        at_rate = samples if self._resample is None else self._resample.resample_chunk(samples)
        return self._chunks(np.concatenate([self._rest, np.asarray(at_rate, np.float32)]))

    def finish(self) -> list[SpeechEvent]:
        """The leg is over."""
        events: list[SpeechEvent] = []
        if self._resample is not None:
            tail = self._resample.resample_chunk(np.zeros(0, np.float32), last=True)
            events = self._chunks(np.concatenate([self._rest, np.asarray(tail, np.float32)]))
        return events + (self._close() if self._open else [])

    def _chunks(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        whole = len(samples) - len(samples) % _CHUNK
        for start in range(0, whole, _CHUNK):
            events += self._chunk(samples[start : start + _CHUNK])
        self._rest = samples[whole:]
        return events

    def _chunk(self, chunk: NDArray[np.float32]) -> list[SpeechEvent]:
        voiced = self._detector.process_samples(chunk.tolist()) >= _VOICED
        seconds = _CHUNK / RATE
        events: list[SpeechEvent] = []
        if not self._open and voiced:
            self._begun = max(0.0, self._at / RATE - seconds * len(self._before))
            self._open = [*self._before, chunk]
            self._quiet = 0.0
            events.append(SpeechStarted(at=self._begun))
        elif self._open:
            self._open.append(chunk)
            self._quiet = 0.0 if voiced else self._quiet + seconds
        else:
            keep = int(_LEAD / seconds)
            self._before = [*self._before, chunk][-keep:]
        self._at += _CHUNK
        if self._open and (self._quiet >= _SILENCE or len(self._open) * seconds >= _LONGEST):
            events += self._close()
        return events

    def _close(self) -> list[SpeechEvent]:
        samples = np.concatenate(self._open)
        end = self._begun + len(samples) / RATE
        piece = Piece(self._begun, end, samples)
        self._open, self._before = [], []
        decoded = self._decoder.decode([*self._earlier, piece])[-1]
        if self._earlier and (decoded.looped or not decoded.text):
            # The context may have led it astray.
            decoded = self._decoder.decode([piece])[-1]
        self._earlier = _recent([*self._earlier, piece])
        spoken = round(end - max(0.0, self._quiet - _TRAIL), 3)
        ended: list[SpeechEvent] = [SpeechEnded(at=spoken)]
        if not decoded.text or decoded.looped:
            self._earlier = []
            lost = Unrecognised(start=round(piece.start, 3), end=spoken)
            return [lost, *ended] if spoken - piece.start >= _SPEECH + _LEAD else ended
        heard = Heard(
            leg=self._leg, start=round(piece.start, 3), end=spoken, text=decoded.text,
            confidence=round(decoded.confidence, 3), at=round(end, 3),
            words=tuple(
                Word(text=w.text, start=round(w.start, 3), end=round(w.end, 3), confidence=round(w.probability, 3))
                for w in decoded.words
            ),
        )  # fmt: skip
        return [Utterance(heard=heard), *ended]


def _recent(pieces: list[Piece]) -> list[Piece]:
    """The latest pieces that together stay within the context."""
    kept: list[Piece] = []
    length = 0.0
    for piece in reversed(pieces):
        length += piece.end - piece.start
        if length > _CONTEXT:
            break
        kept.insert(0, piece)
    return kept
