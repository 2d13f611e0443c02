"""One leg of a talk between the event loop, which it arrives on, and the threads that hear it."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.pbx.sound import Sound
from agentbot.service.ears import Ears
from agentbot.speech.live import LiveLeg
from agentbot.speech.timeline import Stretch

__all__ = ["HeardLeg"]

log = structlog.get_logger()

_TURN: Final = 0.1
"""Seconds of sound worth a turn."""
_MOST: Final = 0.5
"""Seconds of sound taken in one turn; then others have theirs."""
_ROOM: Final = 60.0
"""Seconds of sound that wait at most; what comes on top is dropped and is a gap."""
_ALMOST: Final = 1.0
"""Seconds behind at which skipping stops."""
_PUT_AWAY: Final = 10.0
"""Seconds in which what was not recognised at the end still gets into the recording."""

Tell = Callable[[Sequence[Heard | AudioLost]], None]


class HeardLeg:
    """Takes pieces as they come, tells what was heard; both on the event loop.

    `origin`: the loop's time of call second 0. More than `behind` seconds of lag are skipped.
    """

    def __init__(
        self, leg: Leg, ears: Ears, *, origin: float, begins: float, behind: float,
        keep: Callable[[Stretch, int], None], tell: Tell,
    ) -> None:  # fmt: skip
        self.leg, self._ears, self._origin, self._behind, self._tell = (
            leg, ears, origin, behind, tell,
        )  # fmt: skip
        self._live = LiveLeg(
            leg, ears.recogniser.stream, origin, lambda s: keep(s, self._live.rate), begins
        )
        self._waiting: deque[Sound] = deque()
        self._seconds = 0.0
        self._lock = threading.Lock()
        self._busy = self._skipping = self._only_keep = False
        self._deaf = ""
        self._now = origin
        self._until: float | None = None
        self._gap: tuple[float, float] | None = None
        """Call seconds for which there was no room, not told yet."""
        self._done = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.dropped = 0.0
        """Seconds of sound for which there was no room."""

    @property
    def lag(self) -> float:
        """Seconds of sound that wait to be recognised."""
        return self._seconds

    @property
    def seconds(self) -> float:
        """How far the leg has been heard, in call seconds."""
        return self._live.seconds + self._seconds

    @property
    def deaf(self) -> str:
        """Why nothing more is recognised on this leg; empty: all is well."""
        return self._deaf

    def put(self, sound: Sound) -> None:
        """A piece has arrived."""
        length = len(sound.samples) / sound.rate
        with self._lock:
            if self._until is not None:
                return
            if self._seconds + length > _ROOM:
                self.dropped += length
                since = sound.at - self._origin - length if self._gap is None else self._gap[0]
                self._gap = since, sound.at - self._origin
                return
            self._waiting.append(sound)
            self._seconds += length
            self._now = max(self._now, sound.at)
            if self._seconds < _TURN:
                return
        self._ask()

    def tick(self, now: float) -> None:
        """Time passed; what is left of a leg that fell silent is heard as well."""
        self._now = now
        self._ask()

    async def finish(self, until: float, patience: float) -> None:
        """The talk is over at call second `until`; waits `patience` seconds for the rest.

        What is not recognised by then is lost here, and yet whole in the recording.
        """
        self._until = until
        self._ask()
        try:
            async with asyncio.timeout(patience):
                await self._done.wait()
        except TimeoutError:
            since = min(until, self._live.seconds)
            self._tell([self._unheard(since, until)])
            self._tell = lambda _: None
            self._only_keep = True
            with suppress(TimeoutError):
                async with asyncio.timeout(_PUT_AWAY):
                    await self._done.wait()

    def _ask(self) -> None:
        with self._lock:
            if self._busy:
                return
            self._busy = True
        self._ears.turn(self._work)

    def _work(self) -> None:
        """One turn, in a thread."""
        try:
            events = self._hear()
        except Exception as error:
            log.exception("leg no longer recognised", leg=self.leg)
            self._deaf = type(error).__name__
            events = [self._unheard(self._live.seconds, self._live.seconds)]
        with self._lock:
            self._busy = False
            more = self._seconds >= _TURN or (self._until is not None and self._waiting)
        over = self._until is not None and not self._waiting and not more
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._report, events, over)
        if more:
            self._ask()

    def _report(self, events: Sequence[Heard | AudioLost], over: bool) -> None:
        if events:
            self._tell(events)
        if over:
            self._done.set()

    def _hear(self) -> list[Heard | AudioLost]:
        events = self._dropped()
        taken = 0.0
        while taken < _MOST:
            with self._lock:
                if not self._waiting:
                    break
                sound = self._waiting.popleft()
                behind = self._seconds
                length = len(sound.samples) / sound.rate
                self._seconds -= length
            taken += length
            self._skipping = behind > (_ALMOST if self._skipping else self._behind)
            events += self._live.hear(
                sound.at, sound.samples, sound.rate,
                skip=self._skipping or self._only_keep or bool(self._deaf),
            )  # fmt: skip
        if not self._waiting:
            self._seconds = 0.0
            if self._only_keep:
                return []
            if self._until is not None:
                events += self._live.finish(self._until)
            else:
                events += self._live.advance(self._now)
        return events

    def _dropped(self) -> list[Heard | AudioLost]:
        with self._lock:
            gap, self._gap = self._gap, None
        if gap is None:
            return []
        return [AudioLost(leg=self.leg, start=gap[0], end=gap[1], cause=LossCause.GAP)]

    def _unheard(self, start: float, end: float) -> AudioLost:
        return AudioLost(
            leg=self.leg, start=round(start, 3), end=round(end, 3), cause=LossCause.UNRECOGNISED
        )
