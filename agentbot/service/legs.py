"""Whose each tapped leg is: as the route says, until the words or the sound tell otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.core.script import Script
from agentbot.errors import StoreError
from agentbot.replay.listening import operator_wordings
from agentbot.service.record import swapped
from agentbot.speech.base import Signal
from agentbot.speech.crosstalk import leaked
from agentbot.speech.legs import Layout, assign_by_words, layout_of
from agentbot.store.spool import Spool

__all__ = ["Sides"]

_LOOKS: Final = (20.0, 45.0, 90.0, 180.0)
"""Seconds after which the sound of both legs is compared."""
_SPAN: Final = 30.0
"""Seconds of sound that are compared."""
_ASKED_AT: Final = frozenset({3, 5, 8, 12, 16})
"""Numbers of utterances at which the words are asked; later they have settled."""
_SURE: Final = 0.6
"""More than one wording heard well on the wrong leg."""

Said = TypeVar("Said", Heard, AudioLost)


class Sides:
    """Which leg is the operator's, on one talk."""

    def __init__(self, script: Script) -> None:
        self._wordings = operator_wordings(script)
        self._looks = list(_LOOKS)
        self.swapped = self.same = False

    def tapped(self, leg: Leg) -> Leg:
        """The leg under the name by which the route brings it."""
        if not self.swapped:
            return leg
        return Leg.CALLER if leg is Leg.OPERATOR else Leg.OPERATOR

    def put(self, event: Said) -> Said:
        """What was heard on a tapped leg, under its right name."""
        if not self.swapped:
            return event
        turned = swapped(event)
        assert isinstance(turned, type(event))  # noqa: S101 - only the leg has changed
        return turned

    def turned_out_swapped(self, heard: Sequence[Heard]) -> bool:
        """Whether the words now say that the legs are the wrong way round (true only once)."""
        if self.swapped or len(heard) not in _ASKED_AT:
            return False
        texts = {leg.value: [h.text for h in heard if h.leg is leg] for leg in Leg}
        found = assign_by_words(texts, self._wordings)
        self.swapped = found.operator == Leg.CALLER.value and found.confidence >= _SURE
        return self.swapped

    @staticmethod
    def leaks(heard: Heard, spool: Spool) -> bool:
        """Whether this is the other leg's speech, heard through."""
        legs = _signals(spool, heard.start, heard.end)
        return legs is not None and leaked(heard.leg, (0.0, heard.end - heard.start), legs)

    def look_due(self, seconds: float) -> bool:
        """Whether it is time to compare the sound of the legs."""
        if not self._looks or seconds < self._looks[0]:
            return False
        self._looks.pop(0)
        return True

    def look(self, spool: Spool) -> str | None:
        """`same`, or the leg that is not heard; in a thread, for it takes a while."""
        legs = _signals(spool, 0.0, None)
        if legs is None:
            missing = [leg for leg in Leg if not spool.rate(leg)]
            return self.tapped(missing[0]).value if len(missing) == 1 else None
        caller, operator = (legs[leg].samples for leg in Leg)
        length = min(len(caller), len(operator))
        rate = legs[Leg.CALLER].rate
        first = max(0, length - round(_SPAN * rate))
        layout = layout_of(caller[first:length], operator[first:length], rate)
        if layout is Layout.SAME_TWICE:
            self.same = True
            return "same"
        if layout is Layout.LEFT_SILENT:
            return self.tapped(Leg.CALLER).value
        return self.tapped(Leg.OPERATOR).value if layout is Layout.RIGHT_SILENT else None


def _signals(spool: Spool, start: float, end: float | None) -> dict[Leg, Signal] | None:
    """Both tapped legs, if they have one rate."""
    rates = {spool.rate(leg) for leg in Leg}
    if len(rates) != 1 or 0 in rates:
        return None
    try:
        return {
            leg: Signal(samples=spool.sound(leg, start, end), rate=spool.rate(leg)) for leg in Leg
        }
    except StoreError:
        return None
