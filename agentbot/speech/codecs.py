"""Audio files to samples: whatever a telephone system writes, in blocks and bounded.

soundfile reads nearly everything (WAV with PCM, float, µ-law, A-law or GSM, FLAC, Ogg,
MP3); PyAV is asked only where soundfile cannot. Headerless files are known by the names
Asterisk gives them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from agentbot.errors import RecordingError
from agentbot.speech.model_files import one_line
from agentbot.speech.wav_header import cut_off, look_at_wav

__all__ = ["HEADERLESS", "LONGEST_SECONDS", "Sound", "decode"]

LONGEST_SECONDS: Final = 2 * 3600.0
"""Longest recording taken unless the caller says otherwise."""

HEADERLESS: Final = {
    ".ulaw": ("ULAW", 8_000),
    ".ul": ("ULAW", 8_000),
    ".pcm": ("ULAW", 8_000),
    ".alaw": ("ALAW", 8_000),
    ".al": ("ALAW", 8_000),
    ".gsm": ("GSM610", 8_000),
    ".sln": ("PCM_16", 8_000),
    ".raw": ("PCM_16", 8_000),
    ".sln12": ("PCM_16", 12_000),
    ".sln16": ("PCM_16", 16_000),
    ".sln24": ("PCM_16", 24_000),
    ".sln32": ("PCM_16", 32_000),
    ".sln44": ("PCM_16", 44_100),
    ".sln48": ("PCM_16", 48_000),
}
"""Asterisk's suffixes for sound without a header: (soundfile subtype, Hertz), one channel."""

_MAGIC: Final = (b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b"ID3", b"FORM", b".snd")
_RATES: Final = (8_000, 48_000)
_KEPT_RATE: Final = 16_000
_BLOCK_FRAMES: Final = 4_096
_WORTH_SECONDS: Final = 1.0
"""Less at the end of a file is nobody's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A decoded file."""

    samples: NDArray[np.float32]
    """Shape (frames, channels), -1..1."""
    rate: int
    """Hertz; recordings above 16 kHz are brought down to it, no recogniser uses more."""
    warnings: tuple[str, ...]
    cut: bool = False
    """True: the call went on, or may have, after the file ends."""


