"""The second look: which of several values fits each leg's sound, by forced decoding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.doubts import Doubt, StepDoubt, ValueDoubt
from agentbot.core.events import Event, Leg, Rescored, Sought
from agentbot.core.script import FieldKind
from agentbot.core.verdict import Span
from agentbot.speech.address_search import search_addresses
from agentbot.speech.digit_search import search
from agentbot.speech.name_search import search_names
from agentbot.speech.vad import RATE
from agentbot.speech.whisper_decoder import Decoder

__all__ = ["answers"]

_LONGEST: Final = 28.0
"""Seconds; what is longer does not fit a window and stays in doubt."""
_PAUSE: Final = 0.2
"""Seconds of silence put between utterances."""


def answers(
    decoder: Decoder, legs: Mapping[Leg, NDArray[np.float32]], doubts: Sequence[Doubt]
) -> list[Event]:
    """One `Rescored` or `Sought` for each doubt that can be settled; `legs` are at 16 kHz."""
    found: list[Event] = [*_sought(decoder, legs, [d for d in doubts if isinstance(d, StepDoubt)])]
    for doubt in doubts:
        if not isinstance(doubt, ValueDoubt):
            continue
        said = cut(legs[Leg.CALLER], doubt.caller)
        back = cut(legs[Leg.OPERATOR], doubt.operator)
        if max(len(said), len(back)) > _LONGEST * RATE:
            continue
        leads = (doubt.caller_leads, doubt.operator_leads)
        if doubt.kind is not FieldKind.PHONE and not all(leads):
            continue
        stretches = decoder.stretch(said), decoder.stretch(back)
        on_caller: tuple[str, ...] = ()
        on_operator: tuple[str, ...] = ()
        match doubt.kind:
            case FieldKind.PHONE:
                scores = search(*stretches, doubt.rivals)
            case FieldKind.NAME:
                scores = search_names(*stretches, leads, doubt.rivals)
            case _:
                scores, on_caller, on_operator = search_addresses(*stretches, leads)
        rounded = tuple((v, round(c, 3), round(o, 3)) for v, c, o in scores)
        found.append(
            Rescored(
                field=doubt.field,
                scores=rounded,
                at=doubt.until,
                caller=on_caller,
                operator=on_operator,
            )
        )
    return found


def _sought(
    decoder: Decoder, legs: Mapping[Leg, NDArray[np.float32]], doubts: Sequence[StepDoubt]
) -> Iterator[Sought]:
    """How likely the likeliest wording of each step is on the stretch."""
    for doubt in doubts:
        place = doubt.operator
        if not 0.0 < place.end - place.start <= _LONGEST:
            continue
        stretch = decoder.stretch(cut(legs[Leg.OPERATOR], [place]))
        for step, wordings in doubt.steps:
            best = max(stretch.mean(wording) for wording in wordings)
            yield Sought(step=step, start=place.start, likelihood=round(best, 3), at=place.end)


def cut(samples: NDArray[np.float32], spans: Sequence[Span]) -> NDArray[np.float32]:
    """The spans' sound, one after the other."""
    pause = np.zeros(int(_PAUSE * RATE), np.float32)
    pieces: list[NDArray[np.float32]] = []
    for span in spans:
        pieces += [samples[int(span.start * RATE) : int(span.end * RATE)], pause]
    return np.concatenate(pieces) if pieces else pause
