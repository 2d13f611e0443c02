"""How a simulated call goes, event by event, in the order of a real Asterisk 22."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from agentbot.core.events import Leg
from agentbot.simulate.call import SimulatedCall, Transfer
from agentbot.simulate.playback import Playback
from agentbot.simulate.switch import Channel, Switch

__all__ = ["Course"]


class Course:
    """One call from its first ring to its last channel."""

    def __init__(self, switch: Switch, call: SimulatedCall) -> None:
        """The caller's channel comes up at once."""
        self._switch = switch
        self._call = call
        self.playback = Playback(switch.clock, call.sound or {}, call.lead)
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

    async def run(self) -> None:
        """Let it happen."""
        operator: Channel | None = None
        try:
            operator = await (self._through_queue() if self._call.queue else self._direct())
            if operator is not None:
                operator = await self._talk(operator)
        finally:
            self._hang_up(operator)

    async def _direct(self) -> Channel | None:
        seat = self._call.seat
        self.caller.application = ("Dial", f"PJSIP/{seat},20")
        phone = self._switch.seat(seat, self.caller)
        self._ring(phone)
        if not await self._wait(self._call.rings, (phone,)) or not self._call.answered:
            self._switch.between("DialEnd", self.caller, phone, ("DialStatus", "CANCEL"))
            self._switch.end(phone, 0)
            return None
        self._answer(phone)
        self._switch.state(self.caller, 6)
        return self._together(phone)

    async def _through_queue(self) -> Channel | None:
        call, switch, caller = self._call, self._switch, self.caller
        queue = ("Queue", call.queue or "")
        caller.application = ("Queue", call.queue or "")
        switch.state(caller, 6)
        began = switch.clock.now()
        switch.about("QueueCallerJoin", caller, queue, ("Position", "1"), ("Count", "1"))
        switch.about("MusicOnHoldStart", caller, ("Class", "default"))
        for seat in (*call.unanswered, call.seat):
            rang = switch.clock.now()
            phone = switch.seat(seat, caller)
            switch.between("AgentCalled", caller, phone, queue, *_member(seat))
            self._ring(phone)
            stays = await self._wait(call.rings, (phone,))
            waited = ("HoldTime", f"{switch.clock.now() - began:.0f}")
            if not stays or (seat == call.seat and not call.answered):
                switch.about("HangupRequest", caller)
                switch.about("MusicOnHoldStop", caller)
                switch.between("DialEnd", caller, phone, ("DialStatus", "CANCEL"))
                place = (("Position", "1"), ("OriginalPosition", "1"))
                switch.about("QueueCallerAbandon", caller, queue, *place, waited)
                self._leave_queue(queue)
                switch.end(phone, 0)
                return None
            ring = ("RingTime", f"{1000 * (switch.clock.now() - rang):.0f}")
            if seat != call.seat:
                switch.between("AgentRingNoAnswer", caller, phone, queue, *_member(seat), ring)
                switch.between("DialEnd", caller, phone, ("DialStatus", "NOANSWER"))
                switch.end(phone, 0)
                continue
            self._answer(phone)
            switch.about("MusicOnHoldStop", caller)
            self._leave_queue(queue)
            seconds = ("RingTime", f"{switch.clock.now() - rang:.0f}")
            switch.between("AgentConnect", caller, phone, queue, *_member(seat), waited, seconds)
            return self._together(phone)
        return None

    def _leave_queue(self, queue: tuple[str, str]) -> None:
        self._switch.about(
            "QueueCallerLeave", self.caller, queue, ("Position", "1"), ("Count", "0")
        )

    def _ring(self, phone: Channel, dialler: Channel | None = None) -> None:
        dialler = dialler or self.caller
        seat = phone.number
        self._switch.between("DialBegin", dialler, phone, ("DialString", seat))
        dialler.connected = (seat, phone.person)
        self._switch.about("NewConnectedLine", dialler)
        self._switch.state(phone, 5)
        self._switch.between("DialState", dialler, phone, ("DialStatus", "RINGING"))

    def _answer(self, phone: Channel, dialler: Channel | None = None) -> None:
        self._switch.state(phone, 6)
        self._switch.between("DialEnd", dialler or self.caller, phone, ("DialStatus", "ANSWER"))

    def _together(self, operator: Channel) -> Channel:
        self.caller.says = (self.playback, Leg.CALLER)
        operator.says = (self.playback, Leg.OPERATOR)
        self._switch.join(operator, self.caller)
        self.playback.go_on()
        return operator

    async def _talk(self, operator: Channel) -> Channel | None:
        """The talk with its holds and its transfer; who the operator is at its end."""
        call = self._call
        moments: list[tuple[float, float | Transfer]] = list(call.holds)
        if call.transfer:
            moments.append((call.transfer.at, call.transfer))
        for moment, what in sorted(moments, key=lambda one: one[0]):
            both = (self.caller, operator)
            if not await self._wait(min(moment, call.talk_seconds) - self.playback.position, both):
                return operator
            if isinstance(what, Transfer):
                self.playback.stand_still()
                moved = await (
                    self._blind(operator, what)
                    if what.kind == "blind"
                    else self._attended(operator, what)
                )
                if moved is None:
                    return None
                operator = moved
            else:
                self._hold(operator)
                stays = await self._wait(what, both)
                self._take_back(operator)
                if not stays:
                    return operator
        await self._wait(call.talk_seconds - self.playback.position, (self.caller, operator))
        return operator

    def _hold(self, operator: Channel) -> None:
        self.playback.stand_still()
        operator.mute = True
        self._switch.about("Hold", operator, ("MusicClass", "default"))
        self._switch.about("MusicOnHoldStart", self.caller, ("Class", "default"))

    def _take_back(self, operator: Channel) -> None:
        operator.mute = False
        self._switch.about("Unhold", operator)
        self._switch.about("MusicOnHoldStop", self.caller)
        self.playback.go_on()

    async def _blind(self, operator: Channel, transfer: Transfer) -> Channel | None:
        switch, caller = self._switch, self.caller
        bridge = operator.bridge
        bridge_headers = bridge.headers() if bridge else []
        switch.about("Unhold", operator)
        caller.exten = transfer.seat
        switch.leave(caller)
        switch.leave(operator)
        switch.tell(
            "BlindTransfer",
            [
                ("Result", "Success"),
                *operator.headers("Transferer"),
                *caller.headers("Transferee"),
                *bridge_headers,
                ("IsExternal", "Yes"),
                ("Context", "from-seats"),
                ("Extension", transfer.seat),
            ],
        )
        phone = switch.seat(transfer.seat, caller)
        switch.end(operator)
        self._ring(phone)
        if not await self._wait(transfer.rings, (phone,)):
            switch.end(phone, 0)
            return None
        self._answer(phone)
        return self._together(phone)

    async def _attended(self, operator: Channel, transfer: Transfer) -> Channel | None:
        switch, caller = self._switch, self.caller
        first = operator.bridge
        self._hold(operator)
        second = switch.channel(
            operator.number,
            number=operator.number,
            person=operator.person,
            context="from-seats",
            exten=transfer.seat,
            state=4,
        )
        target = switch.seat(transfer.seat, second)
        parts = (operator, second, target)
        self._ring(target, second)
        stays = await self._wait(transfer.rings, parts)
        if stays:
            self._answer(target, second)
            switch.state(second, 6)
            consult = switch.join(target, second)
            stays = await self._wait(transfer.consult, parts)
        if not stays or first is None:
            for channel in (second, target):
                switch.end(channel)
            return operator
        headers = [*operator.headers("OrigTransferer"), *first.headers("Orig")]
        headers += [*second.headers("SecondTransferer"), *consult.headers("Second")]
        for channel in (operator, second):
            switch.about("Unhold", channel)
        switch.leave(caller)
        switch.leave(second)
        switch.enter(consult, caller)
        switch.about("MusicOnHoldStop", caller)
        headers += [*caller.headers("Transferee"), *target.headers("TransferTarget")]
        headers += [("IsExternal", "No"), ("DestType", "Bridge")]
        headers += [("DestBridgeUniqueid", consult.id)]
        switch.tell("AttendedTransfer", [("Result", "Success"), *headers])
        target.linkedid = caller.linkedid
        target.connected, caller.connected = (
            (caller.number, caller.person),
            (target.number, target.person),
        )
        for channel in (operator, second):
            switch.end(channel)
        target.says = (self.playback, Leg.OPERATOR)
        self.playback.go_on()
        return target

    async def _wait(self, seconds: float, channels: Iterable[Channel]) -> bool:
        """Let time go by; False when the caller or one of the channels is to be hung up first."""
        clock = self._switch.clock
        asked = [
            asyncio.create_task(channel.asked_to_go.wait()) for channel in {self.caller, *channels}
        ]
        time_out = asyncio.create_task(clock.sleep_until(clock.now() + max(0.0, seconds)))
        try:
            await asyncio.wait([time_out, *asked], return_when=asyncio.FIRST_COMPLETED)
            return not any(task.done() for task in asked)
        finally:
            for task in (time_out, *asked):
                task.cancel()

    def _hang_up(self, operator: Channel | None) -> None:
        switch, caller = self._switch, self.caller
        self.playback.stand_still()
        if operator is None or operator.gone.is_set():
            switch.end(caller, 16 if self._call.answered else 0)
            return
        first, last = (
            (caller, operator) if self._call.ended_by is Leg.CALLER else (operator, caller)
        )
        switch.about("HangupRequest", first, ("Cause", "16"))
        if self._call.queue and not self._call.transfer:
            switch.between(
                "AgentComplete",
                caller,
                operator,
                ("Queue", self._call.queue),
                *_member(operator.number),
                ("TalkTime", f"{self.playback.position:.0f}"),
                ("Reason", "caller" if first is caller else "agent"),
            )
        switch.leave(first)
        switch.about("SoftHangupRequest", caller, ("Cause", "16"))
        switch.leave(last)
        switch.end(caller)
        switch.end(operator)


def _member(seat: str) -> tuple[tuple[str, str], ...]:
    return (("Interface", f"PJSIP/{seat}"), ("MemberName", f"Seat {seat}"))
