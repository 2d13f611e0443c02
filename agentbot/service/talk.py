"""One talk followed from its first second to its verdict."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from agentbot.core.calls.events import TalkBegan, TalkEnded
from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Event,
    Heard,
    Held,
    Leg,
    LossCause,
    Rescored,
    Resumed,
    Tick,
)
from agentbot.core.script import HandOver, Script
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import Outcome, SeatState, SeatView, StepState
from agentbot.core.verdict import CallVerdict
from agentbot.errors import PbxError, StoreError
from agentbot.pbx.sound import Recorded, Sound, Tap
from agentbot.replay.call import Source
from agentbot.service.clock import CallClock
from agentbot.service.leg import HeardLeg
from agentbot.service.legs import Sides
from agentbot.service.means import Line, Means
from agentbot.service.notices import notice
from agentbot.service.record import Record, swapped
from agentbot.service.second_look import SecondLook
from agentbot.service.telling import Telling
from agentbot.store.shelf import file_name
from agentbot.store.spool import Spool

__all__ = ["LiveTalk"]

log = structlog.get_logger()

_DRAW: Final = 0.1
"""Seconds between two pictures at least; what changes meanwhile is gathered into the next."""
_PARTIAL: Final = 0.25
"""Seconds between two guesses at one utterance; each costs a look at the whole call."""
_TICK: Final = 0.5
_AFTER: Final = 10.0
"""Seconds that stand for what comes after a talk that goes on unheard; nobody knows how long."""
_AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before the sound of a talk that broke off is asked for again."""


