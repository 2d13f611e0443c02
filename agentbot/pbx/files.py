"""Recordings of a call instead of its sound: judged after its end, for nothing is heard before.

MixMonitor on the operator's channel, started by AMI as the talk begins, writes one file a leg on
the exchange's disk; or the dialplan records by itself, and the files are found by a pattern. Asterisk writes
them in blocks of 32 KiB (two seconds), which is why they are no way to hear a call live.
"""

from __future__ import annotations

import asyncio
import contextlib
import glob
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog

from agentbot.core.calls.events import TalkBegan
from agentbot.core.calls.stamp import stamp
from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.abilities import Exchange, need_modules, need_right
from agentbot.pbx.message import Message
from agentbot.pbx.sound import Recorded, Sound

__all__ = ["FilesRoute", "FolderRecording"]

log = structlog.get_logger()

_OURS: Final = "agentbot-"
"""How the names of recordings begin that were made for us alone."""
_SIDES: Final = {Leg.CALLER: "in", Leg.OPERATOR: "out"}
_BEGUN: Final = 2_000
"""Channels whose recordings' beginnings are kept in mind."""
_MADE: Final = re.compile(rf"{_OURS}[0-9a-f-]{{36}}-(in|out)\.wav")
_KEPT: Final = 24 * 3600.0
"""Seconds after which a recording that was made for us and never read is deleted."""
_LOOK: Final = 0.25
_SETTLED: Final = 4
"""Looks at a file without a change after which it is whole."""


class FilesRoute:
    """Finds the pair of files of each talk; `notice` must be told each AMI message."""

    name: Final = "files"

    def __init__(
        self, exchange: Exchange, folder: Path, *, pattern: str = "", patience: float = 10.0
    ) -> None:
        """`folder`: Asterisk's folder of recordings (monitor) as this machine sees it.

        `pattern`: names that the dialplan gives its recordings, without `-in.wav` and `-out.wav`,
        with `{uniqueid}` (the caller's channel), `{operator}` (the operator's) or `{linkedid}` in
        them and `*` for anything; empty: have them made. `patience`: seconds after a call that its
        files may take.
        """
        self._exchange, self._folder, self._pattern = exchange, folder, pattern
        self._patience = patience
        self._begun: OrderedDict[str, float] = OrderedDict()

    async def check(self) -> None:
        """Whether recordings can be made and read.

        Raises:
            PbxError: the folder is not there, or a module or right is missing.
        """
        try:
            await asyncio.to_thread(self._sweep)
        except OSError as error:
            raise PbxError(
                f"calls cannot be heard: {self._folder}: {error.strerror}; make Asterisk's folder of "
                "recordings readable here, and name it (sound.folder)"
            ) from None
        if not self._pattern:
            await need_modules(self._exchange, {"app_mixmonitor": "package asterisk-modules"})
            await need_right(self._exchange, "MixMonitor", "system")

    def _sweep(self) -> None:
        """What was made for us and never read, as when we were killed, does not stay for ever."""
        old = time.time() - _KEPT
        for path in self._folder.iterdir():
            if _MADE.fullmatch(path.name) and path.stat().st_mtime < old:
                with contextlib.suppress(OSError):
                    path.unlink()

    def notice(self, message: Message) -> None:
        """Learns when a recording began."""
        if message.event == "MixMonitorStart":
            told = stamp(message.get("Timestamp"))
            self._begun[message.get("Uniqueid")] = message.at if told is None else told
            while len(self._begun) > _BEGUN:
                self._begun.popitem(last=False)

    async def open(self, talk: TalkBegan) -> FolderRecording:
        """Have this talk recorded, unless the dialplan does.

        Raises:
            PbxError: it cannot be recorded.
        """
        if self._pattern:
            name = self._pattern.format_map(
                {
                    "uniqueid": glob.escape(talk.caller.uniqueid),
                    "operator": glob.escape(talk.operator.uniqueid),
                    "linkedid": glob.escape(talk.call),
                }
            )
            return FolderRecording(self, talk, name, ours=False)
        name = f"{_OURS}{uuid4()}"
        await self._exchange.ask(
            "MixMonitor",
            {
                "Channel": talk.operator.channel,
                # What the operator's channel receives is what the operator says.
                "Options": f"r({name}-out.wav)t({name}-in.wav)",
            },
        )
        return FolderRecording(self, talk, name, ours=True)

    async def files(self, name: str) -> Mapping[Leg, Path]:
        """Both files, once they grow no more.

        Raises:
            PbxError: they do not come.
        """
        sizes: dict[Leg, int] = {}
        same = 0
        for _ in range(round(self._patience / _LOOK)):
            found = await asyncio.to_thread(self._look, name)
            now = {leg: _size(path) for leg, path in found.items()}
            same = same + 1 if now == sizes and len(now) == len(_SIDES) else 0
            if same >= _SETTLED:
                return found
            sizes = now
            await asyncio.sleep(_LOOK)
        raise PbxError(
            f"no recording of this call: {self._folder}/{name}-in and -out did not come within "
            f"{self._patience:g} s of its end; does sound.folder show what Asterisk writes?"
        )

    def _look(self, name: str) -> dict[Leg, Path]:
        """In a thread: there may be very many files, on a disk far away."""
        found: dict[Leg, Path] = {}
        for leg, side in _SIDES.items():
            path = self._folder / f"{name}-{side}.wav"
            if "*" in name or "?" in name or "[" in name:
                fit = sorted(self._folder.glob(f"{name}-{side}.wav"))
                path = next((one for one in fit if one.is_file()), path)
            if path.is_file():
                found[leg] = path
        return found

    def begun(self, talk: TalkBegan) -> float | None:
        """When the recording of a talk's channel began, by the exchange's clock; None: not told."""
        keys = (talk.operator.uniqueid, talk.caller.uniqueid)
        known = keys[:1] if not self._pattern or "{operator}" in self._pattern else keys[1:]
        return next((self._begun[key] for key in known if key in self._begun), None)

    async def act(self, action: str, channel: str, **headers: str) -> None:
        """Something about a recording under way; a channel that is gone needs it no more."""
        try:
            await self._exchange.ask(action, {"Channel": channel, **headers})
        except PbxError as error:
            log.debug("recording not changed", action=action, problem=str(error))


