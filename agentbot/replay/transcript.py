"""Transcripts from any other recogniser, as events for the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agentbot.core.events import Heard, Leg
from agentbot.errors import RecordingError

__all__ = ["Transcript", "first_problem", "read_transcript"]

LARGEST = 64 * 2**20
"""Bytes of a transcript that are read at most; a day of talk is below 5 MiB."""
LONGEST = 600.0
"""Seconds that nobody speaks without a pause: longer utterances are told in milliseconds."""


class _Utterance(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    channel: Leg
    start: Annotated[float, Field(ge=0, le=604_800)]
    end: Annotated[float, Field(ge=0, le=604_800)]
    text: Annotated[str, Field(max_length=10_000)]
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        if self.end - self.start > LONGEST:
            raise ValueError(
                f"lasts {self.end - self.start:.0f} s; times are seconds from the answer, "
                "not milliseconds"
            )
        return self


class Transcript(BaseModel):
    """One call as text; times in seconds from the answer."""

    model_config = ConfigDict(extra="ignore")

    utterances: Annotated[list[_Utterance], Field(max_length=100_000)]

    def heard(self) -> list[Heard]:
        """The utterances that hold words as events, by start time."""
        return [
            Heard(leg=u.channel, start=u.start, end=u.end, text=u.text, confidence=u.confidence)
            for u in sorted(self.utterances, key=lambda u: (u.start, u.end, u.channel))
            if u.text.strip()
        ]

    @property
    def seconds(self) -> float:
        """End of the last utterance."""
        return max((u.end for u in self.utterances), default=0.0)


def read_transcript(path: Path) -> Transcript:
    """Read and check one transcript file.

    Raises:
        RecordingError: it cannot be read, or is not a transcript.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise RecordingError(
                f"{path}: larger than {LARGEST // 2**20} MiB; is this a transcript?"
            )
        return Transcript.model_validate_json(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RecordingError(f"{path}: not UTF-8; save the transcript as UTF-8") from None
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror}; check the path") from None
    except ValidationError as error:
        raise RecordingError(
            f"{path}: {first_problem(error)}; a transcript is "
            '{"utterances": [{"channel": "caller", "start": 0.5, "end": 2.1, "text": "…"}]}'
        ) from None


def first_problem(error: ValidationError) -> str:
    """The first thing pydantic found, as `utterances.3.start: …`, on one line."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = " ".join(first["msg"].removeprefix("Value error, ").split())
    if first["type"] == "extra_forbidden":
        message = "there is no such key"
    return f"{where}: {message}" if where else message
