"""Partials that may be believed: what a recogniser still changes is not judged.

An utterance under way is judged once its words stay the same, or as far as two partials in a
row agree; its final replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import takewhile

from agentbot.core.events import Heard, Leg

__all__ = ["Steady"]

_SAME = 2
"""Partials in a row with the same words that count as stable."""
_STILL = 0.4
"""Seconds without a change that count as well."""
_EACH = 0.8
"""Seconds between two looks at an utterance that goes on and on."""
_SHORTEST = 4
"""Signs that an agreed beginning must have to be worth a look."""
_BELIEF = 0.8
"""Confidence of a partial at most: its final may read otherwise."""


@dataclass(slots=True)
class _Open:
    """The utterance under way on one leg."""

    heard: Heard
    """The newest partial."""
    changed: float
    """Arrival of the last change, in seconds."""
    same: int = 1
    passed: str = ""
    """The words that were passed on to be judged."""
    passed_at: float = 0.0


class Steady:
    """Both legs' utterances under way; says which words to judge now."""

    def __init__(self) -> None:
        self._open: dict[Leg, _Open] = {}

    @property
    def under_way(self) -> Iterable[Heard]:
        """The newest partial of each leg that has one."""
        return [item.heard for item in self._open.values()]

    def of(self, leg: Leg) -> Heard | None:
        """The newest partial of a leg; None: it has none."""
        item = self._open.get(leg)
        return item.heard if item else None

    def growing(self, leg: Leg, now: float) -> bool:
        """Whether somebody is in the midst of saying something."""
        item = self._open.get(leg)
        return item is not None and not self._still(item, now)

    def take(self, heard: Heard) -> list[Heard]:
        """What is to be judged after this utterance or partial."""
        before = self._open.get(heard.leg)
        if heard.final or (before and before.heard.start != heard.start):
            dropped = self._drop(heard.leg, unless=heard.start)
        else:
            dropped = []
        if heard.final:
            return [*dropped, heard if heard.text else replace(heard, final=False)]
        at = heard.end if heard.at is None else heard.at
        item = self._open.get(heard.leg)
        if item is None:
            self._open[heard.leg] = _Open(heard, changed=at, passed_at=at)
            return dropped
        agreed = _agreed(item.heard.text, heard.text)
        if heard.text == item.heard.text:
            item.same += 1
        else:
            item.same, item.changed = 1, at
        item.heard = heard
        if item.same < _SAME and at - item.passed_at >= _EACH:
            return [*dropped, *self._pass(item, agreed, at)]
        return [*dropped, *self.wait(at)]

    def wait(self, now: float) -> list[Heard]:
        """What is to be judged because it has not changed for a while."""
        return [
            heard
            for item in self._open.values()
            if self._still(item, now)
            for heard in self._pass(item, item.heard.text, now)
        ]

    def close(self) -> list[Heard]:
        """The call is over: takes back what never became final."""
        return [heard for leg in list(self._open) for heard in self._drop(leg)]

    @staticmethod
    def _still(item: _Open, now: float) -> bool:
        return item.same >= _SAME or now - item.changed >= _STILL

    @staticmethod
    def _pass(item: _Open, text: str, at: float) -> list[Heard]:
        whole = text == item.heard.text
        if text == item.passed or (not whole and len(text) < max(_SHORTEST, len(item.passed))):
            return []
        item.passed, item.passed_at = text, at
        known = item.heard.confidence
        return [
            replace(
                item.heard,
                text=text,
                words=item.heard.words if whole else (),
                confidence=_BELIEF if known is None else min(_BELIEF, known),
            )
        ]

    def _drop(self, leg: Leg, unless: float | None = None) -> list[Heard]:
        """Forget the utterance under way; take back its words unless something replaces them."""
        item = self._open.pop(leg, None)
        if item is None or not item.passed or item.heard.start == unless:
            return []
        return [replace(item.heard, text="", words=(), final=False)]


def _agreed(one: str, other: str) -> str:
    """The beginning that two texts share."""
    pairs = zip(one, other, strict=False)
    return "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
