"""One talk followed from its first second to its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog

from agentbot.core.calls.events import TalkBegan, TalkEnded
from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Heard,
    Held,
    Leg,
    Resumed,
)
from agentbot.core.script import HandOver, Script
from agentbot.core.seat.outcome import outcome
from agentbot.core.seat.view import Outcome, SeatState, SeatView
from agentbot.core.verdict import CallVerdict
from agentbot.pbx.sound import Recorded
from agentbot.service.judging import Judging
from agentbot.service.legs import Sides
from agentbot.service.listening import Listening
from agentbot.service.means import Line, Means
from agentbot.service.notices import notice
from agentbot.service.opening import Opening
from agentbot.service.portrait import Portrait
from agentbot.service.record import swapped
from agentbot.service.second_look import SecondLook
from agentbot.service.telling import Telling
from agentbot.service.voices import Voices
from agentbot.speech.base import Rehearing
from agentbot.store.spool import Spool

__all__ = ["LiveTalk"]

log = structlog.get_logger()

_TICK: Final = 0.5
_AFTER: Final = 10.0
"""Seconds that stand for what comes after a talk that goes on unheard; nobody knows how long."""
_LAST_SOUND: Final = 0.3
"""Seconds by which the news of the end comes before the last sound."""


class LiveTalk:
    """`run()` follows the talk until `end()`; everything happens on the event loop.

    `earlier`: the talk of the same call that was put through to this seat.
    """

    def __init__(
        self, means: Means, began: TalkBegan, script: Script, *,
        draw: Callable[[LiveTalk, SeatView], None], line: Line, earlier: LiveTalk | None = None,
    ) -> None:  # fmt: skip
        self.began, self.script = began, script
        self._means, self._draw = means, draw
        before = None if earlier is None else (earlier.opening, earlier.script)
        self.opening: Opening = Opening.of(began, script, means, before)
        self.clock, self.source = self.opening.clock, self.opening.source
        self.started: CallStarted = means.house.started(self.source, script, means.lang)
        self.judging = Judging(
            script, means.lang, means.metrics.judging,
            heard_again=isinstance(means.ears.recogniser, Rehearing),
        )  # fmt: skip
        self.spool = Spool(means.shelf.folder)
        self.sides = Sides(script)
        self.ended: TalkEnded | None = None
        self.outcome: Outcome | None = None
        """What its page says of it when it is over."""
        self._over = asyncio.Event()
        self._paused: float | None = None
        self._portrait = Portrait(self._show)
        self._listening = Listening(
            means, began, line, clock=self.clock, spool=self.spool, tell=self._hear,
            note=self._portrait.note,
        )  # fmt: skip
        self._voices = Voices(self.spool, self.sides)
        self._second = SecondLook(
            means.ears, self.spool, self.sides, self.judging, self._portrait.changed
        )
        self._telling = Telling(began, means.metrics, line)
        self.judging.feed(self.started)
        if earlier is not None:
            self._take_over(earlier, self.opening.how)
        if began.picked_up:
            self._portrait.note("picked_up")
            self.judging.lose(0.0, self.clock.begins)

    def _take_over(self, earlier: LiveTalk, how: HandOver) -> None:
        for event in earlier.judging.record.handed_over(how):
            self.judging.feed(event)
        if how is not HandOver.RESTART:
            legs = list(Leg) if how is HandOver.CONTINUE else [Leg.CALLER]
            self.spool.take_over(earlier.spool, legs)

    # --- what happens to it -----------------------------------------------------------

    async def run(self) -> CallVerdict:
        """Hear and judge the talk; returns the verdict as it stands at its end."""
        metrics = self._means.metrics
        metrics.talking.inc()
        metrics.legs.inc(2)
        self._portrait.changed()
        listening = asyncio.create_task(self._listening.run())
        ticking = asyncio.create_task(self._tick())
        try:
            await self._over.wait()
            # The exchange tells of the end before the last sound has come through.
            await asyncio.wait([listening], timeout=_LAST_SOUND)
        finally:
            for task in (listening, ticking):
                task.cancel()
            await asyncio.wait([listening, ticking])
            await self._listening.close()
            metrics.talking.dec()
            metrics.legs.dec(2)
        await self._finish()
        return self.verdict()

    async def _finish(self) -> None:
        until = max(self.clock.begins, self._ended_at())
        self._resume_listening(until)
        await self._listening.finish(until, self._means.patience)
        self.judging.guess()
        for heard in self._voices.settled(self.judging.record.heard()):
            self.judging.feed(heard)
        if self.ended is None or self.ended.moved is not None or self.ended.lost:
            # The talk goes on without us: what is said then cannot be missed.
            self.judging.lose(until, until + _AFTER)
        self.judging.feed(CallEnded(at=until))
        self._portrait.changed()
        if self.ended is not None:
            await self._second.settle(self._means.patience)

    def _ended_at(self) -> float:
        if self.ended is not None:
            return self.clock.from_epoch(self.ended.at)
        return max(self._now(), self._listening.seconds)

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
        self.judging.feed(Held(at=self.clock.from_epoch(at)))
        self._portrait.changed()

    def resume(self, at: float) -> None:
        """The hold is over."""
        self.judging.feed(Resumed(at=self.clock.from_epoch(at)))
        self._portrait.changed()

    def pause(self) -> None:
        """Neither record nor recognise from now on (a card number is said)."""
        if self._paused is None:
            self._paused = self._now()
            self._listening.pause()
            self._portrait.note("paused")

    def unpause(self) -> None:
        """Go on listening; what was said meanwhile is lost."""
        self._resume_listening(self._now())

    def _resume_listening(self, at: float) -> None:
        if self._paused is not None:
            self.judging.lose(self._paused, at)
            self._paused = None
            self._listening.resume()
            self._portrait.note("paused", False)

    @property
    def recorded(self) -> Recorded | None:
        """The way to its sound when it is over, where nothing is heard before."""
        return self._listening.recorded

    def judged(self, verdict: CallVerdict, *, whole: bool) -> None:
        """The last verdict is there; `whole`: on the whole recording."""
        self.outcome = outcome(verdict, whole=whole)
        if whole and self.recorded is not None:
            self._telling.judged(verdict)

    # --- what is heard ----------------------------------------------------------------

    def _hear(self, events: Sequence[Heard | AudioLost]) -> None:
        """What a leg tells."""
        now = self._now()
        for event in events:
            if isinstance(event, AudioLost):
                self._means.metrics.lost.labels(event.cause.value).inc(event.end - event.start)
                self.judging.feed(self.sides.put(event))
            elif not self.sides.same:
                self._understand(self.sides.put(event), now)
        self.judging.guess(now)
        if any(isinstance(event, Heard) and event.final for event in events):
            self._second.look(now)
        self._portrait.changed()

    def _understand(self, heard: Heard, now: float) -> None:
        if not heard.final:
            self.judging.feed(heard)
            return
        if heard.text and self.sides.leaks(heard, self.spool):
            # Only the other leg's speech, leaking through: it is taken back.
            heard = replace(heard, text="", words=())
        metrics = self._means.metrics
        metrics.heard.labels(heard.leg.value).inc()
        metrics.after.observe(max(0.0, now - heard.end))
        self.judging.feed(self._voices.heard(heard))
        if self.sides.turned_out_swapped(self.judging.record.heard()):
            log.info("legs swapped", talk=self.began.talk)
            self._portrait.note("swapped")
            self.judging.again([swapped(event) for event in self.judging.record.events])

    async def _compare(self) -> None:
        """By the sound alone: is somebody not heard, are both legs one?"""
        found = await self._means.ears.spare(lambda: self.sides.look(self.spool))
        for key in ("same", "caller", "operator"):
            self._portrait.note(key, key == found)
        if found == "same":
            self.judging.again([e for e in self.judging.record.events if not isinstance(e, Heard)])
            self.judging.lose(0.0, self._now())

    # --- time -------------------------------------------------------------------------

    def _now(self) -> float:
        return self.clock.from_loop(asyncio.get_running_loop().time())

    @property
    def lag(self) -> float:
        """Seconds by which recognition is behind, of the leg that is worse off."""
        return self._listening.lag

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            await self._listening.tick(loop.time())
            now = self._now()
            self.judging.seat_call.lag(self.lag if self.lag > 1.0 else 0.0)
            self.judging.tick(now)
            self._portrait.changed()
            self._second.look(now)
            if self.sides.look_due(now - self.clock.begins):
                await self._compare()

    # --- what it says -----------------------------------------------------------------

    def verdict(self) -> CallVerdict:
        """The verdict as it stands."""
        return self.judging.session.verdict(
            engine=self._means.ears.recogniser.name,
            audio={"source": "live"},
            warnings=tuple(notice(key, self._means.lang) for key in self._portrait.notices),
        )

    def view(self, state: SeatState | None = None) -> SeatView:
        """The picture of this moment."""
        deaf = [leg.leg for leg in self._listening.legs.values() if leg.deaf]
        keys = dict.fromkeys([*self._portrait.notices, *deaf])
        with self._means.metrics.judging():
            view = self.judging.seat_call.view(
                seat=self.began.seat, version=0, call=self.began.talk, state=state,
                started_at=self.began.at,
                notices=tuple(map(str, keys)),
            )  # fmt: skip
        return replace(view, outcome=self.outcome)

    def by_hand(self, done: bool) -> bool:
        """The operator changed something, if that could be done: seen at once."""
        if done:
            self._portrait.show()
        return done

    def _show(self) -> None:
        view = self.view()
        self._draw(self, view)
        self._telling.tell(view)
