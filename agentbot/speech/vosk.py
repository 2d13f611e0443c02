"""The Vosk engine: small, streaming, with word times and confidences."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg, Word
from agentbot.errors import RecognizerError
from agentbot.speech.base import (
    Partial,
    Signal,
    SpeechEnded,
    SpeechEvent,
    SpeechStarted,
    Utterance,
)
from agentbot.speech.gate import Gate
from agentbot.speech.model_files import one_line
from agentbot.speech.unheard import unheard
from agentbot.speech.vosk_folder import has_dynamic_graph, model_rate, vosk_folder_problem

__all__ = ["VoskRecogniser", "VoskStream"]

_CHUNK_SECONDS: Final = 0.2
_KEPT: Final = 200
"""Recognisers kept for further legs, some 20 MB each; a machine hears no more legs at once."""
_RETIRED: Final = 10_000.0
"""Seconds after which one is given up: the library counts time in figures that grow coarse."""
_UNKNOWN: Final = "[unk]"
_CJK: Final = ("\u3400", "\u9fff")


class VoskRecogniser:
    """A Vosk model from disk.

    With a `grammar` (phrases of words that the model knows, parted by spaces) nothing else
    is ever heard; the model must have a dynamic graph for it. Vosk cannot lean towards
    hot words without being bound to them, so `hot_words` has no effect here.

    Sound is brought to the model's rate here: Vosk does it only where the model's
    `conf/mfcc.conf` allows it, and fails without a reason where it does not.

    Raises:
        RecognizerError: the library is not installed, the folder holds no whole model, or
            the model cannot take this grammar.
    """

    def __init__(self, folder: Path, grammar: Sequence[str] = ()) -> None:
        if problem := vosk_folder_problem(folder):
            raise RecognizerError(
                f"{folder}: no usable Vosk model ({problem}); see: agentbot models"
            )
        try:
            import vosk  # noqa: PLC0415 - an extra, and 26 MB of library
        except (ImportError, OSError) as error:
            raise RecognizerError(
                f"the vosk library cannot be loaded ({one_line(error)}); "
                "run: pip install 'agentbot[vosk]'"
            ) from None
        # -1 would still let its warnings about half-known partials out, one each time; -2 its
        # errors, which come back as exceptions.
        vosk.SetLogLevel(-3)
        self._recogniser = vosk.KaldiRecognizer
        self._rate = model_rate(folder)
        try:
            self._model = vosk.Model(str(folder))
            # Half a graph is only found out here.
            self._recogniser(self._model, self._rate)
        except Exception:  # noqa: BLE001 - vosk raises nothing narrower
            raise RecognizerError(
                f"{folder}: vosk cannot load this model, its files are damaged or of another "
                "version; fetch it again: agentbot models fetch"
            ) from None
        self._grammar = self._checked(folder, grammar)
        self._kept: deque[tuple[Any, float]] = deque(maxlen=_KEPT)
        self.name = f"vosk {folder.name}"

    def _checked(self, folder: Path, grammar: Sequence[str]) -> str | None:
        if not grammar:
            return None
        if not has_dynamic_graph(folder):
            raise RecognizerError(
                f"{folder}: this Vosk model has a fixed graph and takes no grammar; take a small one"
            )
        words = sorted({word for phrase in grammar for word in phrase.split()} - {_UNKNOWN})
        unknown = [word for word in words if self._model.vosk_model_find_word(word) < 0]
        if unknown:
            raise RecognizerError(
                f"{folder}: the model does not know {', '.join(unknown[:10])}; "
                "leave them out of the grammar"
            )
        return json.dumps([*grammar, _UNKNOWN], ensure_ascii=False)

    def transcribe(
        self,
        legs: Mapping[Leg, Signal],
        hot_words: Sequence[str] = (),  # noqa: ARG002 - see the class
    ) -> list[Heard | AudioLost]:
        """All utterances of both legs, and speech without words, by start time; the legs are decoded side by side."""

        def one(leg: Leg) -> list[Heard]:
            signal = legs[leg]
            stream = self.open(leg, signal.rate)
            step = round(signal.rate * _CHUNK_SECONDS)
            chunks = (signal.samples[at : at + step] for at in range(0, len(signal.samples), step))
            events = chain(*(stream.accept(chunk) for chunk in chunks), stream.finish())
            return [event.heard for event in events if isinstance(event, Utterance)]

        with ThreadPoolExecutor(max_workers=2) as pool:
            heard = [*chain.from_iterable(pool.map(one, sorted(legs)))]
        return sorted([*heard, *unheard(heard, legs)], key=lambda item: (item.start, item.leg))

    def stream(self, leg: Leg, rate: int, hot_words: Sequence[str] = ()) -> Gate:  # noqa: ARG002 - see the class
        """Begin to recognise one live leg at `rate` Hertz; its silence is not decoded.

        A recogniser that has heard a leg before knows the ways through the model's graph, whose
        finding is half of the work; so they are kept from leg to leg.
        """
        try:
            used, heard = self._kept.pop()
        except IndexError:
            used, heard = self._new(), 0.0
        return Gate(VoskStream(leg, rate, self._rate, used, heard=heard, release=self._keep), rate)

    def open(self, leg: Leg, rate: int) -> VoskStream:
        """Begin to recognise one leg at `rate` Hertz, its silence too, by a new recogniser."""
        return VoskStream(leg, rate, self._rate, self._new())

    def _new(self) -> Any:
        grammar = () if self._grammar is None else (self._grammar,)
        return self._recogniser(self._model, self._rate, *grammar)

    def _keep(self, used: Any, heard: float) -> None:
        if heard < _RETIRED:
            self._kept.append((used, heard))


class VoskStream:
    """One leg in the works. Each utterance starts from a clean slate.

    `heard`: seconds that the recogniser has taken before; `release` takes it back at the end.
    """

    def __init__(
        self, leg: Leg, rate: int, model_rate: int, recogniser: Any, *, heard: float = 0.0,
        release: Callable[[Any, float], None] = lambda _used, _heard: None,
    ) -> None:  # fmt: skip
        self._leg, self._recogniser = leg, recogniser
        self._before, self._release = heard, release
        self._rates = soxr.ResampleStream(rate, model_rate, 1, dtype="float32", quality="MQ")
        recogniser.SetWords(True)
        recogniser.SetPartialWords(True)
        self._rate = model_rate
        self._fed = 0
        self._started = False
        self._shown = ""
        self._shown_end = 0.0

    @property
    def fed(self) -> float:
        """Seconds of sound taken; the times of words count these."""
        return self._fed / self._rate

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take the next samples; a partial comes only when the words have changed."""
        if self._feed(self._rates.resample_chunk(samples)):
            return self._finished(self._recogniser.Result())
        result = json.loads(self._recogniser.PartialResult())
        words = _words(result.get("partial_result", ()), self._before)
        if not words or _text(words) == self._shown:
            return []
        self._shown, self._shown_end = _text(words), words[-1].end
        return [*self._begun(words), Partial(heard=self._heard(words, final=False))]

    def cut(self) -> list[SpeechEvent]:
        """The utterance is over; frees what the engine keeps of it."""
        return self._finished(self._recogniser.FinalResult())

    def finish(self) -> list[SpeechEvent]:
        """The last utterance, if one is in the works."""
        last = self._rates.resample_chunk(np.zeros(0, np.float32), last=True)
        ended = self._finished(self._recogniser.Result()) if self._feed(last) else []
        events = [*ended, *self._finished(self._recogniser.FinalResult())]
        self._release(self._recogniser, self._before + self.fed)
        return events

    def _feed(self, samples: NDArray[np.float32]) -> bool:
        """True: the utterance under way has ended."""
        if len(samples) == 0:
            return False
        self._fed += len(samples)
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        try:
            return bool(self._recogniser.AcceptWaveform(pcm))
        except Exception:  # noqa: BLE001 - vosk raises nothing narrower
            raise RecognizerError(
                "vosk failed while decoding, its model may be damaged; see: agentbot models verify"
            ) from None

    def _begun(self, words: tuple[Word, ...]) -> list[SpeechEvent]:
        if self._started:
            return []
        self._started = True
        return [SpeechStarted(at=words[0].start)]

    def _finished(self, result: str) -> list[SpeechEvent]:
        words = _words(json.loads(result).get("result", ()), self._before)
        self._shown = ""
        if not words:
            # Noise that was taken for speech at first: nothing was said.
            ended = SpeechEnded(at=self._shown_end)
            events: list[SpeechEvent] = [ended] if self._started else []
        else:
            begun = self._begun(words)
            utterance = Utterance(heard=self._heard(words, final=True))
            events = [*begun, utterance, SpeechEnded(at=words[-1].end)]
        self._started = False
        return events

    def _heard(self, words: tuple[Word, ...], *, final: bool) -> Heard:
        return Heard(
            leg=self._leg,
            start=words[0].start,
            end=words[-1].end,
            text=_text(words),
            confidence=sum(word.confidence for word in words) / len(words),
            words=words,
            final=final,
        )


def _words(result: Sequence[dict[str, Any]], before: float) -> tuple[Word, ...]:
    """The words of a result, in seconds of the leg."""
    return tuple(
        Word(
            text=word["word"],
            start=round(max(0.0, float(word["start"]) - before), 3),
            end=round(max(0.0, float(word["end"]) - before), 3),
            confidence=min(1.0, max(0.0, float(word["conf"]))),
        )
        for word in result
        if word["word"] != _UNKNOWN
    )


def _text(words: Sequence[Word]) -> str:
    """Chinese without the spaces that Vosk puts between words, other languages with them."""
    chinese = any(_CJK[0] <= char <= _CJK[1] for word in words for char in word.text)
    return ("" if chinese else " ").join(word.text for word in words)
