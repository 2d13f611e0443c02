"""The seats and the talks at them: what the tracker says becomes talks, pictures and verdicts."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

from agentbot.core.calls.events import (
    CallBegan,
    CallEvent,
    CallOver,
    CallRinging,
    HoldBegan,
    HoldEnded,
    TalkBegan,
    TalkEnded,
)
from agentbot.core.seat.outcome import outcome
from agentbot.core.seat.view import SeatView, StepState
from agentbot.core.verdict import CallVerdict
from agentbot.service.choosing import Choice
from agentbot.service.closing import close
from agentbot.service.means import Line, Means
from agentbot.service.memory import give_back
from agentbot.service.screens import Screens
from agentbot.service.talk import LiveTalk

__all__ = ["Floor", "Health"]

log = structlog.get_logger()

Health = Callable[[], tuple[bool, dict[str, str]]]

_TALKS: Final = 1_000
"""Talks followed at once."""
_KEPT: Final = 1_000
"""Ended talks whose verdict the dialplan may still ask for."""
_SHOWN: Final = 300.0
"""Seconds after a talk for which its seat still shows it."""


@dataclass(slots=True)
class _Call:
    """One call: its talks, of which the next may go on where the last stopped."""

    talks: list[LiveTalk] = field(default_factory=list)
    under_way: int = 0
    """Talks that are not closed yet."""
    over: bool = False
    ringing: set[str] = field(default_factory=set)


class Floor:
    """A `web.desk.Desk`. Feed it the events of all exchanges; `stop` ends what is under way."""

    def __init__(self, means: Means, choice: Choice, seats: Iterable[str], health: Health) -> None:
        self._means, self.choice, self._health = means, choice, health
        self._screens = Screens(seats, self._active, means.metrics)
        self._calls: OrderedDict[str, _Call] = OrderedDict()
        self._talks: dict[str, LiveTalk] = {}
        self._verdicts: OrderedDict[str, CallVerdict] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    # --- from the exchange ----------------------------------------------------------

    def take(self, event: CallEvent, line: Line) -> None:
        """What the tracker says of a call that came by this line."""
        match event:
            case CallBegan():
                self._means.metrics.calls.inc()
                self._call(event.call)
            case CallRinging():
                self._ring(event)
            case TalkBegan():
                self._begin(event, line)
            case TalkEnded() | HoldBegan() | HoldEnded():
                self._go_on(event)
            case CallOver():
                self._end(event)

    def _go_on(self, event: TalkEnded | HoldBegan | HoldEnded) -> None:
        talk = self._talks.get(event.talk)
        if talk is None:
            return
        match event:
            case TalkEnded():
                talk.end(event)
            case HoldBegan():
                talk.hold(event.at)
            case HoldEnded():
                talk.resume(event.at)

    def offline(self, seats: Iterable[str], *, gone: bool) -> None:
        """The exchange of these seats cannot be reached, or can again."""
        self._screens.offline(seats, gone=gone)

    def _call(self, call: str) -> _Call:
        found = self._calls.setdefault(call, _Call())
        while len(self._calls) > 10 * _TALKS:
            self._drop(next(iter(self._calls)))
        return found

    def _ring(self, event: CallRinging) -> None:
        call = self._call(event.call)
        if self._screens.ring(event.seat, event.call):
            call.ringing.add(event.seat)

    def _begin(self, began: TalkBegan, line: Line) -> None:
        script, fields = self.choice.of(began)
        call = self._call(began.call)
        self._hush(call, began.seat)
        if script is None or began.talk in self._talks or self._stopping:
            return
        if len(self._talks) >= _TALKS:
            log.warning("too many talks at once, one is not followed", talk=began.talk)
            return
        earlier = call.talks[-1] if call.talks and began.transfer is not None else None
        talk = LiveTalk(
            self._means, began, script, draw=self._screens.draw, line=line, earlier=earlier
        )
        for name, value in fields.items():
            talk.judging.correct(name, value)
        call.talks.append(talk)
        call.under_way += 1
        self._talks[began.talk] = talk
        self._means.metrics.talks.inc()
        task = asyncio.create_task(self._follow(talk, call), name=f"talk {began.talk}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end(self, event: CallOver) -> None:
        call = self._calls.get(event.call)
        self.choice.forget(event.call, (talk.began for talk in call.talks) if call else ())
        if call is None:
            return
        call.over = True
        self._hush(call)
        for talk in call.talks:
            if not talk.over:
                talk.end(None)
        if not call.under_way:
            self._drop(event.call)

    def _hush(self, call: _Call, answered: str = "") -> None:
        """Nothing rings for this call any more."""
        self._screens.hush(call.ringing - {answered})
        call.ringing.clear()

    def _drop(self, call_id: str) -> None:
        call = self._calls.pop(call_id, None)
        for talk in call.talks if call else ():
            talk.spool.close()

    # --- a talk's course --------------------------------------------------------------

    async def _follow(self, talk: LiveTalk, call: _Call) -> None:
        """A fault of ours costs this talk and no other."""
        began = talk.began
        with structlog.contextvars.bound_contextvars(call=began.call, seat=began.seat):
            try:
                log.info("talk began", script=talk.script.id, picked_up=began.picked_up)
                verdict = await talk.run()
                self._talks.pop(began.talk, None)
                self._note(began, verdict)
                again = self._means.hear_again or talk.recorded is not None
                talk.outcome = outcome(verdict, whole=False, provisional=again)
                self._screens.draw(talk, talk.view())
                log.info("talk ended", seconds=verdict.duration, score=verdict.score)
                final = await close(self._means, talk, verdict)
                await self._means.ears.spare(give_back)
                self._note(began, final)
                if final is not verdict or again:
                    talk.judged(final, whole=final is not verdict)
                    self._screens.judged(talk)
            except Exception:
                log.exception("talk given up")
            finally:
                self._talks.pop(began.talk, None)
                call.under_way -= 1
                if call.over and not call.under_way:
                    self._drop(began.call)
        asyncio.get_running_loop().call_later(_SHOWN, self._screens.clear, began)

    def _note(self, began: TalkBegan, verdict: CallVerdict) -> None:
        for key in (began.call, began.caller.uniqueid, began.operator.uniqueid):
            self._verdicts[key] = verdict
            self._verdicts.move_to_end(key)
        while len(self._verdicts) > 3 * _KEPT:
            self._verdicts.popitem(last=False)

    def _active(self, seat: str) -> list[LiveTalk]:
        return [t for t in self._talks.values() if t.began.seat == seat and not t.over]

    # --- for the dialplan ---------------------------------------------------------------

    def talk_of(self, key: str) -> LiveTalk | None:
        """The talk under way of a call id or of a channel's uniqueid."""
        for talk in reversed(self._talks.values()):
            began = talk.began
            if key in {began.call, began.talk, began.caller.uniqueid, began.operator.uniqueid}:
                return talk
        return None

    def verdict_of(self, key: str) -> CallVerdict | None:
        """The newest verdict of a call; while it is under way, as it stands."""
        talk = self.talk_of(key)
        return talk.verdict() if talk else self._verdicts.get(key)

    def settled(self, call: str) -> bool:
        """Whether nothing of a call is followed or judged any more."""
        return call not in self._calls

    @property
    def talking(self) -> int:
        """Talks under way."""
        return len(self._talks)

    @property
    def lag(self) -> float:
        """Largest lag of recognition, in seconds."""
        return max((talk.lag for talk in self._talks.values()), default=0.0)

    async def stop(self, patience: float) -> None:
        """End and keep what is under way, for at most `patience` seconds."""
        self._stopping = True
        for talk in list(self._talks.values()):
            talk.end(None)
        waiting = {task for task in self._tasks if not task.done()}
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=patience)
            for task in late:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*late, return_exceptions=True)
        for call in list(self._calls):
            self._drop(call)
        self._screens.board.close()

    # --- for the pages ------------------------------------------------------------------

    def seats(self) -> tuple[str, ...]:
        """As `Desk.seats`."""
        return self._screens.board.seats()

    def view(self, seat: str) -> SeatView:
        """As `Desk.view`."""
        return self._screens.board.view(seat)

    def watch(self, seat: str, after: int = -1) -> AsyncIterator[SeatView]:
        """As `Desk.watch`."""
        return self._screens.board.watch(seat, after)

    def mark(self, seat: str, call: str, step: str, state: StepState | None) -> bool:
        """As `Desk.mark`."""
        talk = self._at(seat, call)
        return talk is not None and talk.by_hand(talk.judging.mark(step, state))

    def correct(self, seat: str, call: str, field: str, value: str) -> bool:
        """As `Desk.correct`."""
        talk = self._at(seat, call)
        return talk is not None and talk.by_hand(talk.judging.correct(field, value))

    def dismiss(self, seat: str, call: str, alert: str) -> bool:
        """As `Desk.dismiss`."""
        talk = self._at(seat, call)
        return talk is not None and talk.by_hand(talk.judging.dismiss(alert))

    def _at(self, seat: str, call: str) -> LiveTalk | None:
        talk = self._talks.get(call)
        return talk if talk is not None and talk.began.seat == seat and not talk.over else None

    def shown(self, seat: str, version: int) -> None:
        """As `Desk.shown`."""
        self._screens.seen(seat, version)

    def healthy(self) -> tuple[bool, dict[str, str]]:
        """As `Desk.healthy`."""
        return self._health()
