"""The sound of talks as they are recorded for others to look at: a file each, and a manifest.

Sound cannot be pseudonymised. The names of the files, and what the manifest says, are.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.calls.events import CallEvent, HoldBegan, HoldEnded, TalkBegan, TalkEnded
from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.errors import AgentbotError, PbxError
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.sound import Recorded, Route, Sound, Tap
from agentbot.replay.call import Source
from agentbot.replay.manifest import manifest_line
from agentbot.service.clock import CallClock
from agentbot.service.recorded import put_in
from agentbot.speech.base import SpeechEvent
from agentbot.speech.live import LiveLeg
from agentbot.store.shelf import file_name, pack
from agentbot.store.spool import Spool

__all__ = ["MANIFEST", "Room", "Tapes"]

MANIFEST: Final = "calls.jsonl"
_AT_ONCE: Final = 50
_BATCH: Final = 25
"""Pieces that are written together; what comes meanwhile waits in the tap, which is bounded."""
_LAST_SOUND: Final = 0.3
"""Seconds by which the news of the end comes before the last sound."""
_SHORT: Final = 1.0
"""Seconds at the end of a leg that need not be told as lost."""


@dataclass(slots=True)
class Room:
    """Bytes that all of a recording may take."""

    most: int
    taken: int = 0

    @property
    def full(self) -> bool:
        """Whether it has to end."""
        return self.taken >= self.most


@dataclass(kw_only=True)
class Tapes:
    """Shown the events of the calls, records each talk; `close` keeps those under way as they stand."""

    folder: Path
    route: Callable[[], Route]
    """Asked when the ports are open."""
    pseudonyms: Pseudonyms
    room: Room
    script: Callable[[TalkBegan], str | None]
    number: Callable[[str], str]
    """The number that the operator of a seat says in the greeting."""
    tell: Callable[[str], None]
    """Of what could not be recorded."""
    written: int = 0
    _route: Route | None = None
    _tapes: dict[str, _Tape] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def check(self) -> None:
        """Whether talks can be heard.

        Raises:
            PbxError: they cannot; says what is missing.
        """
        self._route = self.route()
        await self._route.check()

    def notice(self, message: Message) -> None:
        """Shown each AMI message, as a route."""
        if self._route is not None:
            self._route.notice(message)

    async def open(self, talk: TalkBegan) -> Tap:
        """Begin to listen.

        Raises:
            PbxError: this talk cannot be tapped.
        """
        assert self._route is not None  # noqa: S101 - checked before anything is followed
        return await self._route.open(talk)

    def take(self, event: CallEvent) -> None:
        """What the tracker says."""
        match event:
            case TalkBegan() if len(self._tapes) >= _AT_ONCE:
                self.tell(f"more than {_AT_ONCE} talks at once: one is not recorded")
            case TalkBegan():
                tape = self._tapes[event.talk] = _Tape(self, event)
                task = asyncio.create_task(self._record(tape))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case HoldBegan() | HoldEnded() | TalkEnded() if event.talk in self._tapes:
                self._tapes[event.talk].take(event)

    async def close(self) -> None:
        """End all."""
        for tape in self._tapes.values():
            tape.over.set()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _record(self, tape: _Tape) -> None:
        try:
            await tape.run()
            await asyncio.to_thread(self._keep, tape)
        except (AgentbotError, OSError) as error:
            self.tell(f"a talk is not recorded: {error}")
        finally:
            tape.spool.close()
            self._tapes.pop(tape.began.talk, None)

    def _keep(self, tape: _Tape) -> None:
        legs = {leg: (tape.spool.read(leg), tape.spool.rate(leg)) for leg in Leg}
        if not any(rate for _, rate in legs.values()):
            raise PbxError("nothing of it was heard")
        source = self._source(tape)
        sound, raw = f"{source.call_id}.flac", pack(legs)
        (self.folder / sound).write_bytes(raw)
        with (self.folder / MANIFEST).open("ab") as manifest:
            manifest.write(manifest_line(source, sound))
        self.room.taken += len(raw)
        self.written += 1

    def _source(self, tape: _Tape) -> Source:
        began, other = tape.began, self.pseudonyms.text
        return Source(
            call_id=file_name(other(began.talk)), listed="", script=self.script(began),
            seat=other(self.number(began.seat)),
            started_at=datetime.fromtimestamp(tape.clock.epoch).astimezone(),
            channels=(Leg.CALLER, Leg.OPERATOR), queue=other(began.queue) if began.queue else None,
            ring_seconds=None if began.ring_seconds is None else round(began.ring_seconds, 3),
            lost=tuple(tape.lost),
        )  # fmt: skip


class _Tape:
    """One talk."""

    def __init__(self, tapes: Tapes, began: TalkBegan) -> None:
        loop = asyncio.get_running_loop()
        self.began, self._tapes = began, tapes
        self.clock = CallClock.start(began.at, time.time(), loop.time(), picked_up=began.picked_up)
        self.spool = Spool(tapes.folder)
        self.over = asyncio.Event()
        self.lost: list[AudioLost] = []
        if began.picked_up:
            self.lost += [_untapped(leg, 0.0, self.clock.begins) for leg in Leg]
        self._held: float | None = None
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
            self.lost.append(_untapped(Leg.OPERATOR, self._held, at))
            self._held = None
        if isinstance(event, TalkEnded):
            self._until = at
            self.over.set()

    async def run(self) -> None:
        """Until the parties have parted, or the recording ends.

        Raises:
            PbxError: it cannot be heard, or its files do not come.
            RecordingError: they cannot be read.
        """
        tap = await self._tapes.open(self.began)
        listening = asyncio.create_task(self._listen(tap))
        try:
            await self.over.wait()
            await asyncio.wait([listening], timeout=_LAST_SOUND)
        finally:
            await tap.close()
            await asyncio.wait([listening], timeout=_LAST_SOUND)
            listening.cancel()
            await asyncio.wait([listening])
        until = self._until or self.clock.from_loop(asyncio.get_running_loop().time())
        if isinstance(tap, Recorded):
            files, begun = await tap.files()
            try:
                await asyncio.to_thread(
                    put_in, self.spool, files, begun, clock=self.clock, until=until
                )
            finally:
                tap.forget(files)
            return
        for leg, live in self._legs.items():
            if until - live.seconds > _SHORT:
                self.lost.append(_untapped(leg, live.seconds, until))
            self._note([event for event in live.finish(until) if isinstance(event, AudioLost)])

    async def _listen(self, tap: Tap) -> None:
        pieces: list[Sound] = []
        try:
            async for sound in tap:
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

    def _note(self, found: Sequence[AudioLost]) -> None:
        """That nothing was recognised is no loss here."""
        self.lost += [replace(gap) for gap in found if gap.cause is not LossCause.UNRECOGNISED]

    def _keep(self, leg: Leg, start: float, samples: NDArray[np.int16]) -> None:
        self.spool.keep(leg, start, samples, self._legs[leg].rate)
        self._tapes.room.taken += samples.nbytes


class _Deaf:
    """Recognises nothing."""

    def accept(self, samples: NDArray[np.float32]) -> list[SpeechEvent]:  # noqa: ARG002
        return []

    def finish(self) -> list[SpeechEvent]:
        return []


def _untapped(leg: Leg, start: float, end: float) -> AudioLost:
    return AudioLost(leg=leg, start=round(start, 3), end=round(end, 3), cause=LossCause.NOT_TAPPED)
