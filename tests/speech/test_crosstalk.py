"""Leaked speech is dropped, own speech stays."""

from __future__ import annotations

import numpy as np
import pytest

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.speech.base import Signal
from agentbot.speech.crosstalk import drop_crosstalk


def _heard(leg: Leg, start: float, end: float) -> Heard:
    return Heard(leg=leg, start=start, end=end, text="…")


@pytest.fixture
def legs(talk) -> dict[Leg, Signal]:
    """The operator speaks for 6 s, the caller for the last 3 of them; both leak at -20 dB."""
    operator, caller = talk(1), talk(2)
    caller[:24_000] = 0
    noise = np.random.default_rng(7).normal(size=48_000).astype(np.float32)
    return {
        Leg.CALLER: Signal(samples=caller + 0.1 * operator + 0.0005 * noise, rate=8_000),
        Leg.OPERATOR: Signal(samples=operator + 0.1 * caller, rate=8_000),
    }


def test_the_leaked_copy_is_dropped_and_the_rest_stays(legs) -> None:
    own = [
        _heard(Leg.OPERATOR, 0.0, 3.0),
        _heard(Leg.CALLER, 3.0, 6.0),
        _heard(Leg.OPERATOR, 3.0, 6.0),
    ]
    lost = AudioLost(leg=Leg.CALLER, start=0.0, end=1.0, cause=LossCause.NOISE)

    assert drop_crosstalk([*own, _heard(Leg.CALLER, 0.2, 2.8), lost], legs) == [*own, lost]


def test_weak_own_speech_stays(legs) -> None:
    weak = {**legs, Leg.CALLER: Signal(samples=0.05 * legs[Leg.CALLER].samples, rate=8_000)}
    own = [_heard(Leg.CALLER, 3.0, 6.0)]

    assert drop_crosstalk(own, weak) == own


def test_one_leg_alone_has_no_crosstalk(legs) -> None:
    heard = [_heard(Leg.OPERATOR, 0.0, 3.0)]

    assert drop_crosstalk(heard, {Leg.OPERATOR: legs[Leg.OPERATOR]}) == heard


def test_times_beyond_the_sound_are_kept(legs) -> None:
    heard = [_heard(Leg.CALLER, 7.0, 8.0), _heard(Leg.CALLER, 1.0, 1.0)]

    assert drop_crosstalk(heard, legs) == heard
