"""The Vosk engine: small, streaming, with word times and confidences."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any, Final

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.errors import RecognizerError
from agentbot.speech.base import (
    Signal,
    Utterance,
)
from agentbot.speech.gate import Gate
from agentbot.speech.model_files import one_line
from agentbot.speech.unheard import unheard
from agentbot.speech.vosk_folder import has_dynamic_graph, model_rate, vosk_folder_problem
from agentbot.speech.vosk_stream import UNKNOWN, VoskStream

__all__ = ["VoskRecogniser"]

_CHUNK_SECONDS: Final = 0.2
_KEPT: Final = 200
"""Recognisers kept for further legs, some 20 MB each; a machine hears no more legs at once."""
_RETIRED: Final = 10_000.0
"""Seconds after which one is given up: the library counts time in figures that grow coarse."""


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
        words = sorted({word for phrase in grammar for word in phrase.split()} - {UNKNOWN})
        unknown = [word for word in words if self._model.vosk_model_find_word(word) < 0]
        if unknown:
            raise RecognizerError(
                f"{folder}: the model does not know {', '.join(unknown[:10])}; "
                "leave them out of the grammar"
            )
        return json.dumps([*grammar, UNKNOWN], ensure_ascii=False)

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
