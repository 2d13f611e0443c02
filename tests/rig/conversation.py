"""A caller and an operator at their phones: what they say to each other, and what of it got lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import pairwise

from rig.asterisk import SECRET, Asterisk
from rig.dialogue import Dialogue
from rig.g711 import FRAME, encode
from rig.phone import Call, Phone
from rig.rtp import Rtp, lost
from rig.sounds import Samples

from agentbot.core.events import Leg

__all__ = ["Conversation", "Phones"]


class Phones:
    """The phones of one house."""

    def __init__(self, asterisk: Asterisk) -> None:
        self._asterisk = asterisk
        self._opened: list[Phone] = []
        self.trunk: Phone

    async def open(self) -> Phones:
        self.trunk = await self._new("trunk", self._asterisk.trunk)
        return self

    async def seat(self, name: str) -> Phone:
        """Registered, and answering what comes."""
        phone = await self._new(name)
        await phone.register()
        return phone

    async def _new(self, name: str, port: int = 0) -> Phone:
        phone = Phone(name, self._asterisk.sip, password=SECRET)
        await phone.open(port)
        self._opened.append(phone)
        return phone

    async def call(self, seat: Phone, book: list[str], number: str = "") -> Conversation:
        """From outside; `number`: a queue, else the seat itself."""
        dialled = await self.trunk.call(number or seat.user, caller="13800138000")
        return Conversation(book, await dialled.answered(), await seat.answered())

    async def close(self) -> None:
        for phone in self._opened:
            await phone.close()


@dataclass
class Conversation:
    """Both parties, and each stretch they said without being held or moved in it."""

    book: list[str]
    caller: Call
    operator: Call
    _said: list[tuple[Rtp, Rtp, Samples]] = field(default_factory=list)

    async def say(self, dialogue: Dialogue) -> None:
        """Both legs at once, to the end."""
        # Not on the loop: phones that stop for a moment send in bursts, and no exchange likes that.
        legs = await asyncio.to_thread(dialogue.sounds, self.book)
        await self.play(legs[Leg.CALLER], legs[Leg.OPERATOR])

    async def play(self, caller: Samples, operator: Samples) -> None:
        """The same of any sound."""
        pairs = ((self.caller, self.operator, caller), (self.operator, self.caller, operator))
        raw = await asyncio.gather(*(asyncio.to_thread(encode, said) for _, _, said in pairs))
        for (speaker, listener, said), payload in zip(pairs, raw, strict=True):
            speaker.rtp.play(payload)
            self._said.append((speaker.rtp, listener.rtp, said))
        await asyncio.gather(self.caller.said(), self.operator.said())
        await asyncio.sleep(0.1)  # the last frame is on its way

    async def end(self) -> None:
        """The caller hangs up."""
        await self.caller.hang_up()
        await self.operator.ended()

    @property
    def harm(self) -> str:
        """What either phone lost of what was said: frames, their order, or the time they come in."""
        lost = (_lost(*stretch) for stretch in self._said)
        return next(filter(None, lost), "")


def _lost(speaker: Rtp, listener: Rtp, said: Samples) -> str:
    raw = encode(said)
    frames = (raw[at : at + FRAME] for at in range(0, len(raw) - FRAME, FRAME))
    wanted = {frame for frame in frames if len(set(frame)) > 1}  # silent ones are all alike
    number = {payload: at for at, (_, payload) in enumerate(speaker.sent) if payload in wanted}
    places = [at for at, packet in enumerate(listener.heard) if packet.payload in number]
    came = [number[listener.heard[at].payload] for at in places]
    if len(set(came)) < len(number):
        return f"{len(number) - len(set(came))} of {len(number)} frames did not come"
    if any(b <= a for a, b in pairwise(came)):
        return "frames came twice or out of order"
    whole = listener.heard[places[0] : places[-1] + 1] if places else []
    if missing := lost(whole):
        return f"{missing} packets are missing by their numbers"
    gap = max((b.at - a.at for a, b in pairwise(whole)), default=0.0)
    return f"nothing came for {gap:.2f} s" if gap > 1.0 else ""
