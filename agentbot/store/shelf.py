"""What is kept of calls: a folder for each day, a few files for each call.

`ID.live.json`    the verdict as it stood when the call ended
`ID.json`         the verdict on the whole recording, heard again
`ID.events.jsonl` what the live verdict was made from
`ID.flac`         both legs, caller left (if wanted)
`ID.call.jsonl`   the call as a manifest for `agentbot replay`
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.errors import StoreError
from agentbot.files import write_atomically

__all__ = ["Shelf", "file_name", "pack"]

_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def file_name(call_id: str) -> str:
    """A call id as the name of files."""
    return _UNFIT.sub("_", call_id).strip(".")[:120] or "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The folder of kept calls; only its owner may look into it."""

    folder: Path
    days: int
    """Whole days that calls are kept; 0: for ever."""

    def open(self) -> None:
        """Make the folder.

        Raises:
            StoreError: it cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            probe = self.folder / ".probe"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise StoreError(
                f"{self.folder}: calls cannot be kept here ({error.strerror}); "
                "name another folder (store.folder)"
            ) from None

    def path(self, day: date, call_id: str, ending: str) -> Path:
        """Where a file of a call lies."""
        return self.folder / day.isoformat() / f"{file_name(call_id)}{ending}"

    def keep(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all.

        Raises:
            StoreError: the disk is full, or the folder gone.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, data, 0o600)
        except OSError as error:
            raise StoreError(
                f"{path}: cannot be written ({error.strerror or error}); make room"
            ) from None

    def newest(self, most: int) -> list[Path]:
        """The best verdict there is of each of the newest calls, at most `most`."""
        found: list[Path] = []
        if not self.folder.is_dir():
            return found
        days = (place for place in self.folder.iterdir() if _DAY.fullmatch(place.name))
        for day in sorted(days, key=lambda place: place.name, reverse=True):
            live = {path.name.removesuffix(".live.json"): path for path in day.glob("*.live.json")}
            ended = sorted(live, key=lambda call: _written(live[call]), reverse=True)
            for call in ended[: most - len(found)]:
                whole = day / f"{call}.json"
                found.append(whole if whole.is_file() else live[call])
            if len(found) >= most:
                break
        return found

    def sweep(self, today: date) -> int:
        """Delete the days that are too old; says how many."""
        if not self.days or not self.folder.is_dir():
            return 0
        oldest = (today - timedelta(days=self.days)).isoformat()
        old = [
            place
            for place in self.folder.iterdir()
            if _DAY.fullmatch(place.name) and place.name < oldest and not place.is_symlink()
        ]
        for place in old:
            shutil.rmtree(place, ignore_errors=True)
        return len(old)


def _written(path: Path) -> float:
    """When; what was swept away meanwhile is old."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def pack(legs: Mapping[Leg, tuple[NDArray[np.int16], int]]) -> bytes:
    """Both legs as FLAC, caller left, at the lower of their rates; a shorter one is silent at its end."""
    rates = [rate for samples, rate in legs.values() if rate and len(samples)]
    rate = min(rates, default=8_000)
    sounds = []
    for leg in Leg:
        samples, own = legs.get(leg, (np.zeros(0, np.int16), rate))
        if own not in {0, rate} and len(samples):
            sound = soxr.resample(samples.astype(np.float32) / 32768, own, rate)
            samples = (np.clip(sound, -1.0, 1.0) * 32767).astype(np.int16)
        sounds.append(samples)
    length = max(1, *(len(sound) for sound in sounds))
    both = np.stack([np.pad(sound, (0, length - len(sound))) for sound in sounds], axis=1)
    out = io.BytesIO()
    sf.write(out, both, rate, format="FLAC", subtype="PCM_16")
    return out.getvalue()
