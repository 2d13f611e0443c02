"""Calls with ground truth: one JSON file a call, or JSON Lines; docs/bench.md tells the format."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agentbot.core.events import Heard, Leg
from agentbot.errors import RecordingError
from agentbot.replay.transcript import first_problem

__all__ = ["Truth", "TruthStep", "read_truths"]

CLEAN_LINE_DB = 20.0
"""Callers' lines of at least this signal-to-noise ratio count as good."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TruthStep(_Loose):
    """What really became of one step."""

    step: str
    status: str
    """done, skipped, not_needed, wrong_readback, wrong_greeting; others count as neither."""
    out_of_order: bool = False
    field_given: bool = True
    """False on a skipped read-back: there was nothing to read back."""
    start: float | None = None
    end: float | None = None
    holiday_wish_due: str | None = None
    holiday_wish_said: str | None = None
    truth: str | None = None
    said: str | None = None

    @property
    def missed(self) -> bool:
        """The operator should have taken it and did not."""
        return self.status == "skipped" and self.field_given


class _Happening(_Loose):
    type: str
    detail: str = ""
    start: float | None = None
    end: float | None = None


class _Said(_Loose):
    channel: Leg
    start: float
    end: float
    text: str


class _Line(_Loose):
    caller_snr_db: float | None = None


class Truth(_Loose):
    """One call as it really went."""

    id: str
    audio: str | None = None
    script: str | None = None
    duration: float
    call_time: datetime
    agent_no: Annotated[str | None, Field(coerce_numbers_to_str=True)] = None
    channels: tuple[Leg, Leg] = (Leg.CALLER, Leg.OPERATOR)
    line: _Line = _Line()
    fields: dict[str, Any] = {}
    steps: tuple[TruthStep, ...]
    violations: tuple[_Happening, ...] = ()
    events: tuple[_Happening, ...] = ()
    utterances: tuple[_Said, ...] = ()
    folder: Path = Path()
    """Where the file lay."""

    @property
    def good_line(self) -> bool:
        """The caller's line is clean enough for the full requirements."""
        snr = self.line.caller_snr_db
        return snr is None or snr >= CLEAN_LINE_DB

    @property
    def sound(self) -> tuple[Path, ...]:
        """The recording; empty where there is none."""
        return () if self.audio is None else (self.folder / self.audio,)

    def heard(self) -> list[Heard]:
        """What was really said, as events."""
        return [
            Heard(leg=u.channel, start=u.start, end=u.end, text=u.text)
            for u in sorted(self.utterances, key=lambda u: (u.start, u.end, u.channel))
        ]


def read_truths(place: Path) -> list[Truth]:
    """All calls with truth in a folder (its `*.json` that hold `steps`) or a JSON Lines file.

    Raises:
        RecordingError: nothing is there, or a call is not in the format.
    """
    try:
        truths = list(_from_lines(place) if place.is_file() else _from_folder(place))
    except OSError as error:
        raise RecordingError(f"{place}: {error.strerror}; check the path") from None
    if not truths:
        raise RecordingError(f"{place}: no calls with ground truth (JSON with `steps`) are there")
    return truths


def _from_lines(path: Path) -> Iterator[Truth]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _truth(line, f"{path}:{number}", path.parent)


def _from_folder(folder: Path) -> Iterator[Truth]:
    if not folder.is_dir():
        raise RecordingError(f"{folder}: there is no such file or folder; check the path")
    for path in sorted(folder.glob("*.json")):
        data = path.read_bytes()
        if b'"steps"' in data:
            yield _truth(data, str(path), folder)


def _truth(data: bytes, listed: str, folder: Path) -> Truth:
    try:
        return Truth.model_validate_json(data).model_copy(update={"folder": folder})
    except ValidationError as error:
        raise RecordingError(
            f"{listed}: {first_problem(error)}; not a call with ground truth"
        ) from None
