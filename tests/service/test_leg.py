"""One leg and the threads that hear it."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.pbx.sound import Sound
from agentbot.service.ears import Ears
from agentbot.service.leg import HeardLeg
from agentbot.testing import ScriptedRecogniser

RATE = 8000


class Stuck(ScriptedRecogniser):
    """A recogniser that hears nothing until it may."""

    def __init__(self) -> None:
        super().__init__([])
        self.may = threading.Event()

    def stream(self, leg, rate, hot_words=()):  # type: ignore[no-untyped-def]
        self.may.wait(10)
        return super().stream(leg, rate, hot_words)


async def test_what_is_not_recognised_at_the_end_is_whole_in_the_recording() -> None:
    recogniser, kept, told = Stuck(), [], []
    ears = Ears(recogniser, 1)
    origin = asyncio.get_running_loop().time()
    leg = HeardLeg(
        Leg.CALLER, ears, origin=origin, begins=0.0, behind=50.0,
        keep=lambda stretch, _: kept.append(len(stretch.samples)), tell=told.extend,
    )  # fmt: skip
    for n in range(1, 501):
        samples = np.full(RATE // 50, n, np.int16)
        leg.put(Sound(leg=Leg.CALLER, at=origin + n * 0.02, samples=samples, rate=RATE))
    asyncio.get_running_loop().call_later(0.5, recogniser.may.set)

    await leg.finish(10.0, patience=0.1)

    assert sum(kept) == 10 * RATE
    [lost] = [event for event in told if isinstance(event, AudioLost)]
    assert lost.cause is LossCause.UNRECOGNISED
    assert lost.end == 10.0
    ears.close()


async def test_what_there_was_no_room_for_is_known_as_lost() -> None:
    recogniser, told = Stuck(), []
    ears = Ears(recogniser, 1)
    origin = asyncio.get_running_loop().time()
    leg = HeardLeg(
        Leg.CALLER, ears, origin=origin, begins=0.0, behind=500.0,
        keep=lambda *_: None, tell=told.extend,
    )  # fmt: skip
    for n in range(1, 91):
        leg.put(Sound(leg=Leg.CALLER, at=origin + n, samples=np.ones(RATE, np.int16), rate=RATE))
    recogniser.may.set()
    await leg.finish(90.0, patience=5.0)

    [lost] = [event for event in told if isinstance(event, AudioLost)]
    assert lost.cause is LossCause.GAP
    assert lost.end == pytest.approx(90.0)
    assert lost.end - lost.start == pytest.approx(leg.dropped)
    assert leg.dropped >= 29.0
    ears.close()
