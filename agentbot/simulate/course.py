"""How a simulated call goes, event by event, in the order of a real Asterisk 22."""

from __future__ import annotations

from agentbot.core.events import Leg
from agentbot.simulate.call import SimulatedCall, Transfer
from agentbot.simulate.scene import Scene
from agentbot.simulate.switch import Channel, Switch
from agentbot.simulate.transfers import move

__all__ = ["Course"]


class Course(Scene):
    """One call from its first ring to its last channel."""

    def __init__(self, switch: Switch, call: SimulatedCall) -> None:
        """The caller's channel comes up at once."""
        super().__init__(switch, call)
        self.operator: Channel | None = None
        """Whom the caller talks to."""

    async def run(self) -> None:
        """Let it happen."""
        operator: Channel | None = None
        try:
            operator = await (self._through_queue() if self.call.queue else self._direct())
            if operator is not None:
                operator = await self._talk(operator)
        finally:
            self._hang_up(operator)

    async def _direct(self) -> Channel | None:
        seat = self.call.seat
        self.caller.application = ("Dial", f"PJSIP/{seat},20")
        phone = self.switch.seat(seat, self.caller)
        self.ring(phone)
        if not await self.wait(self.call.rings, (phone,)) or not self.call.answered:
            self.switch.between("DialEnd", self.caller, phone, ("DialStatus", "CANCEL"))
            self.switch.end(phone, 0)
            return None
        self.answer(phone)
        self.switch.state(self.caller, 6)
        return self.together(phone)

    async def _through_queue(self) -> Channel | None:
        call, switch, caller = self.call, self.switch, self.caller
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
            self.ring(phone)
            stays = await self.wait(call.rings, (phone,))
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
            self.answer(phone)
            switch.about("MusicOnHoldStop", caller)
            self._leave_queue(queue)
            seconds = ("RingTime", f"{switch.clock.now() - rang:.0f}")
            switch.between("AgentConnect", caller, phone, queue, *_member(seat), waited, seconds)
            return self.together(phone)
        return None

    def _leave_queue(self, queue: tuple[str, str]) -> None:
        self.switch.about("QueueCallerLeave", self.caller, queue, ("Position", "1"), ("Count", "0"))

    async def _talk(self, operator: Channel) -> Channel | None:
        """The talk with its holds and transfers; who the operator is at its end."""
        call = self.call
        planned: list[tuple[float, float | Transfer]] = list(call.holds)
        if call.transfer:
            planned.append((call.transfer.at, call.transfer))
        planned.sort(key=lambda one: one[0])
        while True:
            self.operator = operator
            both = (self.caller, operator)
            until = min(planned[0][0] if planned else call.talk_seconds, call.talk_seconds)
            if not await self.wait(until - self.playback.position, both, orders=True):
                return operator
            what = self.next_order() or (planned.pop(0)[1] if planned else None)
            if what is None:
                return operator
            if isinstance(what, Transfer):
                self.operator = None
                moved = await move(self, operator, what)
                if moved is None:
                    return None
                operator = moved
                continue
            self.hold(operator)
            stays = await self.wait(what, both)
            self.take_back(operator)
            if not stays:
                return operator

    def _hang_up(self, operator: Channel | None) -> None:
        switch, caller = self.switch, self.caller
        self.playback.stand_still()
        if operator is None or operator.gone.is_set():
            switch.end(caller, 16 if self.call.answered else 0)
            return
        first, last = (caller, operator) if self.call.ended_by is Leg.CALLER else (operator, caller)
        switch.about("HangupRequest", first, ("Cause", "16"))
        if self.call.queue and not self.call.transfer:
            switch.between(
                "AgentComplete",
                caller,
                operator,
                ("Queue", self.call.queue),
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
