"""Which alerts an operator is told of by ear, and with what sound."""

from __future__ import annotations

import asyncio
import io
import shlex
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import soundfile
import soxr
import structlog
from numpy.typing import NDArray

from agentbot.core.calls.events import Party
from agentbot.core.seat.view import Alert, AlertKind
from agentbot.errors import PbxError, RecordingError
from agentbot.pbx.whisper import RATE

__all__ = ["Voice", "Whispering"]

log = structlog.get_logger()

_PAUSE: Final = 5.0
"""Seconds for which an operator is left in peace after a whisper; the page shows every alert."""
_AT_ONCE: Final = 50
_PATIENCE: Final = 5.0
"""Seconds that a program has to speak."""
_LARGEST: Final = 4_000_000
"""Bytes of what it says."""
_TONE: Final = 880.0
_LOUD: Final = 3_000.0
"""Amplitude of the tones, some 20 dB below the loudest: beside a voice, not over it."""


class Voice(Protocol):
    """The way into an operator's ear."""

    async def whisper(self, party: Party, samples: NDArray[np.int16]) -> None:
        """Play this (8 kHz) to one party alone.

        Raises:
            PbxError: it cannot be played.
        """


class Whispering:
    """One whisper at a time to each operator; what comes meanwhile is seen and not heard."""

    def __init__(
        self, voice: Voice, *, kinds: Collection[AlertKind], folder: Path | None = None,
        command: str = "", lang: str = "zh", pause: float = _PAUSE,
    ) -> None:  # fmt: skip
        """`kinds`: alerts that are whispered; `folder`, `command`, `lang`: as in the settings."""
        self._voice, self._kinds = voice, frozenset(kinds)
        self._folder, self._command, self._pause = folder, shlex.split(command), pause
        self._lang = lang
        self._busy: dict[str, asyncio.Task[None]] = {}

    def whisper(self, to: Party, alert: Alert) -> None:
        """Tell one party of an alert, if it is of those and nothing is being told."""
        wanted = alert.kind in self._kinds and to.uniqueid not in self._busy
        if wanted and len(self._busy) < _AT_ONCE:
            task = asyncio.create_task(self._tell(to, alert))
            self._busy[to.uniqueid] = task
            task.add_done_callback(lambda _: self._busy.pop(to.uniqueid, None))

    async def _tell(self, to: Party, alert: Alert) -> None:
        try:
            sound = await asyncio.to_thread(self._sound, alert)
            await self._voice.whisper(to, sound)
        except PbxError as error:
            log.warning("alert not whispered", kind=alert.kind.value, problem=str(error))
        await asyncio.sleep(self._pause)

    def _sound(self, alert: Alert) -> NDArray[np.int16]:
        """Spoken, recorded, or two tones; what fails is said, and the next is taken."""
        try:
            if self._command:
                return _read(_spoken(self._command, alert.text(self._lang)))
            for name in (alert.kind.value, "alert") if self._folder else ():
                path = self._folder / f"{name}.wav"  # type: ignore[operator]
                if path.is_file():
                    return _read(path.read_bytes())
        except (OSError, RecordingError) as error:
            log.warning("whisper cannot be spoken, a tone is played", problem=str(error))
        return _tones()


def _spoken(command: list[str], text: str) -> bytes:
    """By standard input, for what callers said must not be seen among the arguments of programs."""
    try:
        told = subprocess.run(  # noqa: S603 - the house's own setting
            command, input=text.encode(), capture_output=True, timeout=_PATIENCE, check=True
        )
    except subprocess.TimeoutExpired:
        raise RecordingError(f"{command[0]} did not speak within {_PATIENCE:g} s") from None
    except subprocess.CalledProcessError as error:
        raise RecordingError(f"{command[0]} ended with {error.returncode}") from None
    return told.stdout[:_LARGEST]


def _read(wav: bytes) -> NDArray[np.int16]:
    try:
        samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError):
        raise RecordingError("the sound of a whisper is no WAV") from None
    sound: NDArray[np.float32] = soxr.resample(samples[:, 0], rate, RATE)
    return (np.clip(sound, -1.0, 1.0) * 32767).astype(np.int16)


def _tones() -> NDArray[np.int16]:
    at = np.arange(round(0.15 * RATE)) / RATE
    tone = _LOUD * np.sin(2 * np.pi * _TONE * at) * np.minimum(1.0, 50 * np.minimum(at, at[::-1]))
    both: NDArray[np.int16] = np.concatenate([tone, np.zeros(round(0.1 * RATE)), tone]).astype(
        np.int16
    )
    return both
