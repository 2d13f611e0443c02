"""The sherpa-onnx engine: streaming zipformer and paraformer, and SenseVoice by utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import exp
from pathlib import Path
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.errors import RecognizerError
from agentbot.speech.base import (
    Partial,
    Signal,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
    Stream,
    Utterance,
)
from agentbot.speech.gate import Gate
from agentbot.speech.sherpa_folder import look_into
from agentbot.speech.sherpa_loading import load
from agentbot.speech.sherpa_offline import OfflineStream
from agentbot.speech.sherpa_words import words_of
from agentbot.speech.unheard import unheard

__all__ = ["SherpaRecogniser"]

_RATE: Final = 16_000
_CHUNK_SECONDS: Final = 0.2
_TAIL_SECONDS: Final = 0.8
"""Silence given at the end, so that the last chunk of a streaming model fills."""


class SherpaRecogniser:
    """A sherpa-onnx model folder from disk (`sherpa_folder` tells its kind).

    Hot words lean the streaming zipformer (transducer) towards them; the other kinds
    cannot be leaned. Words with characters that the model does not have are left out.

    Raises:
        RecognizerError: the library is not installed, or the folder holds no usable model.
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        found = look_into(folder)
        if found.kind is None:
            raise RecognizerError(f"{folder}: no usable sherpa-onnx model ({found.problem})")
        self._kind = found.kind
        self._engine = load(found, threads)
        self._tokens = _tokens(found.parts["tokens"])
        self._subwords = "bpe" in found.parts
        self.name = f"sherpa {folder.name}"

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """All utterances of both legs, and speech without words, by start time."""
        heard: list[Heard] = []
        for leg, signal in legs.items():
            stream = self.open(leg, signal.rate, hot_words)
            step = round(signal.rate * _CHUNK_SECONDS)
            chunks = (signal.samples[at : at + step] for at in range(0, len(signal.samples), step))
            events = chain(*(stream.accept(chunk) for chunk in chunks), stream.finish())
            heard += [event.heard for event in events if isinstance(event, Utterance)]
        return sorted([*heard, *unheard(heard, legs)], key=lambda item: (item.start, item.leg))

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Stream:
        """Begin to recognise one live leg at `rate` Hertz; its silence is not decoded."""
        stream = self.open(leg, rate, hot_words)
        return Gate(stream, rate) if isinstance(stream, OnlineStream) else stream

    def open(
        self, leg: Leg, rate: int, hot_words: Sequence[str] = ()
    ) -> OnlineStream | OfflineStream:
        """Begin to recognise one leg at `rate` Hertz, its silence too."""
        if self._kind == "sense-voice":
            return OfflineStream(leg, rate, self._engine)
        usable = [word for word in hot_words if self._can_lean_to(word)]
        hot = ("/".join(usable),) if usable else ()
        return OnlineStream(leg, rate, self._engine, self._engine.create_stream(*hot))

    def _can_lean_to(self, word: str) -> bool:
        if self._kind != "transducer" or not word or "/" in word:
            return False
        # The library takes Chinese by the character and, given its vocabulary, the rest by parts.
        return all(char in self._tokens or (self._subwords and char.isascii()) for char in word)


class OnlineStream:
    """One leg in a streaming model; the decoder is reset after each utterance."""

    def __init__(self, leg: Leg, rate: int, engine: Any, work: Any) -> None:
        self._leg, self._engine, self._work = leg, engine, work
        # The library's own resampler writes on stderr, once for each stream.
        self._up = soxr.ResampleStream(rate, _RATE, 1, dtype="float32", quality="MQ")
        self._shown = ""
        self._fed = 0.0

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples; a partial comes only when the text has changed."""
        self._feed(self._up.resample_chunk(samples))
        if self._engine.is_endpoint(self._work):
            return self._closed()
        heard = self._heard(final=False)
        if heard is None or heard.text == self._shown:
            return []
        begun = self._begun(heard)
        self._shown = heard.text
        return [*begun, Partial(heard=heard)]

    @property
    def fed(self) -> float:
        """Seconds of sound taken; the times of words count these."""
        return self._fed

    def cut(self) -> list[SpeechEvent]:
        """The utterance is over, the leg is not."""
        self._feed(np.zeros(round(_RATE * _TAIL_SECONDS), np.float32))
        return self._closed()

    def finish(self) -> list[SpeechEvent]:
        """The last utterance, if one is in the works."""
        self._feed(self._up.resample_chunk(np.zeros(0, np.float32), last=True))
        self._feed(np.zeros(round(_RATE * _TAIL_SECONDS), np.float32))
        return self._closed()

    def _feed(self, samples: NDArray[np.float32]) -> None:
        if len(samples):
            self._fed += len(samples) / _RATE
            self._work.accept_waveform(_RATE, samples)
        while self._engine.is_ready(self._work):
            self._engine.decode_stream(self._work)

    def _begun(self, heard: Heard) -> list[SpeechEvent]:
        return [] if self._shown else [SpeechStarted(at=heard.start)]

    def _closed(self) -> list[SpeechEvent]:
        heard = self._heard(final=True)
        events: list[SpeechEvent] = []
        if heard is not None:
            events = [*self._begun(heard), Utterance(heard=heard), SpeechEnded(at=heard.end)]
        self._shown = ""
        self._engine.reset(self._work)
        return events

    def _heard(self, *, final: bool) -> Heard | None:
        text = str(self._engine.get_result(self._work)).strip()
        if not text:
            return None
        begin = float(self._engine.start_time(self._work))
        chances = [exp(log) for log in self._engine.ys_probs(self._work)]
        words = words_of(
            self._engine.tokens(self._work),
            self._engine.timestamps(self._work),
            offset=begin,
            chances=chances,
        )
        sure = sum(word.confidence for word in words) / len(words) if words and chances else None
        return Heard(
            leg=self._leg,
            start=words[0].start if words else begin,
            end=words[-1].end if words else self._fed,
            text=text,
            confidence=sure,
            words=words if chances else (),
            final=final,
        )


def _tokens(file: Path) -> frozenset[str]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return frozenset(line.rpartition(" ")[0] for line in lines)
