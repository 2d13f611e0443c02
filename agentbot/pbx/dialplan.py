"""The sound of a talk from taps that the dialplan opens itself, as the operator answers.

For an AMI user that may not originate. The dialplan chooses a UUID for each leg, says which is
whose by the UserEvent `AgentbotSound` on the operator's channel, and sends both over AudioSocket
(`agentbot-heard` in `asterisk/extensions.conf`).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final
from uuid import UUID

import structlog

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, need_modules
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.pair import Pair
from agentbot.pbx.tap import MODULES

__all__ = ["DialplanRoute"]

log = structlog.get_logger()

_MOST: Final = 1_000
"""Talks whose taps were announced and not asked for; the oldest are let go."""


class DialplanRoute:
    """Matches what the dialplan announced to the talks; `notice` must be told each AMI message."""

    name: Final = "dialplan"

    def __init__(
        self, exchange: Exchange, server: AudioSocketServer, *, patience: float = 5.0
    ) -> None:
        """`server` needs some `grace`: the sound may come before the UserEvent.

        `patience`: seconds that a talk waits for its taps.
        """
        self._exchange, self._server, self._patience = exchange, server, patience
        self._announced: OrderedDict[str, Pair] = OrderedDict()
        self._waits: dict[str, asyncio.Future[Pair]] = {}

    async def check(self) -> None:
        """Whether the exchange has what its dialplan needs.

        Raises:
            PbxError: a module is missing; names it.
        """
        modules = {**MODULES, "app_originate": "package asterisk-modules"}
        await need_modules(self._exchange, modules)

    def notice(self, message: Message) -> None:
        """Takes what the dialplan announces."""
        if message.event != "UserEvent" or message.get("UserEvent") != "AgentbotSound":
            return
        try:
            lines = {leg: UUID(message.get(leg.value.capitalize())) for leg in Leg}
        except ValueError:
            log.warning("the dialplan announces sound without UUIDs; compare it with the sample")
            return
        operator = message.get("Uniqueid")

        async def hang_up() -> None:
            for line in lines.values():
                self._server.forget(line)

        pair = Pair(hang_up=hang_up)
        for leg, line in lines.items():
            self._server.expect(line, pair.ears[leg])
        if (wait := self._waits.pop(operator, None)) and not wait.done():
            wait.set_result(pair)
            return
        self._announced[operator] = pair
        while len(self._announced) > _MOST:
            _, oldest = self._announced.popitem(last=False)
            asyncio.get_running_loop().create_task(oldest.close())

    async def open(self, talk: TalkBegan) -> Pair:
        """The taps of this talk, once both have come.

        Raises:
            PbxError: the dialplan opened none.
        """
        operator = talk.operator.uniqueid
        pair = self._announced.pop(operator, None)
        try:
            async with asyncio.timeout(self._patience):
                if pair is None:
                    wait = self._waits[operator] = asyncio.get_running_loop().create_future()
                    pair = await wait
                await asyncio.gather(*(ear.begun.wait() for ear in pair.ears.values()))
        except TimeoutError:
            if pair is None:
                raise PbxError(
                    "this call cannot be heard: its dialplan has announced no sound (AgentbotSound); "
                    "let it go through agentbot-heard of the sample extensions.conf"
                ) from None
            await pair.close()
            raise PbxError(
                "this call cannot be heard: the dialplan announced its sound, but Asterisk did not connect; "
                "is AGENTBOT_SOUND in its dialplan the address of sound.port?"
            ) from None
        finally:
            self._waits.pop(operator, None)
        return pair
