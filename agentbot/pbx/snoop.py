"""The sound of a talk by ARI: a snoop channel on each leg, bridged with external media to us.

For houses where ARI is in use already. The media come over AudioSocket, so that a connection of
ours that ends takes its channel along; what is left over is taken away at the next check.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final
from uuid import UUID, uuid4

from agentbot.core.calls.events import Party, TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, need_modules
from agentbot.pbx.ari import Ari
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.pair import Pair
from agentbot.pbx.tap import CODECS, TAP_PREFIX

__all__ = ["ARI_MODULES", "AriRoute"]

ARI_MODULES: Final = dict.fromkeys(("res_ari_channels", "res_ari_bridges", "res_ari_events", "res_stasis_snoop", "res_audiosocket", "chan_audiosocket"), "package asterisk-modules, Asterisk 18 or newer")  # fmt: skip


class AriRoute:
    """Taps both legs of a talk."""

    name: Final = "ari"

    def __init__(
        self, exchange: Exchange, server: AudioSocketServer, *, url: str, user: str, secret: str,
        address: str, rate: int = 8_000, patience: float = 5.0,
    ) -> None:  # fmt: skip
        """`url`, `user`, `secret`: of ARI; `address`: HOST:PORT of `server` as the exchange reaches it.

        `patience`: seconds until both legs must have come.
        """
        self._exchange, self._server = exchange, server
        self._address, self._rate, self._patience = address, rate, patience
        # Two of one name would take each other's events.
        self._ari = Ari(url, user, secret, f"agentbot-{uuid4().hex[:8]}", self._event)
        self._entered: dict[str, asyncio.Event] = {}
        self._lines: set[UUID] = set()
        self._going: set[asyncio.Task[None]] = set()

    def notice(self, message: Message) -> None:
        """AMI says nothing that this route needs."""

    async def check(self) -> None:
        """Whether ARI can do it; takes away what an earlier run of ours left there.

        Raises:
            PbxError: a module is missing, or ARI cannot be reached or refuses.
        """
        await need_modules(self._exchange, ARI_MODULES)
        await self._ari.connect()
        for bridge in await self._ari.ask("GET", "/bridges"):
            name, channels = str(bridge.get("id")), [str(one) for one in bridge.get("channels", ())]
            line = _line(name)
            # Whoever listens has media there; they went with the connection.
            if line is None or line in self._lines or _names(line)[2] in channels:
                continue
            for channel in channels:
                await self._drop("channels", channel)
            await self._drop("bridges", name)

    async def open(self, talk: TalkBegan) -> Pair:
        """Begin to listen to both legs.

        Raises:
            PbxError: this talk cannot be tapped; the message says why.
        """
        await self._ari.connect()
        lines = {leg: uuid4() for leg in Leg}

        async def hang_up() -> None:
            await asyncio.gather(*(self._take_away(line) for line in lines.values()))

        pair = Pair(hang_up=hang_up)
        parties = {Leg.CALLER: talk.caller, Leg.OPERATOR: talk.operator}
        try:
            async with asyncio.timeout(self._patience), asyncio.TaskGroup() as group:
                for leg, line in lines.items():
                    self._server.expect(line, pair.ears[leg])
                    group.create_task(self._listen(parties[leg], line))
                    group.create_task(_begun(pair, leg))
        except* PbxError as errors:
            await pair.close()
            raise _first(errors) from None
        except* TimeoutError:
            await pair.close()
            raise PbxError(
                f"calls cannot be heard: Asterisk did not connect to {self._address} within "
                f"{self._patience:g} s; is this address reachable from it?"
            ) from None
        return pair

    async def _listen(self, party: Party, line: UUID) -> None:
        bridge, snoop, media = _names(line)
        self._lines.add(line)
        for channel in (snoop, media):
            self._entered[channel] = asyncio.Event()
        ask = self._ari.ask
        await ask("POST", f"/channels/{party.uniqueid}/snoop/{snoop}", spy="in", app=self._ari.app)
        await ask(
            "POST", "/channels/externalMedia", channelId=media, app=self._ari.app, data=str(line),
            external_host=self._address, encapsulation="audiosocket", transport="tcp",
            connection_type="client", format=CODECS[self._rate],
        )  # fmt: skip
        await ask("POST", f"/bridges/{bridge}", type="mixing")
        for channel in (snoop, media):
            await self._entered[channel].wait()
        await ask("POST", f"/bridges/{bridge}/addChannel", channel=f"{snoop},{media}")

    def _event(self, kind: str, channel: str) -> None:
        """A channel of ours has come, or gone: then its other half goes as well."""
        if kind == "StasisStart" and channel in self._entered:
            self._entered[channel].set()
        elif kind in {"StasisEnd", "ChannelDestroyed"} and channel in self._entered:
            going = asyncio.ensure_future(self._take_away(UUID(channel[-36:])))
            self._going.add(going)
            going.add_done_callback(self._going.discard)

    async def _take_away(self, line: UUID) -> None:
        if line not in self._lines:
            self._server.forget(line)
            return
        self._lines.discard(line)
        bridge, *channels = _names(line)
        for channel in channels:
            self._entered.pop(channel, None)
            await self._drop("channels", channel)
        await self._drop("bridges", bridge)
        self._server.forget(line)

    async def _drop(self, what: str, name: str) -> None:
        """It may be gone already."""
        with suppress(PbxError):
            await self._ari.ask("DELETE", f"/{what}/{name}")

    async def close(self) -> None:
        """Take away all taps."""
        await asyncio.gather(*(self._take_away(line) for line in [*self._lines]))
        await self._ari.close()


def _names(line: UUID) -> tuple[str, str, str]:
    """Ids of bridge, snoop and media; Asterisk takes none that begins with another."""
    return f"{TAP_PREFIX}bridge-{line}", f"{TAP_PREFIX}snoop-{line}", f"{TAP_PREFIX}media-{line}"


def _line(bridge: str) -> UUID | None:
    """The line of a bridge of ours."""
    with suppress(ValueError):
        line = UUID(bridge[-36:])
        return line if bridge == _names(line)[0] else None
    return None


async def _begun(pair: Pair, leg: Leg) -> None:
    await pair.ears[leg].begun.wait()


def _first(errors: BaseExceptionGroup[PbxError]) -> PbxError:
    while True:
        one = errors.exceptions[0]
        if isinstance(one, PbxError):
            return one
        errors = one
