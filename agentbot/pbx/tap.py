"""The sound of a talk by AMI alone: a ChanSpy on each leg, sent to us over a socket.

Asterisk is asked for one channel a leg that runs ChanSpy, so no line of its dialplan changes.
ChanSpy only listens: whatever becomes of us or of the connection, the call goes on. The channel
is `AudioSocket/…` (Asterisk 18 or newer) or `WebSocket/…` (20.16, 21.11, 22.6 or newer).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from uuid import UUID, uuid4

from agentbot.core.calls.events import Party, TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, may_not, need_modules, need_right
from agentbot.pbx.audiosocket import AudioSocketServer, Ear
from agentbot.pbx.mediasocket import MediaSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.pair import Pair

__all__ = ["MODULES", "TAP_PREFIX", "AudioSocketRoute", "SpyRoute", "WebSocketRoute"]

TAP_PREFIX: Final = "agentbot-tap-"
"""How the uniqueid of each channel begins that is a tap of ours and no part of a call."""

SPY: Final = "uoqES"
"""Options of ChanSpy: the argument is a uniqueid, hear only what this party says, play nothing,
end when the party is gone, never wait for another channel."""

CODECS: Final = {8_000: "slin", 16_000: "slin16"}
MODULES: Final = {
    "chan_audiosocket": "package asterisk-modules, Asterisk 18 or newer",
    "res_audiosocket": "package asterisk-modules, Asterisk 18 or newer",
    "app_chanspy": "package asterisk-modules",
}
WEBSOCKET_MODULES: Final = {
    "chan_websocket": "Asterisk 20.16, 21.11, 22.6 or newer",
    "res_websocket_client": "Asterisk 20.15, 21.10, 22.5 or newer",
    "app_chanspy": "package asterisk-modules",
}


class Door(Protocol):
    """Where the sound comes in."""

    def expect(self, line: UUID, ear: Ear) -> None:
        """From now on what comes under this UUID is taken."""

    def forget(self, line: UUID) -> None:
        """Hang up what came under this UUID, and take it no more."""


class SpyRoute:
    """Taps both legs of a talk; `notice` must be told each AMI message."""

    def __init__(
        self, exchange: Exchange, door: Door, *, name: str, modules: Mapping[str, str],
        dial: Callable[[UUID], str], where: str, patience: float,
    ) -> None:  # fmt: skip
        """`dial`: the channel that brings a line to `door`; `where`: what it connects to, for people.

        `patience`: seconds until both legs must have come.
        """
        self.name = name
        self._exchange, self._server, self._modules = exchange, door, modules
        self._dial, self._where, self._patience = dial, where, patience
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
        await need_modules(self._exchange, self._modules)
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
                f"calls cannot be heard: Asterisk did not connect to {self._where} within {self._patience:g} s; "
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
                    "Channel": self._dial(line),
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
            raise PbxError(
                _failed(failure.result().get("Reason"), self._where, next(iter(self._modules)))
            )


def _failed(reason: str, where: str, module: str) -> str:
    if reason == "8":
        return (
            f"calls cannot be heard: Asterisk could not connect to {where}; "
            "does agentbot listen there, is a firewall between?"
        )
    return (
        f"calls cannot be heard: Asterisk could not open a channel to {where} (reason {reason or 'unknown'}); "
        f"is {module} loaded?"
    )


class AudioSocketRoute(SpyRoute):
    """By AudioSocket: everywhere."""

    def __init__(
        self, exchange: Exchange, server: AudioSocketServer, *, address: str, rate: int = 8_000,
        patience: float = 5.0,
    ) -> None:  # fmt: skip
        """`address`: HOST:PORT of `server` as the exchange reaches it; `rate`: 8,000 or 16,000 Hz."""
        super().__init__(
            exchange, server, name="audiosocket", modules=MODULES, where=address, patience=patience,
            dial=lambda line: f"AudioSocket/{address}/{line}/c({CODECS[rate]})",
        )  # fmt: skip


class WebSocketRoute(SpyRoute):
    """By chan_websocket: where AudioSocket is not to be had."""

    def __init__(
        self, exchange: Exchange, server: MediaSocketServer, *, client: str = "agentbot", rate: int = 8_000,
        patience: float = 5.0,
    ) -> None:  # fmt: skip
        """`client`: the section of websocket_client.conf that names `server`; `rate`: as above."""
        super().__init__(
            exchange, server, name="websocket", modules=WEBSOCKET_MODULES, patience=patience,
            where=f"the uri of [{client}] in websocket_client.conf",
            dial=lambda line: f"WebSocket/{client}/c({CODECS[rate]})v(line={line},rate={rate})",
        )  # fmt: skip
