"""The sound of a talk by AMI alone: a ChanSpy on each leg, sent to us over AudioSocket.

Asterisk is asked for one `AudioSocket/…` channel a leg that runs ChanSpy, so no line of its
dialplan changes. ChanSpy only listens: whatever becomes of us or of the connection, the call
goes on. Needs Asterisk 18 or newer with chan_audiosocket, res_audiosocket and app_chanspy.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import UUID, uuid4

from agentbot.core.calls.events import Party, TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, may_not, need_modules, need_right
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.pair import Pair

__all__ = ["TAP_PREFIX", "AudioSocketRoute"]

TAP_PREFIX: Final = "agentbot-tap-"
"""How the uniqueid of each channel begins that is a tap of ours and no part of a call."""

SPY: Final = "uoqES"
"""Options of ChanSpy: the argument is a uniqueid, hear only what this party says, play nothing,
end when the party is gone, never wait for another channel."""

MODULES: Final = {
    "chan_audiosocket": "package asterisk-modules, Asterisk 18 or newer",
    "res_audiosocket": "package asterisk-modules, Asterisk 18 or newer",
    "app_chanspy": "package asterisk-modules",
}


class AudioSocketRoute:
    """Taps both legs of a talk; `notice` must be told each AMI message."""

    name: Final = "audiosocket"

    def __init__(
        self,
        exchange: Exchange,
        server: AudioSocketServer,
        *,
        address: str,
        rate: int = 8_000,
        patience: float = 5.0,
    ) -> None:
        """`address`: HOST:PORT of `server` as the exchange reaches it; `rate`: 8,000 or 16,000 Hz.

        `patience`: seconds until both legs must have come.
        """
        self._exchange, self._server = exchange, server
        self._address, self._patience = address, patience
        self._codec = {8_000: "slin", 16_000: "slin16"}[rate]
        self._waits: dict[str, asyncio.Future[Message]] = {}
        self._checked = False

    def notice(self, message: Message) -> None:
        """Learns from the exchange whether it could connect."""
        if message.event != "OriginateResponse" or message.get("Response") != "Failure":
            return
        # Without a channel there is no uniqueid; then the address that was asked for names it.
        where = message.get("Uniqueid") + message.get("Channel")
        for line, wait in self._waits.items():
            if line in where and not wait.done():
                wait.set_result(message)

    async def check(self) -> None:
        """Whether the exchange has what a tap needs, and lets us ask for it.

        Raises:
            PbxError: a module or a right is missing; names it.
        """
        await need_modules(self._exchange, MODULES)
        await need_right(self._exchange, "Originate", "originate")
        self._checked = True

    async def open(self, talk: TalkBegan) -> Pair:
        """Begin to listen to both legs.

        Raises:
            PbxError: this talk cannot be tapped; the message says why.
        """
        if not self._checked:
            await self.check()
        parties = {Leg.CALLER: talk.caller, Leg.OPERATOR: talk.operator}
        lines = {leg: uuid4() for leg in parties}

        async def hang_up() -> None:
            for line in lines.values():
                self._server.forget(line)

        pair = Pair(hang_up=hang_up)
        try:
            async with asyncio.timeout(self._patience):
                for leg, line in lines.items():
                    self._server.expect(line, pair.ears[leg])
                legs = (
                    self._listen(parties[leg], line, pair.ears[leg].begun)
                    for leg, line in lines.items()
                )
                told = await asyncio.gather(*legs, return_exceptions=True)
        except TimeoutError:
            await pair.close()
            raise PbxError(
                f"calls cannot be heard: Asterisk did not connect to {self._address} within {self._patience:g} s; "
                "is this address reachable from it?"
            ) from None
        except BaseException:
            await pair.close()
            raise
        for failure in told:
            if failure is not None:
                self._checked = False
                await pair.close()
                raise failure
        return pair

    async def _listen(self, party: Party, line: UUID, begun: asyncio.Event) -> None:
        """Ask for one leg, and wait until it comes or cannot."""
        failure = self._waits[str(line)] = asyncio.get_running_loop().create_future()
        arrival = asyncio.ensure_future(begun.wait())
        try:
            await self._exchange.ask(
                "Originate",
                {
                    "Channel": f"AudioSocket/{self._address}/{line}/c({self._codec})",
                    "ChannelId": f"{TAP_PREFIX}{line}",
                    "Application": "ChanSpy",
                    "Data": f"{party.uniqueid},{SPY}",
                    "Async": "true",
                    "Timeout": str(round(self._patience * 1000)),
                },
            )
            await asyncio.wait({failure, arrival}, return_when=asyncio.FIRST_COMPLETED)
        except PbxError as error:
            if "ermission" in str(error):
                raise may_not("originate") from error
            raise
        finally:
            arrival.cancel()
            del self._waits[str(line)]
        if not begun.is_set():
            raise PbxError(_failed(failure.result().get("Reason"), self._address))


def _failed(reason: str, address: str) -> str:
    if reason == "8":
        return (
            f"calls cannot be heard: Asterisk could not connect to {address}; "
            "does agentbot listen there, is a firewall between?"
        )
    return (
        f"calls cannot be heard: Asterisk could not open an AudioSocket channel to {address} (reason {reason or 'unknown'}); "
        "is chan_audiosocket loaded?"
    )