class FolderRecording(Recorded):
    """The files of one talk. As a tap it brings nothing."""

    dropped = 0
    over: frozenset[Leg] = frozenset()

    def __init__(self, route: FilesRoute, talk: TalkBegan, name: str, *, ours: bool) -> None:
        self._route, self._talk, self._name, self._ours = route, talk, name, ours

    async def __aiter__(self) -> AsyncIterator[Sound]:
        return
        yield  # nothing is heard before the end

    async def close(self) -> None:
        """The talk is over; a channel that talks on is recorded no more."""
        if self._ours:
            await self._route.act("StopMixMonitor", self._talk.operator.channel)

    async def mute(self, *, on: bool) -> None:
        """Write silence while a card number is said; the dialplan's own recording is its own."""
        if self._ours:
            await self._route.act(
                "MixMonitorMute", self._talk.operator.channel,
                Direction="both", State="1" if on else "0",
            )  # fmt: skip

    async def files(self) -> tuple[Mapping[Leg, Path], float | None]:
        """Both files, and when they begin (seconds since 1970; None: not known).

        Raises:
            PbxError: they do not come.
        """
        return await self._route.files(self._name), self._route.begun(self._talk)

    def forget(self, files: Mapping[Leg, Path]) -> None:
        """Delete what was made for us alone."""
        for path in files.values() if self._ours else ():
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning(
                    "a recording stays on the exchange's disk", problem=error.strerror,
                    mend="let agentbot write in sound.folder",
                )  # fmt: skip


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
