"""A call that rings no phone: two channels of our own, joined by the exchange, each saying noise.

Each is an AudioSocket channel that Asterisk opens to this machine, so no dialplan and no device
has a part in it, and the service, if it runs, takes both for taps of ours and leaves them alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import Direction, Party, TalkBegan
from agentbot.doctor.likeness import FRAME, RATE, noise
from agentbot.doctor.visit import VARIABLE, Visit
from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.message import Message
from agentbot.pbx.tap import TAP_PREFIX

__all__ = ["Call", "Phone", "UnreachableError", "call", "running"]

_LIFE: Final = 30
"""Seconds after which Asterisk itself ends what we should leave behind."""
_COMES: Final = 6.0
"""Seconds that Asterisk has to connect."""
_TRIES: Final = 10
_AGAIN: Final = 0.2
"""Seconds between two of them."""


class UnreachableError(PbxError):
    """The exchange did not find the way to our port."""


@dataclass(slots=True, kw_only=True)
class Phone:
    """One party: an ear that takes nothing and a mouth that makes noise."""

    seed: int
    line: UUID = field(default_factory=uuid4)
    here: asyncio.Event = field(default_factory=asyncio.Event)
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    said: NDArray[np.int16] = field(init=False)
    sent: list[float] = field(default_factory=list)
    """When each frame went out, by the event loop's clock."""

    def __post_init__(self) -> None:
        self.said = noise(self.seed, _LIFE)

    @property
    def uniqueid(self) -> str:
        """As the exchange was told to call the channel."""
        return f"{TAP_PREFIX}{self.line}"

    def begin(self) -> None:
        """Asterisk has connected."""
        self.here.set()

    def hear(self, at: float, samples: NDArray[np.int16], rate: int) -> None:
        """What the other one says is looked at by the tap, not here."""

    def end(self) -> None:
        """Asterisk has hung up."""

    def notice(self, message: Message) -> None:
        """Learn that the exchange could not connect."""
        where = message.get("Uniqueid") + message.get("Channel")
        failure = message.event == "OriginateResponse" and message.get("Response") == "Failure"
        if failure and str(self.line) in where:
            self.refused.set()

    async def talk(self, server: AudioSocketServer) -> None:
        """A frame each 20 ms until cancelled."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for start in range(0, len(self.said) - FRAME, FRAME):
            await asyncio.sleep(max(0.0, began + start / RATE - loop.time()))
            server.say(self.line, self.said[start : start + FRAME])
            self.sent.append(loop.time())


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Under way."""

    caller: Phone
    operator: Phone
    talk: TalkBegan
    joined: bool
    """The exchange joined them in a bridge."""


@asynccontextmanager
async def call(visit: Visit, server: AudioSocketServer, address: str) -> AsyncIterator[Call]:
    """Both parties up and talking; hung up at the end, whatever happens.

    Raises:
        UnreachableError: the exchange cannot connect to `address`.
        PbxError: it refuses to make such channels.
    """
    phones = Phone(seed=1), Phone(seed=2)
    talking: list[asyncio.Task[None]] = []
    visit.notices += [phone.notice for phone in phones]
    try:
        for phone in phones:
            server.expect(phone.line, phone)
            await _ring(visit, phone, address)
        await asyncio.gather(*(_comes(phone) for phone in phones))
        talking = [asyncio.create_task(phone.talk(server)) for phone in phones]
        names = await _names(visit, phones)
        joined = await _join(visit, names)
        yield Call(caller=phones[0], operator=phones[1], talk=_talk(phones, names), joined=joined)
    finally:
        for task in talking:
            task.cancel()
        for phone in phones:
            server.forget(phone.line)
            visit.notices.remove(phone.notice)


@asynccontextmanager
async def running(
    visit: Visit, server: AudioSocketServer, address: str, *, application: str, data: str
) -> AsyncIterator[None]:
    """One channel of our own that runs an application of the dialplan.

    Raises:
        UnreachableError, PbxError: as for `call`.
    """
    phone = Phone(seed=1)
    visit.notices.append(phone.notice)
    server.expect(phone.line, phone)
    try:
        await _ring(visit, phone, address, application, data)
        await _comes(phone)
        yield
    finally:
        server.forget(phone.line)
        visit.notices.remove(phone.notice)


async def _ring(
    visit: Visit, phone: Phone, address: str, application: str = "Wait", data: str = str(_LIFE)
) -> None:
    await visit.exchange.ask(
        "Originate",
        {
            "Channel": f"AudioSocket/{address}/{phone.line}/c(slin)",
            "ChannelId": phone.uniqueid,
            "Application": application,
            "Data": data,
            "Async": "true",
            "Timeout": str(round(_COMES * 1000)),
            "CallerID": "agentbot doctor",
        },
    )


async def _comes(phone: Phone) -> None:
    waits = [asyncio.create_task(one.wait()) for one in (phone.here, phone.refused)]
    try:
        await asyncio.wait(waits, timeout=_COMES, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
    if not phone.here.is_set():
        raise UnreachableError("refused" if phone.refused.is_set() else "silent")


async def _names(visit: Visit, phones: tuple[Phone, Phone]) -> list[str]:
    """Full channel names; by their uniqueids where the exchange does not list channels."""
    listed: dict[str, str] = {}
    with suppress(PbxError):
        items = await visit.exchange.ask_list("CoreShowChannels")
        listed = {item.get("Uniqueid"): item.get("Channel") for item in items}
    return [listed.get(phone.uniqueid, phone.uniqueid) for phone in phones]


async def _join(visit: Visit, names: list[str]) -> bool:
    """As two people who talk; and set a variable, to see whether we are told.

    A channel has connected before it is answered, and is not joined sooner.
    """
    for _ in range(_TRIES):
        try:
            variable = {"Channel": names[0], "Variable": VARIABLE, "Value": "1"}
            await visit.exchange.ask("Setvar", variable)
            await visit.exchange.ask("Bridge", {"Channel1": names[0], "Channel2": names[1]})
        except PbxError as error:
            if "ermission" in str(error):
                return False
            await asyncio.sleep(_AGAIN)
        else:
            return True
    return False


def _talk(phones: tuple[Phone, Phone], names: list[str]) -> TalkBegan:
    parties = [
        Party(channel=name, uniqueid=phone.uniqueid)
        for phone, name in zip(phones, names, strict=True)
    ]
    return TalkBegan(
        call=phones[0].uniqueid, talk=f"{phones[0].uniqueid}/doctor", seat="doctor", at=0.0,
        caller=parties[0], operator=parties[1], direction=Direction.INTERNAL,
    )  # fmt: skip
