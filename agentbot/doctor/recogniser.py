"""Which recogniser hears the calls, whether its model is whole, and how many calls it can carry."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from agentbot.core.events import Leg
from agentbot.doctor.check import Check, Value, failed, fine, warning
from agentbot.errors import RecognizerError, RecordingError
from agentbot.simulate.samples import bundled_calls, simulated_calls
from agentbot.speech.base import Recogniser, Signal
from agentbot.speech.engines import open_engine
from agentbot.speech.live import LiveLeg
from agentbot.speech.model_files import read_sums
from agentbot.speech.models import list_models, verify_model

__all__ = ["Speed", "engine", "model", "room", "speed"]

_PIECE: Final = 0.1
"""Seconds of sound given at once, as the service gives it."""
_WARMING: Final = 2.0
"""Seconds of sound before the measuring: the first words load what the engine puts off."""
_SHARE: Final = 0.7
"""Of the machine, for live recognition; the rest is for pages, second looks and busy minutes."""
_FEW: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured."""

    sound: float
    """Seconds of a call, both of whose legs were heard."""
    cpu: float
    """Seconds of CPU that this took, on all cores together."""


def engine(name: str, threads: int) -> tuple[Recogniser | None, Check]:
    """Load it, as the service does."""
    began = time.monotonic()
    try:
        recogniser, why = open_engine(name, threads)
    except RecognizerError as error:
        return None, failed("engine", "none", problem=str(error))
    values: dict[str, Value] = {
        "name": recogniser.name, "why": why, "seconds": round(time.monotonic() - began, 1)
    }  # fmt: skip
    if name != "auto":
        return recogniser, fine("engine", "named", **values)
    chosen = "chinese_vosk" if recogniser.name.startswith("vosk") else "no_chinese_vosk"
    return recogniser, fine("engine", chosen, **values)


def model(recogniser: Recogniser) -> Check:
    """Compare the files of its model with their SHA-256."""
    mine = [
        one
        for one in list_models()
        if one.state != "missing" and one.name == recogniser.name.split()[-1]
    ]
    if not mine:
        return fine("model", "own", name=recogniser.name)
    right, said = verify_model(mine[0])
    if not right:
        return failed("model", "broken", name=mine[0].name, problem=said)
    summed = read_sums(mine[0].where) is not None
    return fine("model", "ok" if summed else "unsummed", name=mine[0].name)


def speed(recogniser: Recogniser, seconds: float) -> Speed | None:
    """Hear a bundled sample call for `seconds` at most; None: there is no sample to hear."""
    try:
        sample = simulated_calls([bundled_calls()])[0].sound
    except RecordingError:
        sample = None
    if sample is None:
        return None
    legs = {leg: LiveLeg(leg, recogniser.stream, 0.0, lambda _: None) for leg in sample}
    length = min(signal.seconds for signal in sample.values())
    end, at = time.monotonic() + seconds, _feed(legs, sample, 0.0, _WARMING)
    heard, cpu = at, time.process_time()
    while at < length - _PIECE and time.monotonic() < end:
        at = _feed(legs, sample, at, at + _PIECE)
    for leg in legs.values():
        leg.finish(at)
    return Speed(sound=at - heard, cpu=time.process_time() - cpu)


def room(measured: Speed | None, seats: int) -> Check:
    """How many calls at once, with the arithmetic."""
    if measured is None:
        return warning("room", "unmeasured")
    cores = len(os.sched_getaffinity(0))
    each = measured.cpu / measured.sound
    calls = int(cores * _SHARE / each)
    values: dict[str, Value] = {
        "sound": round(measured.sound), "cpu": round(measured.cpu, 2), "each": round(each, 3),
        "cores": cores, "share": round(100 * _SHARE), "calls": calls, "seats": seats,
    }  # fmt: skip
    if calls < _FEW:
        return failed("room", "none", **values)
    if calls < seats:
        return warning("room", "seats", **values)
    return fine("room", "ok", **values)


def _feed(
    legs: Mapping[Leg, LiveLeg], sample: Mapping[Leg, Signal], start: float, until: float
) -> float:
    """Give both legs their sound from `start` on, in pieces, as it would arrive."""
    at = start
    while at < until:
        end = at + _PIECE
        for leg, signal in sample.items():
            piece = signal.samples[round(at * signal.rate) : round(end * signal.rate)]
            samples = (np.clip(piece, -1.0, 1.0) * 32767).astype(np.int16)
            legs[leg].hear(end, samples, signal.rate)
        at = end
    return at
