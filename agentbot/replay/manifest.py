"""Manifests: JSON Lines, one call a line, paths relative to the manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from agentbot.core.events import AudioLost, Leg
from agentbot.errors import RecordingError
from agentbot.replay.call import Source
from agentbot.replay.transcript import first_problem
from agentbot.report.summary import Failure

__all__ = ["manifest_line", "read_manifest"]

_Name = Annotated[str, Field(min_length=1, max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, coerce_numbers_to_str=True)

    call_id: _Name
    audio: tuple[_Name, ...] | None = None
    transcript: _Name | None = None
    script: _Name | None = None
    seat: _Name | None = None
    greeter: _Name | None = None
    started_at: datetime | None = None
    channels: tuple[Leg, Leg] | None = None
    queue: _Name | None = None
    ring_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    lost: Annotated[tuple[AudioLost, ...], Field(max_length=10_000)] = ()

    @field_validator("audio", mode="before")
    @classmethod
    def _one_file_or_a_pair(cls, audio: object) -> object:
        files = [audio] if isinstance(audio, str) else audio
        if files is not None and not (isinstance(files, list) and len(files) in {1, 2}):
            raise ValueError('write one file, "x.wav", or a pair, ["x-in.wav", "x-out.wav"]')
        return files

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.audio is None) == (self.transcript is None):
            raise ValueError("give either audio or transcript")
        if self.channels is not None and len(set(self.channels)) != len(self.channels):
            raise ValueError('channels must be ["caller", "operator"] or the other way round')
        return self


def read_manifest(path: Path) -> Iterator[Source | Failure]:
    """The calls of a manifest; a line that cannot be used comes as `Failure`.

    Raises:
        RecordingError: the file cannot be read or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _call(path, number, line)
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise RecordingError(f"{path}: not UTF-8; save the manifest as UTF-8") from None


def _call(path: Path, number: int, line: str) -> Source | Failure:
    listed = f"{path}:{number}"
    try:
        entry = _Entry.model_validate_json(line)
    except ValidationError as error:
        return Failure(
            call_id=_id_of(line) or f"{path.name}:{number}",
            source=listed,
            reason=f"{first_problem(error)}; mend the line",
        )
    return Source(
        call_id=entry.call_id,
        listed=listed,
        audio=tuple(path.parent / name for name in entry.audio or ()),
        transcript=None if entry.transcript is None else path.parent / entry.transcript,
        script=entry.script,
        seat=entry.seat,
        greeter=entry.greeter,
        started_at=entry.started_at,
        channels=entry.channels,
        queue=entry.queue,
        ring_seconds=entry.ring_seconds,
        lost=entry.lost,
    )


def manifest_line(source: Source, audio: str) -> bytes:
    """A call as `read_manifest` takes it; `audio`: its recording, relative to the manifest."""
    line = {
        "call_id": source.call_id, "audio": audio, "script": source.script, "seat": source.seat,
        "greeter": source.greeter,
        "started_at": source.started_at.isoformat() if source.started_at else None,
        "channels": [leg.value for leg in Leg], "queue": source.queue,
        "ring_seconds": source.ring_seconds,
        "lost": [
            {"leg": gap.leg.value, "start": gap.start, "end": gap.end, "cause": gap.cause.value}
            for gap in source.lost
        ],
    }  # fmt: skip
    told = {key: value for key, value in line.items() if value not in (None, [])}
    return (json.dumps(told, ensure_ascii=False) + "\n").encode()


def _id_of(line: str) -> str | None:
    """The id of a line that is wrong elsewhere, for the list of broken calls."""
    try:
        call_id = json.loads(line)["call_id"]
    except (ValueError, KeyError, TypeError):
        return None
    return call_id[:200] if isinstance(call_id, str) else None
