"""What a recogniser heard, kept on disk, so that the engine can be tuned without hearing again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel, TypeAdapter, ValidationError

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg, Rescored, Sought
from agentbot.errors import RecordingError
from agentbot.replay.listening import Listener
from agentbot.replay.transcript import first_problem
from agentbot.report.files import write_atomically
from agentbot.speech.base import Rehearing, Signal

__all__ = ["Remembered", "read_segments"]

_Heard = TypeAdapter(list[Heard | AudioLost])
_Answers = TypeAdapter(dict[str, list[Heard | AudioLost | Rescored | Sought]])


class _Second(Listener, Rehearing, Protocol):
    """A recogniser with a second look."""


class Remembered:
    """A recogniser for one call that asks a real one only what is not in the file at `path`.

    `load` gives the real one, when it is needed.
    """

    def __init__(self, path: Path, load: Callable[[], _Second]) -> None:
        self._path, self._load = path, load
        self._kept: dict[str, Any] = {}
        self.name = "not heard"
        if path.is_file():
            try:
                self._kept = json.loads(path.read_bytes())
            except ValueError:
                raise RecordingError(
                    f"{path}: not JSON; delete it to hear the call again"
                ) from None

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """What was heard, now or earlier; other hot words do not make it hear again."""
        if "heard" not in self._kept:
            recogniser = self._load()
            heard = _Heard.dump_python(recogniser.transcribe(legs, hot_words), mode="json")
            self._kept |= {"engine": recogniser.name, "heard": heard}
            self._save()
        self.name = str(self._kept["engine"])
        return _Heard.validate_python(self._kept["heard"])

    def rehear(self, legs: Mapping[Leg, Signal], doubts: Sequence[Doubt]) -> list[Event]:
        """Answers to each doubt, remembered doubt by doubt."""
        answers = self._kept.setdefault("answers", {})
        if new := [doubt for doubt in doubts if repr(doubt) not in answers]:
            recogniser = self._load()
            for doubt in new:
                found = [
                    event
                    for event in recogniser.rehear(legs, [doubt])
                    if isinstance(event, Heard | AudioLost | Rescored | Sought)
                ]
                answers |= _Answers.dump_python({repr(doubt): found}, mode="json")
            self._save()
        known = _Answers.validate_python(answers)
        return [event for doubt in doubts for event in known[repr(doubt)]]

    def _save(self) -> None:
        write_atomically(self._path, json.dumps(self._kept, ensure_ascii=False).encode())


class _Segment(BaseModel):
    channel: Leg
    start: float
    end: float
    text: str
    conf: float | None = None


class _Segments(BaseModel):
    model: str = "segments"
    segments: list[_Segment]


def read_segments(path: Path) -> tuple[str, list[Heard]]:
    """Engine and utterances of a transcript that lies beside a call.

    Raises:
        RecordingError: it is not there or not in the format (`segments` with `channel`, `start`,
            `end`, `text`, `conf`).
    """
    try:
        read = _Segments.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}; check --transcripts") from None
    except ValidationError as error:
        raise RecordingError(f"{path}: {first_problem(error)}; no transcript of segments") from None
    return read.model, [
        Heard(leg=s.channel, start=s.start, end=s.end, text=s.text, confidence=s.conf)
        for s in sorted(read.segments, key=lambda s: (s.start, s.end, s.channel))
    ]
