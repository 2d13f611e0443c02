"""The sound of a live call, whichever route it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg
from agentbot.pbx.message import Message

__all__ = ["Route", "Sound", "Tap"]


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

    async def close(self) -> None:
        """Let the call go on without us."""


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
