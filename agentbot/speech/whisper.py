"""Whisper base: utterances found by VAD, packed into windows, doubtful ones decoded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg, LossCause, Word
from agentbot.speech.base import Signal, Stream
from agentbot.speech.crosstalk import leaked
from agentbot.speech.rehear import Rehearer
from agentbot.speech.vad import RATE, at_16k, speech_spans
from agentbot.speech.whisper_decoder import GAP, Decoded, Decoder, Piece
from agentbot.speech.whisper_stream import WhisperStream

__all__ = ["WhisperRecogniser"]

_WINDOW: Final = 27.0
"""Seconds of a window, gaps included; with the tail just under Whisper's thirty."""
_SPEECH: Final = 0.5
"""Seconds of voice in which there must be words."""
_PACE: Final = 1.4
"""Signs a second at least; a slower window has dropped words."""


class WhisperRecogniser:
    """The engine that needs nothing but the package registries.

    `folder`: a CTranslate2 Whisper model; `threads`: legs decoded at once.

    Raises:
        RecognizerError: the library or the model cannot be loaded.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        self.name = folder.name if folder.name.startswith("whisper") else f"whisper:{folder.name}"
        self._folder, self._threads = folder, threads
        self._decoder = Decoder(folder, threads)
        self._rehearer = Rehearer(self._decoder)

    def transcribe(
        self,
        legs: Mapping[Leg, Signal],
        hot_words: Sequence[str] = (),  # noqa: ARG002 - no gain in a trial: callers better, operators worse
    ) -> list[Heard | AudioLost]:
        """All utterances of a recording, by start time."""
        with ThreadPoolExecutor(max(1, min(self._threads, len(legs)))) as pool:
            found = pool.map(lambda leg: self._leg(leg, legs), legs)
        return sorted(
            (item for leg in found for item in leg), key=lambda i: (i.start, i.end, i.leg)
        )

    def _leg(self, leg: Leg, legs: Mapping[Leg, Signal]) -> list[Heard | AudioLost]:
        samples = at_16k(legs[leg])
        spans = [span for span in speech_spans(samples) if not leaked(leg, span, legs)]
        pieces = [Piece(s, e, samples[int(s * RATE) : int(e * RATE)]) for s, e in spans]
        found = [
            _heard(leg, decoded) if decoded.text else _lost(leg, decoded.piece)
            for window in windows(pieces)
            for decoded in self._decode(window)
        ]
        return [f for f in found if isinstance(f, Heard) or f.end - f.start >= _SPEECH]

    def _decode(self, window: list[Piece]) -> list[Decoded]:
        """Decode a window; what loops or drops words is decoded again in halves."""
        decoded = self._decoder.decode(window)
        if len(window) == 1:
            return [d if not d.looped else Decoded(d.piece, ()) for d in decoded]
        if not _failed(decoded):
            return decoded
        half = len(window) // 2
        return [*self._decode(window[:half]), *self._decode(window[half:])]

    def aside(self) -> WhisperRecogniser:
        """As `Aside.aside`; it costs the model's memory once more."""
        return WhisperRecogniser(self._folder, threads=1)

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Stream:  # noqa: ARG002
        """Recognise one leg live, utterance by utterance."""
        return WhisperStream(self._decoder, leg, rate)

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """Second looks, see `speech.rehear`."""
        return self._rehearer.answers(legs, doubts)


def windows(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Neighbouring utterances together, as many as a window holds."""
    window: list[Piece] = []
    length = 0.0
    for piece in pieces:
        more = piece.end - piece.start + GAP
        if window and length + more > _WINDOW:
            yield window
            window, length = [], 0.0
        window.append(piece)
        length += more
    if window:
        yield window


def _failed(decoded: Sequence[Decoded]) -> bool:
    """Looped, or dropped words: a long piece without any, or too few signs in all."""
    if any(d.looped for d in decoded):
        return True
    spoken = sum(d.piece.end - d.piece.start for d in decoded)
    signs = sum(len(d.text) for d in decoded)
    silent = any(not d.text and d.piece.end - d.piece.start > 1.0 for d in decoded)
    return silent or signs < _PACE * spoken


def _heard(leg: Leg, decoded: Decoded) -> Heard:
    words = tuple(
        Word(
            text=w.text,
            start=round(w.start, 3),
            end=round(w.end, 3),
            confidence=round(w.probability, 3),
        )
        for w in decoded.words
        if w.text.strip()
    )
    piece = decoded.piece
    return Heard(
        leg=leg, start=round(piece.start, 3), end=round(piece.end, 3), text=decoded.text,
        confidence=round(decoded.confidence, 3), words=words,
    )  # fmt: skip


def _lost(leg: Leg, piece: Piece) -> AudioLost:
    return AudioLost(
        leg=leg, start=round(piece.start, 3), end=round(piece.end, 3), cause=LossCause.UNRECOGNISED
    )
