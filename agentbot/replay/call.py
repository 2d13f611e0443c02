"""One call to judge, as it was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agentbot.core.events import AudioLost, Leg

__all__ = ["Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One call to judge: where its sound or text lies, and what is known of it."""

    call_id: str
    listed: str
    """Where it was found, for messages: a path, or manifest and line."""
    audio: tuple[Path, ...] = ()
    """One recording of both legs, or the pair `-in`, `-out`; empty: a transcript."""
    transcript: Path | None = None
    script: str | None = None
    seat: str | None = None
    greeter: str | None = None
    """The seat's number that greeted, where the call was put through after that."""
    started_at: datetime | None = None
    channels: tuple[Leg, Leg] | None = None
    """Whose the first and the second channel (or file) is; None: to be found out."""
    queue: str | None = None
    ring_seconds: float | None = None
    lost: tuple[AudioLost, ...] = ()
    """What the recording is known to lack: a stretch that was paused, a beginning not tapped."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything that is read for this call."""
        return self.audio if self.transcript is None else (self.transcript,)

    @property
    def size(self) -> int:
        """Bytes to read, as a measure of the work; 0 where a file is not there."""
        return sum(path.stat().st_size for path in self.files if path.is_file())
