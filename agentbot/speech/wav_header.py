"""What a WAV header says of its file, where that is not true."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from agentbot.errors import RecordingError

__all__ = ["WavHeader", "cut_off", "look_at_wav"]

_UNBOUNDED: Final = (0x7FFFFFFF, 0xFFFFFFFF)
"""Lengths written by programs that cannot go back to fill them in."""
_MOST_CHUNKS: Final = 100
_RATES: Final = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
"""Hertz that recordings of calls have; another one comes of a field filled in carelessly."""
_PLAIN: Final = (1, 3, 6, 7, 0xFFFE)
"""Formats whose samples are as wide as the header says: PCM, float, A-law, mu-law, and those with an extended header."""
_CURE: Final = "write the file anew as it was recorded, or mend its header"


def cut_off(promised: float, there: float) -> str:
    """The warning about a file that is shorter (in seconds) than its header says."""
    return f"the file is cut off: its header promises {promised:.1f} s, {there:.1f} s are there"


@dataclass(frozen=True, slots=True, kw_only=True)
class WavHeader:
    """What was found."""

    path: Path
    warnings: tuple[str, ...] = ()
    unfinished: tuple[int, int] | None = None
    """Where a length of 0 stands before sound, and what it should be."""
    missing: float = 0.0
    """Seconds that the header promises and the file does not hold."""

    def mended(self) -> Path | BinaryIO:
        """The file, with the length filled in where the recording broke off before that."""
        if self.unfinished is None:
            return self.path
        at, length = self.unfinished
        content = bytearray(self.path.read_bytes())
        content[at : at + 4] = struct.pack("<I", min(length, 0xFFFFFFFF))
        return io.BytesIO(content)


@dataclass(frozen=True, slots=True)
class _Format:
    """The fields of a fmt chunk, in their order."""

    tag: int
    channels: int
    rate: int
    byte_rate: int
    align: int
    bits: int

    def check(self, path: Path, said: list[str]) -> None:
        """Refuse what may be two things; what can only be one is taken, and said."""
        if not (self.tag in _PLAIN and self.channels and self.align and self.bits):
            return
        if self.align != self.channels * -(-self.bits // 8):
            raise RecordingError(
                f"{path}: the WAV header contradicts itself: {self.channels} channels of {self.bits} "
                f"bits, but blocks of {self.align} bytes; {_CURE}"
            )
        if self.byte_rate == self.rate * self.align:
            return
        other = self.byte_rate / self.align
        contradiction = (
            f"the WAV header contradicts itself: {self.rate} Hz, but {self.byte_rate} bytes a second "
            f"(that is {other:.0f} Hz)"
        )
        if other in _RATES and min(_RATES) <= self.rate <= max(_RATES):
            raise RecordingError(f"{path}: {contradiction}; which is true cannot be told, {_CURE}")
        said.append(f"{contradiction}; {self.rate} Hz was taken")


def look_at_wav(path: Path, size: int) -> WavHeader:
    """Read the chunks of a file of `size` bytes that begins with RIFF, up to the sound.

    Raises:
        RecordingError: the header contradicts itself, so that nobody knows how fast or how wide
            its samples are; speech at a wrong rate is no speech.
    """
    said: list[str] = []
    byte_rate, missing = 0, 0.0
    with path.open("rb") as file:
        file.seek(12)
        for _ in range(_MOST_CHUNKS):
            if len(head := file.read(8)) < 8:
                break
            name, length = struct.unpack("<4sI", head)
            if name == b"data":
                begin = file.tell()
                there = size - begin
                if length == 0 and there > 0:
                    said.append("the header was never finished (the recording broke off)")
                    unfinished = (begin - 4, there)
                    return WavHeader(path=path, warnings=tuple(said), unfinished=unfinished)
                if length > there and length not in _UNBOUNDED and byte_rate:
                    said.append(cut_off(length / byte_rate, there / byte_rate))
                    missing = (length - there) / byte_rate
                break
            if name == b"fmt " and len(fields := file.read(16)) == 16:
                _Format(*struct.unpack("<HHIIHH", fields)).check(path, said)
                byte_rate = struct.unpack_from("<I", fields, 8)[0]
                length = max(0, length - 16)
            file.seek(length + length % 2, 1)
    return WavHeader(path=path, warnings=tuple(said), missing=missing)
