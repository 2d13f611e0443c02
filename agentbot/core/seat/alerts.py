"""Which alerts stand at a seat: few, ranked, one at a time, none twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agentbot.core.seat.view import Alert, AlertKind

__all__ = ["Alerts", "Concern"]

_MOST = 2
"""Alerts shown together; more are noise."""
_APART = 3.0
"""Seconds between two new ones; a wrong read-back does not wait."""
_URGENT = AlertKind.READBACK_MISMATCH
_GONE = 1.5
"""Seconds after which a concern that is not confirmed any more is held to be mended."""
_SURE = (AlertKind.CLOSING_EARLY, AlertKind.MISSED_STEP, AlertKind.DEAD_AIR)
"""Kinds that never hang on a partial: when they go, they go at once."""
_RANK = {kind: rank for rank, kind in enumerate(AlertKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that may become an alert."""

    alert: Alert
    lasts: float | None = None
    """Seconds after which the alert goes by itself: nothing can be mended any more."""


@dataclass(slots=True)
class _Raised:
    concern: Concern
    seen: float
    """When it was last confirmed."""


class Alerts:
    """The alerts of one call."""

    def __init__(self) -> None:
        self._raised: dict[str, _Raised] = {}
        self._closed: set[str] = set()
        self._last = -_APART

    def update(self, now: float, concerns: Sequence[Concern], *, settled: bool) -> None:
        """Take what is of concern at `now`; `settled`: nothing of it hangs on a partial."""
        current = {c.alert.id: c for c in concerns}
        for key, item in list(self._raised.items()):
            concern = current.get(key)
            if concern:
                item.concern, item.seen = self._kept(item.concern, concern), now
            lasts = item.concern.lasts
            kind = item.concern.alert.kind
            if lasts is not None and now - item.concern.alert.at >= lasts:
                self.dismiss(key)
            elif not concern and (settled or kind in _SURE or now - item.seen >= _GONE):
                self.dismiss(key)
                if kind is AlertKind.CLOSING_EARLY:  # something else may be left next time
                    self._closed.remove(key)
        for concern in sorted(concerns, key=_urgency):
            if concern.alert.id not in self._closed and concern.alert.id not in self._raised:
                self._raise(now, concern)

    def dismiss(self, key: str) -> None:
        """Take an alert away for good."""
        if self._raised.pop(key, None):
            self._closed.add(key)

    @property
    def shown(self) -> tuple[Alert, ...]:
        """The most urgent ones."""
        return tuple(
            item.concern.alert
            for item in sorted(self._raised.values(), key=lambda i: _urgency(i.concern))
        )

    def _raise(self, now: float, concern: Concern) -> None:
        urgent = concern.alert.kind is _URGENT
        if now - self._last < _APART and not urgent:
            return
        if len(self._raised) >= _MOST:
            least = max(self._raised, key=lambda k: _urgency(self._raised[k].concern))
            if _urgency(self._raised[least].concern) <= _urgency(concern):
                return
            del self._raised[least]  # it may come back when there is room
        self._raised[concern.alert.id] = _Raised(
            replace(concern, alert=replace(concern.alert, at=now)), now
        )
        self._last = now

    @staticmethod
    def _kept(old: Concern, new: Concern) -> Concern:
        """The newest words of an alert that stands, since when it stands."""
        return replace(new, alert=replace(new.alert, at=old.alert.at))


def _urgency(concern: Concern) -> int:
    return _RANK[concern.alert.kind]
