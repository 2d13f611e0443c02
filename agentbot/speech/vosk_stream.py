"""One leg recognised by Vosk while it is spoken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Heard, Leg, Word
from agentbot.errors import RecognizerError
from agentbot.speech.base import Partial, SpeechEnded, SpeechEvent, SpeechStarted, Utterance

__all__ = ["UNKNOWN", "VoskStream"]

UNKNOWN: Final = "[unk]"
"""What a recogniser bound to a grammar writes for words that are not in it."""
_CJK: Final = ("\u3400", "\u9fff")


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
        if word["word"] != UNKNOWN
    )


def _text(words: Sequence[Word]) -> str:
    """Chinese without the spaces that Vosk puts between words, other languages with them."""
    chinese = any(_CJK[0] <= char <= _CJK[1] for word in words for char in word.text)
    return ("" if chinese else " ").join(word.text for word in words)