class LiveTalk:
    """`run()` follows the talk until `end()`; everything happens on the event loop.

    `earlier`: the talk of the same call that was put through to this seat.
    """

    def __init__(
        self, means: Means, began: TalkBegan, script: Script, *,
        draw: Callable[[LiveTalk, SeatView], None], line: Line, earlier: LiveTalk | None = None,
    ) -> None:  # fmt: skip
        self.began, self.script = began, script
        self._means, self._draw, self._line = means, draw, line
        how = script.transfer if earlier and earlier.script.id == script.id else HandOver.RESTART
        loop = asyncio.get_running_loop()
        if earlier is None or how is HandOver.RESTART:
            self.clock = CallClock.start(
                began.at, time.time(), loop.time(), picked_up=began.picked_up
            )
            self.source = self._source()
        else:
            self.clock = replace(earlier.clock, begins=earlier.clock.from_epoch(began.at))
            self.source = replace(earlier.source, call_id=file_name(began.talk))
        self.started: CallStarted = means.house.started(self.source, script, means.lang)
        self.record = Record()
        self.seat_call = SeatCall(script, means.lang)
        self.spool = Spool(means.shelf.folder)
        self.sides = Sides(script)
        self.ended: TalkEnded | None = None
        self.outcome: Outcome | None = None
        """What its page says of it when it is over."""
        self._over = asyncio.Event()
        self._legs: dict[Leg, HeardLeg] = {}
        self._partials: dict[Leg, Heard] = {}
        self._partial_at = 0.0
        self.left_out: list[AudioLost] = []
        """What no recording of it may or can hold: pauses, what came before us and after us."""
        self.recorded: Recorded | None = None
        """The way to its sound when it is over, where nothing is heard before."""
        self._paused: float | None = None
        self._muting: asyncio.Task[None] | None = None
        self._notices: dict[str, None] = {}
        self._drawing = False
        self._drawn_at = -_DRAW
        self._second = SecondLook(means.ears, self.spool, self.sides)
        self._telling = Telling(began, means.metrics, line)
        self._feed(self.started)
        if earlier is not None:
            for event in earlier.record.handed_over(how):
                self._feed(event)
            if how is not HandOver.RESTART:
                legs = list(Leg) if how is HandOver.CONTINUE else [Leg.CALLER]
                self.spool.take_over(earlier.spool, legs)
        if began.picked_up:
            self._notices["picked_up"] = None
            self._lose(0.0, self.clock.begins, LossCause.NOT_TAPPED)

    def _source(self) -> Source:
        began = self.began
        number = began.variables.get("AGENTBOT_OPERATOR") or self._means.number(began.seat)
        return Source(
            call_id=file_name(began.talk), listed="", script=self.script.id, seat=number,
            started_at=datetime.fromtimestamp(began.at).astimezone(),
            channels=(Leg.CALLER, Leg.OPERATOR), queue=began.queue, ring_seconds=began.ring_seconds,
        )  # fmt: skip

    # --- what happens to it -----------------------------------------------------------

    async def run(self) -> CallVerdict:
        """Hear and judge the talk; returns the verdict as it stands at its end."""
        means = self._means
        loop = asyncio.get_running_loop()
        self._legs = {
            leg: HeardLeg(
                leg, means.ears, origin=self.clock.origin, begins=self.clock.begins,
                behind=means.behind, tell=self._hear,
                keep=lambda stretch, rate, leg=leg: self.spool.keep(  # type: ignore[misc]
                    leg, stretch.start, stretch.samples, rate
                ),
            )
            for leg in Leg
        }  # fmt: skip
        means.metrics.talking.inc()
        means.metrics.legs.inc(2)
        self._changed()
        listening = asyncio.create_task(self._listen())
        ticking = asyncio.create_task(self._tick())
        try:
            await self._over.wait()
            # The exchange tells of the end before the last sound has come through.
            await asyncio.wait([listening], timeout=0.3)
        finally:
            for task in (listening, ticking):
                task.cancel()
            await asyncio.wait([listening, ticking])
            means.metrics.talking.dec()
            means.metrics.legs.dec(2)
        if self.recorded is not None:
            await _close(self.recorded)
        until = max(self.clock.begins, self._ended_at(loop.time()))
        self._resume_listening(until)
        patience = means.patience
        await asyncio.gather(*(leg.finish(until, patience) for leg in self._legs.values()))
        means.metrics.dropped.inc(sum(leg.dropped for leg in self._legs.values()))
        self._flush()
        self._drop_outdated()
        if self.ended is None or self.ended.moved is not None:
            # The talk goes on without us: what is said then cannot be missed.
            self._lose(until, until + _AFTER, LossCause.NOT_TAPPED)
        self._feed(CallEnded(at=until))
        self._changed()
        return self.verdict()

    def _ended_at(self, now: float) -> float:
        if self.ended is not None:
            return self.clock.from_epoch(self.ended.at)
        return max(self._now(now), *(leg.seconds for leg in self._legs.values()))

    def end(self, ended: TalkEnded | None) -> None:
        """The parties have parted (None: the service stops)."""
        self.ended = ended
        self._over.set()

    @property
    def over(self) -> bool:
        """Whether the parties have parted."""
        return self._over.is_set()

    def hold(self, at: float) -> None:
        """One party put the other on hold."""
        self._feed(Held(at=self.clock.from_epoch(at)))
        self._changed()

    def resume(self, at: float) -> None:
        """The hold is over."""
        self._feed(Resumed(at=self.clock.from_epoch(at)))
        self._changed()

    def pause(self) -> None:
        """Neither record nor recognise from now on (a card number is said)."""
        if self._paused is None:
            self._paused = self._now(asyncio.get_running_loop().time())
            self._notices["paused"] = None
            self._mute(on=True)
            self._changed()

    def unpause(self) -> None:
        """Go on listening; what was said meanwhile is lost."""
        self._resume_listening(self._now(asyncio.get_running_loop().time()))

    def _resume_listening(self, at: float) -> None:
        if self._paused is not None:
            self._lose(self._paused, at, LossCause.NOT_TAPPED)
            self._paused = None
            self._notices.pop("paused", None)
            self._mute(on=False)
            self._changed()

    def _mute(self, *, on: bool) -> None:
        if self.recorded is not None:
            self._muting = asyncio.create_task(self.recorded.mute(on=on))

    # --- what the operator does -------------------------------------------------------

    def mark(self, step: str, state: StepState | None) -> bool:
        """The operator marks a step; False: there is none of that name."""
        return self._by_hand(lambda: self.seat_call.mark(step, state))

    def correct(self, field: str, value: str) -> bool:
        """The operator corrects a field; False: there is none of that name."""
        return self._by_hand(lambda: self.seat_call.correct(field, value))

    def dismiss(self, alert: str) -> bool:
        """The operator wants to see an alert no more."""
        return self._by_hand(lambda: self.seat_call.dismiss(alert))

    def _by_hand(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except KeyError:
            return False
        self._changed(at_once=True)
        return True

    # --- what is heard ----------------------------------------------------------------

    async def _listen(self) -> None:
        """The sound of both legs, asked for again where it breaks off."""
        for pause in (*_AGAIN, None):
            heard = False
            route = self._means.headset(self.began.seat) or self._line.route
            if route is None:
                self._notices["untapped"] = None
                return
            try:
                tap = await route.open(self.began)
                if isinstance(tap, Recorded):
                    self.recorded = tap
                    self._notices["after"] = None
                    self._changed()
                    return
                try:
                    async for sound in tap:
                        heard = True
                        self._take(sound)
                finally:
                    await _close(tap)
            except PbxError as error:
                log.warning("no sound", talk=self.began.talk, problem=str(error))
            if not heard or pause is None:
                self._notices["untapped"] = None
                self._means.metrics.untapped.inc()
                self._changed()
            if pause is None:
                return
            await asyncio.sleep(pause)

    def _take(self, sound: Sound) -> None:
        self._notices.pop("untapped", None)
        if self._paused is None:
            self._legs[sound.leg].put(sound)

    def _hear(self, events: Sequence[Heard | AudioLost]) -> None:
        """What a leg tells; on the event loop."""
        now = self._now(asyncio.get_running_loop().time())
        for event in events:
            if isinstance(event, AudioLost):
                self._means.metrics.lost.labels(event.cause.value).inc(event.end - event.start)
                self._feed(self.sides.put(event))
                continue
            if self.sides.same:
                continue
            heard = self.sides.put(self._overheard(event))
            assert isinstance(heard, Heard)  # noqa: S101 - put keeps the kind
            if heard.final:
                self._partials.pop(heard.leg, None)
                self._means.metrics.heard.labels(heard.leg.value).inc()
                self._means.metrics.after.observe(max(0.0, now - heard.end))
                self._feed(heard)
                if self.sides.turned_out_swapped(self.record.heard()):
                    self._turn()
            else:
                self._partials[heard.leg] = heard
        if self._partials and now - self._partial_at >= _PARTIAL:
            self._partial_at = now
            self._flush()
        self._changed()

    def _overheard(self, heard: Heard) -> Heard:
        """An utterance that is only the other leg's, leaking through, is taken back."""
        if heard.final and heard.text and self.sides.leaks(heard, self.spool):
            return replace(heard, text="", words=())
        return heard

    def _flush(self) -> None:
        partials, self._partials = self._partials, {}
        for heard in partials.values():
            self._feed(heard)

    def _turn(self) -> None:
        """The legs were swapped: judge anew what was heard, the other way round."""
        log.info("legs swapped", talk=self.began.talk)
        self._notices["swapped"] = None
        self._again([swapped(event) for event in self.record.events])

    def _again(self, events: Sequence[Event]) -> None:
        before = self.seat_call
        self.record, self.seat_call = Record(), SeatCall(self.script, self._means.lang)
        self._partials.clear()
        for event in events:
            self._feed(event)
        for step, state in before.marks.items():
            self.seat_call.mark(step, state)
        for field, value in before.corrections.items():
            self.seat_call.correct(field, value)

    def _lose(self, start: float, end: float, cause: LossCause) -> None:
        for leg in Leg:
            lost = AudioLost(leg=leg, start=start, end=end, cause=cause)
            self.left_out.append(lost)
            self._feed(lost)

    def _feed(self, event: Event) -> None:
        self.record.add(event)
        self.seat_call.feed(event)

    # --- time -------------------------------------------------------------------------

    def _now(self, loop_time: float) -> float:
        return self.clock.from_loop(loop_time)

    @property
    def lag(self) -> float:
        """Seconds by which recognition is behind, of the leg that is worse off."""
        return max((leg.lag for leg in self._legs.values()), default=0.0)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            now = self._now(loop.time())
            for leg in self._legs.values():
                leg.tick(loop.time())
            self.seat_call.lag(self.lag if self.lag > 1.0 else 0.0)
            self._flush()
            self.seat_call.feed(Tick(at=now))
            self._changed()
            for answer in await self._second.look(self.seat_call.session, now):
                self._feed(answer)
            self._drop_outdated()
            if self.sides.look_due(now - self.clock.begins):
                await self._compare()

    def _drop_outdated(self) -> None:
        fallen = self._second.outdated(self.seat_call.session)
        kept = [
            event
            for event in self.record.events
            if not (isinstance(event, Rescored) and event.field in fallen)
        ]
        if len(kept) < len(self.record.events):
            self._again(kept)

    async def _compare(self) -> None:
        """By the sound alone: is somebody not heard, are both legs one?"""
        found = await self._means.ears.spare(lambda: self.sides.look(self.spool))
        for key in ("same", "caller", "operator"):
            self._notices.pop(key, None)
        if found is not None:
            self._notices[found] = None
        if found == "same":
            self._again([e for e in self.record.events if not isinstance(e, Heard)])
            self._lose(0.0, self._now(asyncio.get_running_loop().time()), LossCause.NOT_TAPPED)

    # --- what it says -----------------------------------------------------------------

    def verdict(self) -> CallVerdict:
        """The verdict as it stands."""
        return self.seat_call.session.verdict(
            engine=self._means.ears.recogniser.name,
            audio={"source": "live"},
            warnings=tuple(notice(key, self._means.lang) for key in self._notices),
        )

    def view(self, state: SeatState | None = None) -> SeatView:
        """The picture of this moment."""
        deaf = [leg.leg for leg in self._legs.values() if leg.deaf]
        keys = dict.fromkeys([*self._notices, *deaf])
        view = self.seat_call.view(
            seat=self.began.seat, version=0, call=self.began.talk, state=state,
            started_at=self.began.at,
            notices=tuple(notice(key, self._means.lang) for key in keys),
        )  # fmt: skip
        return replace(view, outcome=self.outcome)

    def _changed(self, *, at_once: bool = False) -> None:
        """Something may look different now."""
        if at_once:
            self._show()
        elif not self._drawing:
            self._drawing = True
            loop = asyncio.get_running_loop()
            loop.call_at(max(loop.time(), self._drawn_at + _DRAW), self._show)

    def _show(self) -> None:
        self._drawing = False
        self._drawn_at = asyncio.get_running_loop().time()
        view = self.view()
        self._draw(self, view)
        self._telling.tell(view)


async def _close(tap: Tap) -> None:
    try:
        await tap.close()
    except (PbxError, StoreError, OSError) as error:
        log.debug("tap not closed", problem=str(error))
