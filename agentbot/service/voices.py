"""How loud the operator of one talk speaks, beside the usual; at its end as replay measures it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agentbot.core.events import Heard, Leg
from agentbot.errors import StoreError
from agentbot.service.legs import Sides
from agentbot.speech.loudness import Voice, loudness, voice_of
from agentbot.store.spool import Spool

__all__ = ["Voices"]

_MOST: Final = 5_000
"""Utterances of one talk that are measured."""


class Voices:
    """Measures each utterance once; what is usual grows with the talk."""

    def __init__(self, spool: Spool, sides: Sides) -> None:
        self._spool, self._sides = spool, sides
        self._voices: dict[tuple[float, float], Voice | None] = {}

    def heard(self, said: Heard) -> Heard:
        """With its loudness beside what was said so far."""
        if said.leg is not Leg.OPERATOR or not said.text or not self._measure(said):
            return said
        return self._told(said, [voice for voice in self._voices.values() if voice])

    def settled(self, heard: Sequence[Heard]) -> list[Heard]:
        """Those of all utterances whose loudness is another now that the whole talk is known."""
        own = [said for said in heard if said.leg is Leg.OPERATOR and said.text]
        usual = [voice for said in own if (voice := self._measure(said))]
        told = (self._told(said, usual) for said in own)
        return [now for now, said in zip(told, own, strict=True) if now != said]

    def _told(self, said: Heard, usual: Sequence[Voice]) -> Heard:
        voice = self._measure(said)
        return replace(said, loudness=loudness(voice, usual) if voice else None)

    def _measure(self, said: Heard) -> Voice | None:
        """The voice in the sound kept of an utterance."""
        span = said.start, said.end
        if span not in self._voices and len(self._voices) < _MOST:
            leg = self._sides.tapped(said.leg)
            try:
                samples = self._spool.sound(leg, *span)
                rate = self._spool.rate(leg)
                self._voices[span] = voice_of(samples, rate) if rate else None
            except StoreError:
                self._voices[span] = None
        return self._voices.get(span)
