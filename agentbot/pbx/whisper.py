"""A sound in the operator's ear that the caller does not hear: ChanSpy's private whisper, by AMI.

As a tap, but the other way round: Asterisk connects an AudioSocket channel to us that runs ChanSpy
with `W`, and what we send is added to what the operator hears.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import Party
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, may_not
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.pair import Pair
from agentbot.pbx.tap import TAP_PREFIX

__all__ = ["RATE", "Whisperer"]

RATE: Final = 8_000
"""Hertz of what is whispered."""
SPY: Final = "uqWES"
"""Options of ChanSpy: the argument is a uniqueid, announce nothing, whisper and hear nothing, end
when the party is gone, never wait for another channel."""
_FRAME: Final = 160
_BEFORE: Final = 0.3
"""Seconds of silence until ChanSpy has found its channel."""
_AFTER: Final = 0.2
_AHEAD: Final = 0.06
"""Seconds; Asterisk keeps as much for a whisper without dropping any."""
_LONGEST: Final = 10.0
"""Seconds; what is longer is cut."""


class Whisperer:
    """Whispers into calls of one exchange."""

    def __init__(
        self, exchange: Exchange, server: AudioSocketServer, *, address: str, patience: float = 3.0
    ) -> None:
        """`address`: HOST:PORT of `server` as the exchange reaches it; `patience`: seconds until it must come."""
        self._exchange, self._server = exchange, server
        self._address, self._patience = address, patience

    async def whisper(self, party: Party, samples: NDArray[np.int16]) -> None:
        """Play this (at 8 kHz) to one party, and to nobody else; returns when it has been played.

        Raises:
            PbxError: it cannot be played; the message says why.
        """
        line, pair = uuid4(), Pair(most_seconds=1.0)
        ear = pair.ears[Leg.OPERATOR]
        self._server.expect(line, ear)
        try:
            await self._exchange.ask(
                "Originate",
                {
                    "Channel": f"AudioSocket/{self._address}/{line}/c(slin)",
                    "ChannelId": f"{TAP_PREFIX}{line}",
                    "Application": "ChanSpy",
                    "Data": f"{party.uniqueid},{SPY}",
                    "Async": "true",
                    "Timeout": str(round(self._patience * 1000)),
                },
            )
            async with asyncio.timeout(self._patience):
                await ear.begun.wait()
            silence = [np.zeros(round(part * RATE), np.int16) for part in (_BEFORE, _AFTER)]
            sound = samples[: round(_LONGEST * RATE)]
            await self._play(line, np.concatenate([silence[0], sound, silence[1]]))
        except TimeoutError:
            raise PbxError(
                f"no whisper: Asterisk did not connect to {self._address} within {self._patience:g} s"
            ) from None
        except PbxError as error:
            if "ermission" in str(error):
                raise may_not("originate") from error
            raise
        finally:
            self._server.forget(line)

    async def _play(self, line: UUID, samples: NDArray[np.int16]) -> None:
        """A frame each 20 ms, as it would be spoken, a little ahead so that no gap is heard."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for at in range(0, len(samples), _FRAME):
            await asyncio.sleep(max(0.0, begun + at / RATE - _AHEAD - loop.time()))
            if not self._server.say(line, samples[at : at + _FRAME]):
                return
