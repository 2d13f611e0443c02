"""Calls that are over: a short list of the newest, and the report of each."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from agentbot.core.seat.outcome import outcome
from agentbot.core.seat.view import Outcome
from agentbot.errors import AgentbotError, RecordingError
from agentbot.report.encode import from_json
from agentbot.report.page import call_page
from agentbot.report.sound import Sound, sound
from agentbot.speech.recording import read_recording
from agentbot.store.shelf import Shelf

__all__ = ["Kept", "KeptCall"]

log = structlog.get_logger()

_MOST = 50
"""Calls listed."""
_READ = 4 * _MOST
"""Verdicts kept in mind."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CALL = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,119}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCall:
    """One line of the list."""

    path: str
    """`DAY/CALL`, where its report is."""
    seat: str
    script: str
    started_at: str
    seconds: float
    outcome: Outcome


@dataclass(slots=True)
class Kept:
    """What the shelf holds, for the pages. Reads files: not for the event loop."""

    shelf: Shelf
    lang: str
    _known: OrderedDict[tuple[Path, int], KeptCall | None] = field(default_factory=OrderedDict)

    def newest(self) -> list[KeptCall]:
        """The newest calls first; a file that cannot be read is left out."""
        found = [self._read(path) for path in self.shelf.newest(_MOST)]
        return [call for call in found if call is not None]

    def _read(self, path: Path) -> KeptCall | None:
        try:
            key = (path, path.stat().st_mtime_ns)
        except OSError:  # swept away meanwhile
            return None
        if key not in self._known:
            try:
                self._known[key] = _line(path)
            except (OSError, AgentbotError) as error:
                log.warning("kept call not listed", problem=type(error).__name__)
                self._known[key] = None
        while len(self._known) > _READ:
            self._known.popitem(last=False)
        return self._known[key]

    def page(self, day: str, call: str) -> str | None:
        """The report of a call, with its sound where that is kept; None: there is no such call.

        Raises:
            ReportError: its verdict is damaged.
        """
        if not (_DAY.fullmatch(day) and _CALL.fullmatch(call)):
            return None
        folder = self.shelf.folder / day
        for ending in (".json", ".live.json"):
            path = folder / f"{call}{ending}"
            if path.is_file():
                return call_page(
                    from_json(path.read_bytes(), path.name), _sound(folder, call), self.lang
                )
        return None


def _line(path: Path) -> KeptCall:
    whole = not path.name.endswith(".live.json")
    verdict = from_json(path.read_bytes(), path.name)
    call = path.name.removesuffix(".json").removesuffix(".live")
    return KeptCall(
        path=f"{path.parent.name}/{call}", seat=verdict.seat or "", script=verdict.script,
        started_at=verdict.started_at or "", seconds=verdict.duration,
        outcome=outcome(verdict, whole=whole),
    )  # fmt: skip


def _sound(folder: Path, call: str) -> Sound | None:
    path = folder / f"{call}.flac"
    try:
        return sound(read_recording([path], "right").legs) if path.is_file() else None
    except RecordingError:  # nobody is heard in it
        return None
