"""The second look: which of several values fits each leg's sound, by forced decoding."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.doubts import Doubt, StepDoubt, ValueDoubt
from agentbot.core.events import Event, Leg, Rescored, Sought
from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span
from agentbot.speech.address_search import search_addresses
from agentbot.speech.base import Signal
from agentbot.speech.digit_search import prepare, search
from agentbot.speech.name_search import search_names
from agentbot.speech.vad import at_16k
from agentbot.speech.whisper_decoder import Decoder
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["Rehearer", "cut"]

_LONGEST: Final = 28.0
"""Seconds; what is longer does not fit a window and stays in doubt."""
_PAUSE: Final = 0.2
"""Seconds of silence put between utterances."""
_KEPT: Final = 64
"""Stretches of sound kept with what they answered, some 40 MB in all: live, a caller's number is
asked about before it is read back, and again when more has been said."""


class Rehearer:
    """Answers doubts about the sound of two legs; what a stretch has answered it knows."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._kept: OrderedDict[bytes, Stretch] = OrderedDict()
        self._lock = Lock()

    def answers(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """One `Rescored` or `Sought` for each doubt that can be settled.

        A number that was not read back yet is only asked about, for later.
        """
        sought = [d for d in doubts if isinstance(d, StepDoubt)]
        values = [d for d in doubts if isinstance(d, ValueDoubt)]
        found: list[Event] = [answer for doubt in sought for answer in self._sought(legs, doubt)]
        return found + [a for doubt in values if (a := self._value(legs, doubt)) is not None]

    def _value(self, legs: Mapping[Leg, Signal], doubt: ValueDoubt) -> Rescored | None:
        leads = (doubt.caller_leads, doubt.operator_leads)
        if doubt.kind is not FieldKind.PHONE and not all(leads):
            return None
        said = self._stretch(legs[Leg.CALLER], doubt.caller)
        back = self._stretch(legs[Leg.OPERATOR], doubt.operator)
        if said is not None and not doubt.operator:
            prepare(said, doubt.rivals)
        if said is None or back is None:
            return None
        on_caller: tuple[str, ...] = ()
        on_operator: tuple[str, ...] = ()
        match doubt.kind:
            case FieldKind.PHONE:
                scores = search(said, back, doubt.rivals)
            case FieldKind.NAME:
                scores = search_names(said, back, leads, doubt.rivals)
            case _:
                scores, on_caller, on_operator = search_addresses(said, back, leads)
        rounded = tuple((v, round(c, 3), round(o, 3)) for v, c, o in scores)
        return Rescored(
            field=doubt.field, scores=rounded, at=doubt.until,
            caller=on_caller, operator=on_operator,
        )  # fmt: skip

    def _sought(self, legs: Mapping[Leg, Signal], doubt: StepDoubt) -> Iterator[Sought]:
        """How likely the likeliest wording of each step is on the stretch."""
        place = doubt.operator
        sound = self._sound(legs[Leg.OPERATOR], [place])
        if sound is None:
            return
        stretch = self._decoder.stretch(at_16k(sound))
        for step, wordings in doubt.steps:
            best = max(stretch.mean(wording) for wording in wordings)
            yield Sought(step=step, start=place.start, likelihood=round(best, 3), at=place.end)

    def _stretch(self, signal: Signal, spans: Sequence[Span]) -> Stretch | None:
        """The spans' sound, encoded; None as `_sound`."""
        sound = self._sound(signal, spans)
        if sound is None:
            return None
        key = blake2b(sound.samples.tobytes(), digest_size=16).digest()
        with self._lock:
            found = self._kept.pop(key, None)
        found = found or self._decoder.stretch(at_16k(sound))
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    @staticmethod
    def _sound(signal: Signal, spans: Sequence[Span]) -> Signal | None:
        """The spans' sound; None: there is none, or too much for a window."""
        samples = cut(signal, spans)
        if not 0 < len(samples) <= _LONGEST * signal.rate:
            return None
        return Signal(samples=samples, rate=signal.rate)


def cut(signal: Signal, spans: Sequence[Span]) -> NDArray[np.float32]:
    """The spans' sound, one after the other."""
    pause = np.zeros(int(_PAUSE * signal.rate), np.float32)
    pieces: list[NDArray[np.float32]] = []
    for span in spans:
        said = signal.samples[int(span.start * signal.rate) : int(span.end * signal.rate)]
        pieces += [said, pause]
    return np.concatenate(pieces) if pieces else pause[:0]
