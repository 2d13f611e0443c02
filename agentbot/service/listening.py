"""The sound of one talk, from its route to what was heard; asked for again where it breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.errors import PbxError, StoreError
from agentbot.pbx.sound import Recorded, Route, Sound, Tap
from agentbot.service.clock import CallClock
from agentbot.service.leg import HeardLeg
from agentbot.service.means import Line, Means
from agentbot.store.spool import Spool

__all__ = ["Listening"]

log = structlog.get_logger()

_AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before the sound of a talk that broke off is asked for again."""
_LASTED: Final = 10.0
"""Seconds after which sound that breaks off is a new trouble and not the old one."""
_PARTING: Final = 1.0
"""Seconds between the end of the sound and the news that the talk is over."""

Tell = Callable[[Sequence[Heard | AudioLost]], None]


class Listening:
    """Both legs as the route brings them; what is heard and what is lost goes to `tell`."""

    def __init__(
        self, means: Means, began: TalkBegan, line: Line, *, clock: CallClock,
        spool: Spool, tell: Tell, note: Callable[[str, bool], None],
    ) -> None:  # fmt: skip
        """`note` is told what the seat must know of it: `untapped`, `after`; and when no more."""
        self._means, self._began, self._line, self._clock = means, began, line, clock
        self._tell, self._note = tell, note
        self._torn: dict[Leg, float] = {}
        self._tap: Tap | None = None
        self.recorded: Recorded | None = None
        """The way to the sound when the talk is over, where nothing is heard before."""
        self._muting: asyncio.Task[None] | None = None
        self._paused = False
        self.legs = {
            leg: HeardLeg(
                leg, means.ears, origin=clock.origin, begins=clock.begins, behind=means.behind,
                tell=tell,
                keep=lambda stretch, rate, leg=leg: spool.keep(  # type: ignore[misc]
                    leg, stretch.start, stretch.samples, rate
                ),
            )
            for leg in Leg
        }  # fmt: skip

    async def run(self) -> None:
        """Until the sound ends for good; the talk may well go on."""
        loop = asyncio.get_running_loop()
        pauses = list(_AGAIN)
        while True:
            route = self._means.headset(self._began.seat) or self._line.route
            if route is None:
                self._note("untapped", True)
                return
            since, heard = loop.time(), await self._hear(route)
            if self.recorded is not None:
                self._note("after", True)
                return
            if loop.time() - since >= _LASTED:
                pauses = list(_AGAIN)
            if not heard or not pauses:
                self._note("untapped", True)
                self._means.metrics.untapped.inc()
            if not pauses:
                return
            await asyncio.sleep(pauses.pop(0))

    async def _hear(self, route: Route) -> bool:
        """One tap from beginning to end; whether anything came."""
        heard = False
        try:
            tap = await route.open(self._began)
            if isinstance(tap, Recorded):
                self.recorded = tap
                return False
            self._tap = tap
            try:
                async for sound in tap:
                    heard = True
                    self._take(sound)
            finally:
                self._tap = None
                await _close(tap)
        except PbxError as error:
            log.warning("no sound", talk=self._began.talk, problem=str(error))
        if heard:
            self._tear(Leg)
        return heard

    def _take(self, sound: Sound) -> None:
        self._note("untapped", False)
        since = self._torn.pop(sound.leg, None)
        if since is not None:
            self._lose(sound.leg, since, sound.at - len(sound.samples) / sound.rate)
        if not self._paused:
            self.legs[sound.leg].put(sound)

    def _tear(self, legs: Sequence[Leg] | type[Leg]) -> None:
        now = asyncio.get_running_loop().time()
        for leg in legs:
            self._torn.setdefault(leg, now)

    def _lose(self, leg: Leg, since: float, until: float) -> None:
        start, end = self._clock.from_loop(since), self._clock.from_loop(until)
        if end > start:
            self._tell([AudioLost(leg=leg, start=start, end=end, cause=LossCause.NOT_TAPPED)])

    def pause(self) -> None:
        """Take no sound until `resume`."""
        self._paused = True
        self._mute(on=True)

    def resume(self) -> None:
        """Take it again."""
        self._paused = False
        self._mute(on=False)

    def _mute(self, *, on: bool) -> None:
        if self.recorded is not None:
            self._muting = asyncio.create_task(self.recorded.mute(on=on))

    async def close(self) -> None:
        """The sound is over; a recording is made no longer."""
        if self.recorded is not None:
            await _close(self.recorded)

    async def tick(self, now: float) -> None:
        """Time passed, by the event loop's clock; a leg that alone broke off is asked for anew."""
        for leg in self.legs.values():
            leg.tick(now)
        if self._tap is None:
            return
        over = [leg for leg in Leg if leg in self._tap.over]
        if any(now - self._torn.get(leg, now) >= _PARTING for leg in over):
            await _close(self._tap)
        self._tear(over)

    async def finish(self, until: float, patience: float) -> None:
        """The talk is over at call second `until`; waits `patience` seconds for the last words."""
        for leg, since in self._torn.items():
            if until - self._clock.from_loop(since) > _PARTING:
                self._lose(leg, since, self._clock.origin + until)
        await asyncio.gather(*(leg.finish(until, patience) for leg in self.legs.values()))
        self._means.metrics.dropped.inc(sum(leg.dropped for leg in self.legs.values()))

    @property
    def lag(self) -> float:
        """Seconds by which recognition is behind, of the leg that is worse off."""
        return max(leg.lag for leg in self.legs.values())

    @property
    def seconds(self) -> float:
        """How far the talk has been heard, in call seconds."""
        return max(leg.seconds for leg in self.legs.values())


async def _close(tap: Tap) -> None:
    try:
        await tap.close()
    except (PbxError, StoreError, OSError) as error:
        log.debug("tap not closed", problem=str(error))
