"""The routes of sound that the settings allow, for each exchange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentbot.errors import ConfigError
from agentbot.pbx.ami import Exchange
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.auto import AutoRoute
from agentbot.pbx.dialplan import DialplanRoute
from agentbot.pbx.files import FilesRoute
from agentbot.pbx.mediasocket import MediaSocketServer
from agentbot.pbx.snoop import AriRoute
from agentbot.pbx.sound import Route
from agentbot.pbx.tap import AudioSocketRoute, WebSocketRoute
from agentbot.pbx.whisper import Whisperer
from agentbot.settings_form import ExchangeForm
from agentbot.settings_sound import SoundForm

__all__ = ["Taps"]

_GRACE: Final = 1.5
"""Seconds by which a UserEvent may come after the sound that it announces."""


class Taps:
    """The ports on which sound comes, one of a kind for all exchanges."""

    def __init__(
        self, form: SoundForm, exchanges: Sequence[ExchangeForm] = (), *, whispers: bool = False
    ) -> None:
        """`exchanges`: those that have ARI may be heard by it; `whispers`: sound goes out as well."""
        self._whispers = whispers
        self._form = form
        self._ari = {one.name: one for one in exchanges if one.ari_url}
        self._opened: list[AriRoute] = []
        self._names = self._allowed()
        grace = _GRACE if form.route == "dialplan" else 0.0
        self._server = AudioSocketServer(host=form.host, port=form.port, grace=grace)
        self._media = MediaSocketServer(host=form.host, port=form.websocket_port)

    def _allowed(self) -> list[str]:
        """Names of the routes, the best first."""
        form = self._form
        if form.route != "auto":
            return [] if form.route == "none" else [form.route]
        # What the dialplan does cannot be asked: it is taken where it is set, and only there.
        further = {"websocket": form.websocket_port, "ari": self._ari, "files": form.folder}
        return ["audiosocket", *(name for name, given in further.items() if given)]

    @property
    def server(self) -> AudioSocketServer:
        """Where AudioSocket sound comes."""
        return self._server

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            PbxError: a port is taken.
        """
        if self._whispers or {"audiosocket", "dialplan", "ari"} & {*self._names}:
            await self._server.open()
        if "websocket" in self._names:
            await self._media.open()

    async def close(self) -> None:
        """Hang up all."""
        for route in self._opened:
            await route.close()
        await self._server.close()
        await self._media.close()

    def route(self, exchange: Exchange) -> Route | None:
        """The way to the sound of an exchange's calls; None: they are not to be heard.

        Raises:
            ConfigError: ARI is wanted, and not set for this exchange.
        """
        names = [n for n in self._names if n != "ari" or exchange.account.name in self._ari]
        if self._names and not names:
            raise ConfigError(
                f"the route ari needs ari_url, ari_user and ari_secret of exchange {exchange.account.name}"
            )
        routes = [self._made(name, exchange) for name in names]
        return AutoRoute(exchange.account.name, routes) if routes else None

    def whisperer(self, exchange: Exchange) -> Whisperer:
        """The way into an operator's ear."""
        return Whisperer(exchange, self._server, address=self._address)

    @property
    def _address(self) -> str:
        """Of the AudioSocket port, as exchanges reach it."""
        return f"{self._form.address or self._form.host}:{self._server.port}"

    def _made(self, name: str, exchange: Exchange) -> Route:
        form = self._form
        address = self._address
        match name:
            case "dialplan":
                return DialplanRoute(exchange, self._server)
            case "files":
                assert form.folder is not None  # noqa: S101 - the settings see to it
                return FilesRoute(exchange, form.folder, pattern=form.recordings)
            case "websocket":
                return WebSocketRoute(
                    exchange, self._media, client=form.websocket_client, rate=form.rate
                )
            case "ari":
                one = self._ari[exchange.account.name]
                route = AriRoute(
                    exchange, self._server, url=one.ari_url, user=one.ari_user,
                    secret=one.ari_password(), address=address, rate=form.rate,
                )  # fmt: skip
                self._opened.append(route)
                return route
            case _:
                return AudioSocketRoute(exchange, self._server, address=address, rate=form.rate)
