"""What all talks of the service share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from agentbot.core.calls.events import Party
from agentbot.core.seat.view import Alert
from agentbot.pbx.sound import Route
from agentbot.replay.house import House, Lang
from agentbot.service.ears import Ears
from agentbot.service.metrics import Metrics
from agentbot.store.shelf import Shelf

__all__ = ["Line", "Means"]


class Line(Protocol):
    """The exchange that a call came from."""

    @property
    def route(self) -> Route | None:
        """The way to the sound of its talks; None: there is none."""

    def tell(self, name: str, headers: Mapping[str, str]) -> None:
        """Send it a UserEvent; nothing that callers said may be in it."""

    def whisper(self, to: Party, alert: Alert) -> None:
        """Tell one party of an alert by ear, where the house wants that; must not wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Everything a talk needs but its own facts."""

    house: House
    ears: Ears
    shelf: Shelf
    metrics: Metrics
    number: Callable[[str], str]
    """The number that the operator of a seat says in the greeting."""
    headset: Callable[[str], Route | None] = lambda _: None
    """The headset of a seat, where one is connected: it goes before the exchange's own route."""
    lang: Lang = "zh"
    behind: float = 10.0
    """Seconds recognition may lag before sound is skipped."""
    keep_sound: bool = True
    hear_again: bool = True
    """Judge the recorded call once more after it ended."""
    patience: float = 5.0
    """Seconds that the last words may take at the end of a talk."""
