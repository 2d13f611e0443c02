"""The sound of a live call, whichever route it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg
from agentbot.pbx.message import Message

__all__ = ["Recorded", "Route", "Sound", "Tap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A piece of one leg, usually 20 ms."""

    leg: Leg
    at: float
    """Arrival, in seconds of the event loop's clock: the timeline goes by it, for a leg on hold sends nothing."""
    samples: NDArray[np.int16]
    rate: int
    """Hertz."""


class Tap(Protocol):
    """Both legs of one talk, as they arrive."""

    def __aiter__(self) -> AsyncIterator[Sound]:
        """Pieces of both legs until the talk ends; bounded, the oldest are dropped and counted."""

    @property
    def dropped(self) -> int:
        """Pieces lost because nobody took them in time."""

    @property
    def over(self) -> frozenset[Leg]:
        """Legs of which nothing more will come."""

    async def close(self) -> None:
        """Let the call go on without us."""


@runtime_checkable
class Recorded(Tap, Protocol):
    """A talk that is only recorded: it can be judged when it is over, from its files."""

    async def mute(self, *, on: bool) -> None:
        """Record silence, or sound again."""

    async def files(self) -> tuple[Mapping[Leg, Path], float | None]:
        """The file of each leg, and when they begin (seconds since 1970; None: not known).

        Raises:
            PbxError: they do not come.
        """

    def forget(self, files: Mapping[Leg, Path]) -> None:
        """They have been read."""


class Route(Protocol):
    """One way to the sound of a call."""

    @property
    def name(self) -> str:
        """As in the settings: `audiosocket`, `dialplan`, `ari`, `websocket`, `files`."""

    def notice(self, message: Message) -> None:
        """Shown each AMI message, in order; a route may wait for one."""

    async def check(self) -> None:
        """Whether the exchange can do it.

        Raises:
            PbxError: something is missing; names it and says what to do.
        """

    async def open(self, talk: TalkBegan) -> Tap:
        """Begin to listen to both legs.

        Raises:
            PbxError: this talk cannot be tapped; the message says why.
        """
