"""What a WAV header says of its file, where that is not true."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

__all__ = ["WavHeader", "cut_off", "look_at_wav"]

_UNBOUNDED: Final = (0x7FFFFFFF, 0xFFFFFFFF)
"""Lengths written by programs that cannot go back to fill them in."""
_MOST_CHUNKS: Final = 100


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


def look_at_wav(path: Path, size: int) -> WavHeader:
    """Read the chunks of a file of `size` bytes that begins with RIFF, up to the sound."""
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
                _, channels, rate, byte_rate, align, bits = struct.unpack("<HHIIHH", fields)
                if align and bits * channels == align * 8 and byte_rate != rate * align:
                    said.append(
                        f"the WAV header contradicts itself: {rate} Hz, but {byte_rate} bytes a second "
                        f"(that is {byte_rate / align:.0f} Hz); {rate} Hz was taken"
                    )
                length = max(0, length - 16)
            file.seek(length + length % 2, 1)
    return WavHeader(path=path, warnings=tuple(said), missing=missing)
