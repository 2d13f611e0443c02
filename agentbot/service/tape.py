"""The sound of one talk as it is recorded for others to look at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import HoldBegan, HoldEnded, TalkBegan, TalkEnded
from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.errors import PbxError
from agentbot.pbx.sound import Recorded, Sound, Tap
from agentbot.service.clock import CallClock
from agentbot.service.recorded import put_in
from agentbot.speech.base import SpeechEvent
from agentbot.speech.live import LiveLeg
from agentbot.store.spool import Spool

__all__ = ["PAUSED", "Open", "Room", "Tape"]

PAUSED: Final = "AGENTBOT_PAUSED"
"""Channel variable: `yes` while the dialplan wants nothing recorded."""
Open = Callable[[TalkBegan], Awaitable[Tap]]
_BATCH: Final = 25
"""Pieces that are written together; what comes meanwhile waits in the tap, which is bounded."""
_LAST_SOUND: Final = 0.3
"""Seconds by which the news of the end comes before the last sound."""
_SHORT: Final = 1.0
"""Seconds at the end of a leg that need not be told as lost."""
_AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds after which a tap that broke off is asked for again."""


@dataclass(slots=True)
class Room:
    """Bytes that all of a recording may take."""

    most: int
    taken: int = 0

    @property
    def full(self) -> bool:
        """Whether it has to end."""
        return self.taken >= self.most


class Tape:
    """One talk, recorded until its parties part; sound that is paused or breaks off is told as lost."""

    def __init__(self, began: TalkBegan, folder: Path, room: Room, open_: Open) -> None:
        loop = asyncio.get_running_loop()
        self.began, self._room, self._open = began, room, open_
        self.clock = CallClock.start(began.at, time.time(), loop.time(), picked_up=began.picked_up)
        self.spool = Spool(folder)
        self.over = asyncio.Event()
        self.lost: list[AudioLost] = []
        if began.picked_up:
            self.lost += [untapped(leg, 0.0, self.clock.begins) for leg in Leg]
        self._held: float | None = None
        self._tap: Tap | None = None
        self._paused: float | None = None
        """Since when nothing is to be recorded."""
        if began.variables.get(PAUSED) == "yes":
            self._paused = self.clock.begins
        self._until: float | None = None
        self._legs = {
            leg: LiveLeg(
                leg, lambda _leg, _rate: _Deaf(), self.clock.origin,
                lambda stretch, leg=leg: self._keep(leg, stretch.start, stretch.samples),  # type: ignore[misc]
                self.clock.begins,
            )
            for leg in Leg
        }  # fmt: skip

    def take(self, event: HoldBegan | HoldEnded | TalkEnded) -> None:
        """What happens to the talk."""
        at = self.clock.from_epoch(event.at)
        if isinstance(event, HoldBegan):
            self._held = at
            return
        if self._held is not None:
            self.lost.append(untapped(Leg.OPERATOR, self._held, at))
            self._held = None
        if isinstance(event, TalkEnded):
            self._until = at
            self.over.set()

    def pause(self, *, on: bool) -> None:
        """The dialplan wants nothing recorded for a while, or recorded again."""
        now = self._now()
        if on and self._paused is None:
            self._paused = now
        elif not on and self._paused is not None:
            self._lose(self._paused, now)
            self._paused = None
        else:
            return
        if isinstance(self._tap, Recorded):
            self._muting = asyncio.create_task(self._tap.mute(on=on))

    async def run(self) -> None:
        """Until the parties have parted, or the recording ends.

        Raises:
            PbxError: it cannot be heard, or its files do not come.
            RecordingError: they cannot be read.
        """
        self._tap = tap = await self._open(self.began)
        if isinstance(tap, Recorded):
            if self._paused is not None:
                await tap.mute(on=True)
            await self._from_files(tap)
            return
        await self._live(tap)
        until = self._until or self._now()
        if self._paused is not None:
            self._lose(self._paused, until)
        for leg, live in self._legs.items():
            if until - live.seconds > _SHORT:
                self.lost.append(untapped(leg, live.seconds, until))
            self._note([event for event in live.finish(until) if isinstance(event, AudioLost)])

    async def _from_files(self, tap: Recorded) -> None:
        await self.over.wait()
        await tap.close()
        until = self._until or self._now()
        if self._paused is not None:
            self._lose(self._paused, until)
        files, begun = await tap.files()
        try:
            await asyncio.to_thread(put_in, self.spool, files, begun, clock=self.clock, until=until)
        finally:
            tap.forget(files)

    async def _live(self, tap: Tap | None) -> None:
        """Until the talk is over; a tap that breaks off before is asked for again."""
        for wait in (*_AGAIN, None):
            if tap is not None:
                await self._hear(tap)
            since = self._now()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), wait)
            if self.over.is_set():
                return
            try:
                tap = await self._open(self.began)
            except PbxError:
                tap = None
            self._lose(since, self._now())

    async def _hear(self, tap: Tap) -> None:
        """One tap, until it or the talk ends."""
        listening = asyncio.create_task(self._listen(tap))
        over = asyncio.create_task(self.over.wait())
        try:
            await asyncio.wait([listening, over], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([listening], timeout=_LAST_SOUND)
        finally:
            over.cancel()
            await tap.close()
            await asyncio.wait([listening], timeout=_LAST_SOUND)
            listening.cancel()
            await asyncio.wait([listening, over])

    async def _listen(self, tap: Tap) -> None:
        pieces: list[Sound] = []
        try:
            async for sound in tap:
                if self._paused is not None:
                    continue
                pieces.append(sound)
                if len(pieces) >= _BATCH:
                    pieces, full = [], pieces
                    await asyncio.to_thread(self._write, full)
        finally:
            self._write(pieces)

    def _write(self, pieces: Sequence[Sound]) -> None:
        for sound in pieces:
            found = self._legs[sound.leg].hear(sound.at, sound.samples, sound.rate, skip=True)
            self._note([event for event in found if isinstance(event, AudioLost)])

    def _now(self) -> float:
        return self.clock.from_loop(asyncio.get_running_loop().time())

    def _lose(self, start: float, end: float) -> None:
        self.lost += [untapped(leg, start, end) for leg in Leg if end > start]

    def _note(self, found: Sequence[AudioLost]) -> None:
        """That nothing was recognised is no loss here."""
        self.lost += [replace(gap) for gap in found if gap.cause is not LossCause.UNRECOGNISED]

    def _keep(self, leg: Leg, start: float, samples: NDArray[np.int16]) -> None:
        self.spool.keep(leg, start, samples, self._legs[leg].rate)
        self._room.taken += samples.nbytes


class _Deaf:
    """Recognises nothing."""

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:  # noqa: ARG002
        return []

    def finish(self) -> list[SpeechEvent]:
        return []


def untapped(leg: Leg, start: float, end: float) -> AudioLost:
    return AudioLost(leg=leg, start=round(start, 3), end=round(end, 3), cause=LossCause.NOT_TAPPED)
