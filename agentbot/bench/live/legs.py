"""How many legs a core hears in real time: ours beside the loop of a plain Vosk server."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agentbot.bench.live.figures import Figure, Target, not_measured
from agentbot.bench.live.korean import RATE, Talk, conversation, model
from agentbot.core.events import Leg
from agentbot.errors import RecognizerError
from agentbot.speech.live import LiveLeg
from agentbot.speech.vosk import VoskRecogniser

__all__ = ["legs_per_core"]

_NAME: Final = "Vosk legs on one core in real time, beside the plain loop"
_TARGETS: Final = (Target(key="ratio", limit=1.5, least=True),)
_PLAIN: Final = 0.2
"""Seconds of a message of the plain server's own client."""
_BEFORE: Final = 100
"""Seeds of the talks that were heard before."""
_FRAME: Final = 0.02
_TURN: Final = 0.1
"""Seconds of sound that a live leg gathers (`service.leg`)."""

Legs = Sequence[NDArray[np.int16]]


def legs_per_core(talks: int, seconds: float, rounds: int) -> Figure:
    """So many talks heard both ways on one thread, `rounds` times in turn; medians."""
    try:
        folder = model()
    except RecognizerError as error:
        return not_measured(_NAME, "", _TARGETS, str(error))
    spoken = [conversation(seed, seconds)[0] for seed in range(talks)]
    legs = _whole(spoken)
    recogniser = VoskRecogniser(folder)
    plain = _plain_model(folder)
    # A service hears calls all day; the plain server opens a new recogniser for each.
    before = [conversation(_BEFORE + seed, seconds)[0] for seed in range(talks)]
    _ours(recogniser, _whole(before))
    ways: dict[str, Callable[[Legs], int]] = {
        "plain": lambda some: _plain(plain, some), "agentbot": lambda some: _ours(recogniser, some)
    }  # fmt: skip
    carried: dict[str, list[float]] = {name: [] for name in ways}
    words = {}
    for _ in range(rounds):
        for name, hear in ways.items():
            began = time.process_time()
            words[name] = hear(legs)
            carried[name].append(len(legs) * seconds / (time.process_time() - began))
    rates = {name: round(median(some), 1) for name, some in carried.items()}
    talking = [
        float(np.mean(np.abs(leg.reshape(-1, RATE // 50)).max(axis=1) > 500)) for leg in legs
    ]
    note = (
        f"{len(legs)} legs of {seconds:g} s, speech in {100 * np.mean(talking):.0f} % of each, "
        f"Korean model; {words['agentbot']} words heard, the plain loop {words['plain']}"
    )
    ratio = round(rates["agentbot"] / rates["plain"], 2)
    return Figure(
        name=_NAME, unit="", targets=_TARGETS, values={"ratio": ratio, **rates}, note=note
    )


def _whole(talks: Sequence[Talk]) -> Legs:
    return [(sound * 32767).astype(np.int16) for talk in talks for sound in talk.values()]


def _plain_model(folder: Path) -> Any:
    import vosk  # noqa: PLC0415 - an extra

    return vosk.Model(str(folder))


def _plain(loaded: Any, legs: Legs) -> int:
    """All sound into one recogniser a leg, a partial or a result after each message."""
    import vosk  # noqa: PLC0415 - an extra

    recognisers = [vosk.KaldiRecognizer(loaded, RATE) for _ in legs]
    for recogniser in recognisers:
        recogniser.SetWords(True)
    step = round(_PLAIN * RATE)
    words: int = 0
    for at in range(0, len(legs[0]), step):
        for recogniser, leg in zip(recognisers, legs, strict=True):
            if recogniser.AcceptWaveform(leg[at : at + step].tobytes()):
                words += str(recogniser.Result()).count('"word"')
            else:
                recogniser.PartialResult()
    return words + sum(str(one.FinalResult()).count('"word"') for one in recognisers)


def _ours(recogniser: VoskRecogniser, legs: Legs) -> int:
    """As the service hears a leg: frames by their arrival, some at a turn."""
    live = [LiveLeg(Leg.CALLER, recogniser.stream, 0.0, lambda _: None) for _ in legs]
    heard = []
    frame, turn = round(_FRAME * RATE), round(_TURN / _FRAME)
    for number in range(0, len(legs[0]) // frame, turn):
        for ear, leg in zip(live, legs, strict=True):
            for at in range(number, number + turn):
                samples = leg[at * frame : (at + 1) * frame]
                heard += ear.hear((at + 1) * _FRAME, samples, RATE)
    for ear, leg in zip(live, legs, strict=True):
        heard += ear.finish(len(leg) / RATE)
    return sum(len(getattr(one, "words", ())) for one in heard if getattr(one, "final", False))
