"""What one leg only overheard of the other is not said on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.speech.base import Signal
from agentbot.speech.legs import likeness

__all__ = ["drop_crosstalk", "leaked"]

_FAR_WEAKER_DB: Final = 32.0
"""A voice on its own leg is never so far below the other one's; a leak through a hybrid is."""
_WEAKER_DB: Final = 10.0
_LIKE: Final = 0.5
_SHORTEST_SECONDS: Final = 0.1
_OTHER: Final = {Leg.CALLER: Leg.OPERATOR, Leg.OPERATOR: Leg.CALLER}


def drop_crosstalk(
    heard: Sequence[Heard | AudioLost], legs: Mapping[Leg, Signal]
) -> list[Heard | AudioLost]:
    """Leave out utterances that are the other leg's speech, leaked: far weaker and of one form.

    Where both really speak at once the own voice is no copy of the other, and stays.
    """
    if len(legs) < 2:
        return list(heard)
    return [
        item
        for item in heard
        if not (isinstance(item, Heard) and leaked(item.leg, (item.start, item.end), legs))
    ]


def leaked(leg: Leg, span: tuple[float, float], legs: Mapping[Leg, Signal]) -> bool:
    """Whether what sounds on a leg in these seconds is the other leg's speech."""
    if len(legs) < 2:
        return False
    own, other = legs[leg], legs[_OTHER[leg]]
    start, end = (max(0, round(at * own.rate)) for at in span)
    mine, theirs = own.samples[start:end], other.samples[start:end]
    if min(len(mine), len(theirs)) < _SHORTEST_SECONDS * own.rate:
        return False
    power_mine, power_theirs = float(np.var(mine)), float(np.var(theirs))
    if power_theirs < power_mine * 10 ** (_WEAKER_DB / 10):
        return False
    if power_theirs > power_mine * 10 ** (_FAR_WEAKER_DB / 10):
        return True
    return likeness(mine, theirs, own.rate) >= _LIKE
