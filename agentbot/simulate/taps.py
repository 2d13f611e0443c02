"""Taps of the simulated exchange: an AudioSocket channel that hears one party."""

from __future__ import annotations

import asyncio
import contextlib
import re
import struct
from dataclasses import dataclass
from uuid import UUID

from agentbot.simulate.playback import FRAME
from agentbot.simulate.switch import Channel, Switch

__all__ = ["TapOrder", "run_tap"]

_TARGET = re.compile(
    r"AudioSocket/(?P<host>[^/]+):(?P<port>\d{1,5})/(?P<uuid>[0-9a-fA-F-]{36})(?:/c\((?P<codec>\w+)\))?"
)
_RATES = {"slin": (8000, 0x10), "slin16": (16000, 0x12)}
_SPY_STARTS = 0.1
"""Seconds until ChanSpy has found its channel, as measured."""
_UNSENT = 1 << 20
"""Bytes a consumer may leave unread: a minute of sound; Asterisk too holds that much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TapOrder:
    """What an Originate asked for."""

    host: str
    port: int
    uuid: UUID
    rate: int
    kind: int
    """Of the AudioSocket message."""
    spied: str
    """Name or uniqueid of the channel to listen to."""
    unique: str

    @classmethod
    def read(cls, channel: str, data: str, unique: str) -> TapOrder | None:
        """From `Channel`, `Data` and `ChannelId`; None where it is no AudioSocket channel."""
        found = _TARGET.fullmatch(channel)
        codec = (found["codec"] or "slin") if found else ""
        if found is None or codec not in _RATES:
            return None
        rate, kind = _RATES[codec]
        try:
            uuid = UUID(found["uuid"])
        except ValueError:
            return None
        return cls(
            host=found["host"],
            port=int(found["port"]),
            uuid=uuid,
            rate=rate,
            kind=kind,
            spied=data.partition(",")[0],
            unique=unique or f"sim-tap-{uuid}",
        )

    @property
    def name(self) -> str:
        """Of the tap's own channel."""
        return f"AudioSocket/{self.host}:{self.port}-{self.uuid}"


async def run_tap(switch: Switch, order: TapOrder, action_id: str, data: str) -> None:
    """Connect, say so over AMI, and stream until one side ends."""
    answer = [("ActionID", action_id), ("Channel", order.name), ("Application", "ChanSpy")]
    answer += [("Data", data)]
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(order.host, order.port)
    except (OSError, TimeoutError):
        switch.tell(
            "OriginateResponse",
            [("Response", "Failure"), *answer, ("Reason", "8"), ("Uniqueid", "<null>")],
        )
        return
    tap = switch.channel(
        order.name,
        number="",
        person="",
        context="default",
        exten="s",
        state=0,
        unique=order.unique,
    )
    try:
        switch.tell("DialBegin", [*tap.headers("Dest"), ("DialString", order.name)])
        switch.state(tap, 6)
        switch.tell("DialEnd", [*tap.headers("Dest"), ("DialStatus", "ANSWER")])
        switch.tell(
            "OriginateResponse",
            [("Response", "Success"), *answer, ("Reason", "4"), ("Uniqueid", tap.uniqueid)],
        )
        writer.write(b"\x01\x00\x10" + order.uuid.bytes)
        spied = switch.channels.get(order.spied) or next(
            (one for one in switch.channels.values() if one.uniqueid == order.spied), None
        )
        if spied is not None:
            await _listen(switch, order, tap, spied, (reader, writer))
    finally:
        switch.end(tap, 0)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _listen(
    switch: Switch,
    order: TapOrder,
    tap: Channel,
    spied: Channel,
    socket: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    reader, writer = socket
    sending = asyncio.create_task(_send(switch, order, spied, writer))
    others = [
        asyncio.create_task(_until_closed(reader)),
        asyncio.create_task(tap.asked_to_go.wait()),
    ]
    await switch.clock.sleep_until(switch.clock.now() + _SPY_STARTS)
    both = [*tap.headers("Spyer"), *spied.headers("Spyee")]
    switch.tell("ChanSpyStart", both)
    try:
        await asyncio.wait([sending, *others], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, *others):
            task.cancel()
        await asyncio.gather(sending, *others, return_exceptions=True)
        switch.tell("ChanSpyStop", both)


async def _send(
    switch: Switch, order: TapOrder, spied: Channel, writer: asyncio.StreamWriter
) -> None:
    """A frame each 20 ms, none while the phone sends none.

    Each frame is the one due at its tick: a machine that comes late sends all that it owes at
    once, and leaves nothing out. So does one whose phone has hung up meanwhile.
    """
    clock = switch.clock
    tick = clock.now() + _SPY_STARTS
    header = struct.pack(">BH", order.kind, round(order.rate * FRAME) * 2)
    silence = bytes(round(order.rate * FRAME) * 2)
    while writer.transport.get_write_buffer_size() < _UNSENT:
        await clock.sleep_until(tick)
        if spied.gone.is_set() and tick >= clock.now() - FRAME:
            return
        if spied.says is None and not spied.mute:
            writer.write(header + silence)
        elif spied.says is not None and not spied.mute:
            said, leg = spied.says
            samples = said.frame(leg, order.rate, said.at(tick))
            writer.write(header + samples.astype("<i2").tobytes())
        tick += FRAME


async def _until_closed(reader: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(1 << 16):
            pass
