"""Those who are on a simulated call, and what happens between any two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from agentbot.core.events import Leg
from agentbot.simulate.call import SimulatedCall, Transfer
from agentbot.simulate.playback import Playback
from agentbot.simulate.switch import Channel, Switch

__all__ = ["Scene"]


class Scene:
    """A caller's channel and what both sides say; the moves that all calls are made of."""

    def __init__(self, switch: Switch, call: SimulatedCall) -> None:
        """The caller's channel comes up at once."""
        self.switch = switch
        self.call = call
        self.playback = Playback(switch.clock, call.sound or {}, call.lead)
        self._ordered: asyncio.Queue[Transfer] = asyncio.Queue()
        self._order_came = asyncio.Event()
        self.caller = switch.channel(
            "trunk",
            number=call.caller,
            person=call.name,
            context="from-trunk",
            exten=call.queue or call.seat,
            state=4,
        )
        for name, value in call.variables.items():
            switch.set_variable(self.caller, name, value)

    def order(self, transfer: Transfer) -> None:
        """Somebody wants the caller moved now."""
        self._ordered.put_nowait(transfer)
        self._order_came.set()

    def next_order(self) -> Transfer | None:
        """What was asked for first, if anything was."""
        if self._ordered.empty():
            return None
        order = self._ordered.get_nowait()
        if self._ordered.empty():
            self._order_came.clear()
        return order

    def ring(self, phone: Channel, dialler: Channel | None = None) -> None:
        """A phone rings for the caller, or for `dialler`."""
        dialler = dialler or self.caller
        seat = phone.number
        self.switch.between("DialBegin", dialler, phone, ("DialString", seat))
        dialler.connected = (seat, phone.person)
        self.switch.about("NewConnectedLine", dialler)
        self.switch.state(phone, 5)
        self.switch.between("DialState", dialler, phone, ("DialStatus", "RINGING"))

    def answer(self, phone: Channel, dialler: Channel | None = None) -> None:
        """It is picked up."""
        self.switch.state(phone, 6)
        self.switch.between("DialEnd", dialler or self.caller, phone, ("DialStatus", "ANSWER"))

    def together(self, operator: Channel) -> Channel:
        """Operator and caller hear each other, and go on with what they say."""
        self.caller.says = (self.playback, Leg.CALLER)
        operator.says = (self.playback, Leg.OPERATOR)
        self.switch.join(operator, self.caller)
        self.playback.go_on()
        return operator

    def hold(self, operator: Channel) -> None:
        """The caller hears music."""
        self.playback.stand_still()
        operator.mute = True
        self.switch.about("Hold", operator, ("MusicClass", "default"))
        self.switch.about("MusicOnHoldStart", self.caller, ("Class", "default"))

    def take_back(self, operator: Channel) -> None:
        """The hold is over."""
        operator.mute = False
        self.switch.about("Unhold", operator)
        self.switch.about("MusicOnHoldStop", self.caller)
        self.playback.go_on()

    async def wait(
        self, seconds: float, channels: Iterable[Channel], *, orders: bool = False
    ) -> bool:
        """Let time go by; False when the caller or one of the channels is to be hung up first.

        `orders`: no longer than until a transfer is asked for.
        """
        clock = self.switch.clock
        asked = [
            asyncio.create_task(channel.asked_to_go.wait()) for channel in {self.caller, *channels}
        ]
        over: list[asyncio.Task[Any]] = [
            asyncio.create_task(clock.sleep_until(clock.now() + max(0.0, seconds)))
        ]
        if orders:
            over.append(asyncio.create_task(self._order_came.wait()))
        try:
            await asyncio.wait([*over, *asked], return_when=asyncio.FIRST_COMPLETED)
            return not any(task.done() for task in asked)
        finally:
            for task in (*over, *asked):
                task.cancel()
