"""The routes of sound that the settings allow, for each exchange."""

from __future__ import annotations

from typing import Final

from agentbot.pbx.ami import Exchange
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.auto import AutoRoute
from agentbot.pbx.dialplan import DialplanRoute
from agentbot.pbx.sound import Route
from agentbot.pbx.tap import AudioSocketRoute
from agentbot.settings_form import SoundForm

__all__ = ["Taps"]

_GRACE: Final = 1.5
"""Seconds by which a UserEvent may come after the sound that it announces."""


class Taps:
    """The ports on which sound comes, one for all exchanges."""

    def __init__(self, form: SoundForm) -> None:
        self._form = form
        grace = _GRACE if form.route == "dialplan" else 0.0
        self._server = AudioSocketServer(host=form.host, port=form.port, grace=grace)

    @property
    def server(self) -> AudioSocketServer:
        """Where AudioSocket sound comes."""
        return self._server

    async def open(self) -> None:
        """Begin to listen.

        Raises:
            PbxError: a port is taken.
        """
        if self._form.route != "none":
            await self._server.open()

    async def close(self) -> None:
        """Hang up all."""
        await self._server.close()

    def route(self, exchange: Exchange) -> Route | None:
        """The way to the sound of an exchange's calls; None: they are not to be heard."""
        wanted = self._form.route
        if wanted == "none":
            return None
        host = self._form.address or self._form.host
        routes: dict[str, Route] = {
            "audiosocket": AudioSocketRoute(
                exchange, self._server, address=f"{host}:{self._server.port}", rate=self._form.rate
            ),
            "dialplan": DialplanRoute(exchange, self._server),
        }
        # What the dialplan does cannot be asked: it is taken where it is set, and only there.
        allowed = {"audiosocket"} if wanted == "auto" else {wanted}
        return AutoRoute(
            exchange.account.name, [route for name, route in routes.items() if name in allowed]
        )
