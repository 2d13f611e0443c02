"""The route of sound that the settings chose, for each exchange."""

from __future__ import annotations

from collections.abc import Callable

from agentbot.pbx.ami import Exchange
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.sound import Route
from agentbot.pbx.tap import AudioSocketRoute
from agentbot.settings_form import SoundForm

__all__ = ["Taps"]


class Taps:
    """One AudioSocket port for all exchanges."""

    def __init__(self, form: SoundForm) -> None:
        self._form = form
        self._server = AudioSocketServer(host=form.host, port=form.port)

    async def open(self) -> None:
        """Begin to listen, if this route is taken.

        Raises:
            PbxError: the port is taken.
        """
        if self._form.route == "audiosocket":
            await self._server.open()

    async def close(self) -> None:
        """Hang up all."""
        if self._form.route == "audiosocket":
            await self._server.close()

    def route(self, exchange: Exchange) -> tuple[Route | None, Callable[[Message], None]]:
        """The way to the sound of an exchange's calls, and who must see its messages."""
        if self._form.route == "none":
            return None, lambda _: None
        host = self._form.address or self._form.host
        route = AudioSocketRoute(
            exchange, self._server, address=f"{host}:{self._server.port}",
            rate=self._form.rate,
        )  # fmt: skip
        return route, route.notice
