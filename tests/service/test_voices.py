"""Loudness measured while the talk goes on, and at its end as replay measures it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from agentbot.core.events import Heard, Leg
from agentbot.core.script import Script
from agentbot.replay.house import House
from agentbot.service.legs import Sides
from agentbot.service.voices import Voices
from agentbot.speech.base import Signal
from agentbot.speech.loudness import with_loudness
from agentbot.store.spool import Spool

RATE = 8_000


def _voice(*, shouted: bool) -> np.ndarray:
    at = np.arange(2 * RATE) / RATE
    treble = 8_000 if shouted else 1_000
    tones = 2_000 * np.sin(2 * np.pi * 500 * at) + treble * np.sin(2 * np.pi * 2_500 * at)
    return tones.astype(np.int16)


def _talk(house: House, folder: Path, shouts: list[bool]) -> tuple[Voices, Spool, list[Heard]]:
    script: Script = house.scripts["heating-repair"]
    spool, said = Spool(folder), []
    for number, shouted in enumerate(shouts):
        start = 3.0 * number
        spool.keep(Leg.OPERATOR, start, _voice(shouted=shouted), RATE)
        said.append(Heard(leg=Leg.OPERATOR, start=start, end=start + 2.0, text="请问您的地址？"))
    return Voices(spool, Sides(script)), spool, said


def test_a_raised_voice_is_told_at_once_and_a_usual_one_is_not(
    house: House, tmp_path: Path
) -> None:
    voices, spool, said = _talk(house, tmp_path, [False, False, False, False, True])

    told = [voices.heard(one).loudness for one in said]

    spool.close()
    assert told[:3] == [None, None, None], "nothing is usual yet"
    assert told[3] == 0.0
    assert told[4] is not None
    assert told[4] > 9


def test_at_the_end_it_is_what_replay_says(house: House, tmp_path: Path) -> None:
    voices, spool, said = _talk(house, tmp_path, [False, True, False, False, False, True])
    live = {one.start: voices.heard(one) for one in said}

    live |= {one.start: one for one in voices.settled(list(live.values()))}

    sound = Signal(samples=spool.sound(Leg.OPERATOR), rate=RATE)
    spool.close()
    assert list(live.values()) == with_loudness(said, {Leg.OPERATOR: sound})
    assert live[3.0].loudness is not None, "what was not known when it was said"