def decode(path: Path, longest: float = LONGEST_SECONDS) -> Sound:
    """Read one sound file of at most `longest` seconds.

    A file that ends early is read as far as it goes, with a warning.

    Raises:
        RecordingError: missing, empty, not audio, no sample in it, more than two channels,
            an impossible or contradictory sample rate, or too long.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise RecordingError(
            f"{path}: cannot be read ({error.strerror or one_line(error)})"
        ) from None
    if size == 0:
        raise RecordingError(f"{path}: the file is empty (0 bytes)")
    raw = HEADERLESS.get(path.suffix.lower()) if not head.startswith(_MAGIC) else None
    wav = look_at_wav(path, size) if head == b"RIFF" else None
    try:
        sound = _by_soundfile(path, wav.mended() if wav else path, raw, longest)
    except soundfile.LibsndfileError:
        sound = _by_av(path, longest)
    if len(sound.samples) == 0:
        raise RecordingError(f"{path}: there is no sound in the file (its header is all there is)")
    if wav is None:
        return sound
    broke_off = wav.unfinished is not None or wav.missing >= _WORTH_SECONDS
    return replace(sound, warnings=(*wav.warnings, *sound.warnings), cut=sound.cut or broke_off)


def _by_soundfile(
    path: Path, source: Path | BinaryIO, raw: tuple[str, int] | None, longest: float
) -> Sound:
    how = {"format": "RAW", "subtype": raw[0], "samplerate": raw[1], "channels": 1} if raw else {}
    warnings: list[str] = []
    cut = False
    with soundfile.SoundFile(source, **how) as file:
        _check(path, file.samplerate, file.channels)
        gather = _Gatherer(path, file.samplerate, file.channels, longest)
        promised = file.frames if file.seekable() and file.frames < 1 << 40 else 0
        try:
            while len(block := file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
                gather.take(block)
        except soundfile.LibsndfileError as error:
            if gather.frames == 0:
                raise
            warnings.append(_damaged(gather, error))
            cut = True
        else:
            # MP3 and Ogg lengths are estimates; a tenth of a second does not matter.
            missing = (promised - gather.frames) / file.samplerate
            if gather.frames and missing > 0.1:
                warnings.append(
                    cut_off(promised / file.samplerate, gather.frames / file.samplerate)
                )
                cut = missing >= _WORTH_SECONDS
        return gather.sound(warnings, cut=cut)


def _damaged(gather: _Gatherer, error: Exception) -> str:
    return (
        f"the file is damaged or cut off after {gather.frames / gather.rate:.1f} s "
        f"({one_line(error)}); what is before that was read"
    )


def _by_av(path: Path, longest: float) -> Sound:
    not_audio = RecordingError(
        f"{path}: not a sound file that can be read, or damaged at its start; "
        "WAV, FLAC, Ogg, MP3 and Asterisk's .gsm, .ulaw, .alaw, .sln are taken"
    )
    try:
        import av  # noqa: PLC0415 - an extra's library, rarely needed
    except ImportError:
        raise not_audio from None
    gather: _Gatherer | None = None
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise not_audio
            stream = container.streams.audio[0]
            codec = stream.codec_context
            if not getattr(codec, "sample_rate", 0):  # a codec that is not known is None
                raise not_audio
            rate, channels = int(codec.sample_rate), int(codec.channels)
            _check(path, rate, channels)
            gather = _Gatherer(path, rate, channels, longest)
            planar = av.AudioResampler(format="fltp", layout=codec.layout, rate=rate)
            for frame in container.decode(stream):
                for part in planar.resample(frame):
                    gather.take(np.ascontiguousarray(part.to_ndarray().T, dtype=np.float32))
            return gather.sound([])
    except (av.FFmpegError, ValueError) as error:  # ValueError: a header with no channels
        if gather is None or not gather.frames:
            raise not_audio from None
        return gather.sound([_damaged(gather, error)], cut=True)


class _Gatherer:
    """Collects blocks, brings them down to 16 kHz on the way and minds the limit."""

    def __init__(self, path: Path, rate: int, channels: int, longest: float) -> None:
        self._path, self.rate, self._longest = path, rate, longest
        self._down = (
            soxr.ResampleStream(rate, _KEPT_RATE, channels, dtype="float32")
            if rate > _KEPT_RATE
            else None
        )
        self._blocks: list[NDArray[np.float32]] = []
        self._channels = channels
        self.frames = 0

    def take(self, block: NDArray[np.float32]) -> None:
        self.frames += len(block)
        if self.frames > self._longest * self.rate:
            raise RecordingError(
                f"{self._path}: longer than {self._longest / 60:g} minutes, the longest recording "
                "taken; cut it into calls or raise the limit"
            )
        self._blocks.append(self._down.resample_chunk(block) if self._down else block)

    def sound(self, warnings: list[str], *, cut: bool = False) -> Sound:
        if self._down and self.frames:
            rest = np.zeros((0, self._channels), np.float32)
            self._blocks.append(self._down.resample_chunk(rest, last=True))
        none = np.zeros((0, self._channels), np.float32)
        samples = np.concatenate(self._blocks) if self._blocks else none
        rate = _KEPT_RATE if self._down else self.rate
        if not np.isfinite(samples).all():
            samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
            warnings = [
                *warnings,
                "the file holds samples that are no numbers; they were taken as silence",
            ]
        return Sound(samples=samples, rate=rate, warnings=tuple(warnings), cut=cut)


def _check(path: Path, rate: int, channels: int) -> None:
    low, high = _RATES
    if not low <= rate <= high:
        raise RecordingError(
            f"{path}: the header gives a sample rate of {rate} Hz, which no telephone recording has "
            f"({low} to {high} Hz are taken); the header is wrong, write the file anew with its true rate"
        )
    if channels > 2:
        raise RecordingError(
            f"{path}: the file has {channels} channels; a call has two (one for each leg)"
        )
