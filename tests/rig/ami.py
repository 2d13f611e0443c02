"""The product's AMI client with all events kept: what a test asks and waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from agentbot.core.calls.events import Direction, Party, TalkBegan
from agentbot.pbx.ami.account import Account
from agentbot.pbx.ami.exchange import Exchange
from agentbot.pbx.ami.stream import Connected
from agentbot.pbx.message import Message

PATIENCE = 20.0


@dataclass
class Ami:
    """A login, and what it has seen."""

    exchange: Exchange
    events: list[Message] = field(default_factory=list)
    listeners: list[Callable[[Message], None]] = field(default_factory=list)
    """Told each event."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def open(cls, port: int, user: str, secret: str) -> Ami:
        exchange = Exchange(
            Account(name="rig", host="127.0.0.1", port=port, username=user, secret=secret)
        )
        one = cls(exchange)
        one._tasks = [asyncio.create_task(exchange.run()), asyncio.create_task(one._follow())]
        async with asyncio.timeout(PATIENCE):
            await one._ready.wait()
        return one

    async def _follow(self) -> None:
        async for event in self.exchange:
            if isinstance(event, Connected):
                self._ready.set()
            elif isinstance(event, Message):
                self.events.append(event)
                for listener in self.listeners:
                    listener(event)
                async with self._news:
                    self._news.notify_all()

    async def close(self) -> None:
        await self.exchange.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def event(self, name: str, **headers: str) -> Message:
        """The last such event, which may have come already."""

        def found() -> Message | None:
            for event in reversed(self.events):
                if event.event == name and all(event.get(k) == v for k, v in headers.items()):
                    return event
            return None

        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: found() is not None)
        event = found()
        assert event is not None
        return event

    async def talk(self, seat: str) -> TalkBegan:
        """The talk that this seat's newest channel has with another channel now."""
        async with asyncio.timeout(PATIENCE):
            while True:
                channels = (await self.exchange.snapshot()).channels
                mine = [one for one in channels if one.get("Channel").startswith(f"PJSIP/{seat}-")]
                for operator in reversed(mine):
                    bridge = operator.get("BridgeId")
                    for caller in channels:
                        if bridge and caller is not operator and caller.get("BridgeId") == bridge:
                            return _talk(seat, caller, operator)
                await asyncio.sleep(0.05)


def _talk(seat: str, caller: Message, operator: Message) -> TalkBegan:
    return TalkBegan(
        call=caller.get("Linkedid"),
        talk=f"{caller.get('Linkedid')}/{operator.get('Uniqueid')}",
        seat=seat,
        at=caller.at,
        caller=Party(channel=caller.get("Channel"), uniqueid=caller.get("Uniqueid")),
        operator=Party(channel=operator.get("Channel"), uniqueid=operator.get("Uniqueid")),
        direction=Direction.INBOUND,
    )
