"""The sound of talks as they are recorded for others to look at: a file each, and a manifest.

Sound cannot be pseudonymised. The names of the files, and what the manifest says, are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from agentbot.core.calls.events import CallEvent, HoldBegan, HoldEnded, TalkBegan, TalkEnded
from agentbot.core.events import Leg
from agentbot.errors import AgentbotError, PbxError
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.sound import Route, Tap
from agentbot.replay.call import Source
from agentbot.replay.manifest import manifest_line
from agentbot.service.tape import PAUSED, Room, Tape
from agentbot.store.shelf import file_name, pack

__all__ = ["MANIFEST", "Tapes"]

MANIFEST: Final = "calls.jsonl"
_AT_ONCE: Final = 50


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
    _tapes: dict[str, Tape] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def check(self) -> None:
        """Whether talks can be heard.

        Raises:
            PbxError: they cannot; says what is missing.
        """
        self._route = self.route()
        await self._route.check()

    def notice(self, message: Message) -> None:
        """Shown each AMI message, as a route; the dialplan may ask for a pause."""
        if message.event == "VarSet" and message.get("Variable") == PAUSED:
            for tape in self._tapes.values():
                parties = (tape.began.caller.uniqueid, tape.began.operator.uniqueid)
                if message.get("Uniqueid") in parties:
                    tape.pause(on=message.get("Value") == "yes")
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
                tape = self._tapes[event.talk] = Tape(event, self.folder, self.room, self.open)
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

    async def _record(self, tape: Tape) -> None:
        try:
            await tape.run()
            await asyncio.to_thread(self._keep, tape)
        except (AgentbotError, OSError) as error:
            self.tell(f"a talk is not recorded: {error}")
        finally:
            tape.spool.close()
            self._tapes.pop(tape.began.talk, None)

    def _keep(self, tape: Tape) -> None:
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

    def _source(self, tape: Tape) -> Source:
        began, other = tape.began, self.pseudonyms.text
        return Source(
            call_id=file_name(other(began.talk)), listed="", script=self.script(began),
            seat=other(self.number(began.seat)),
            started_at=datetime.fromtimestamp(tape.clock.epoch).astimezone(),
            channels=(Leg.CALLER, Leg.OPERATOR), queue=other(began.queue) if began.queue else None,
            ring_seconds=None if began.ring_seconds is None else round(began.ring_seconds, 3),
            lost=tuple(tape.lost),
        )  # fmt: skip
