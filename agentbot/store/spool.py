"""The sound of a talk under way: on the disk without a name, so that nothing is left of it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.errors import StoreError

__all__ = ["Spool"]

_BYTES: Final = 2


class Spool:
    """Both legs, each at its rate, silence as holes. Written from many threads.

    When the disk is full the rest is lost, which `problem` says; the call goes on.
    """

    def __init__(self, folder: Path) -> None:
        self.problem = ""
        self._files: dict[Leg, IO[bytes]] = {}
        self._rates: dict[Leg, int] = {}
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for leg in Leg:
                self._files[leg] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - kept for the talk
        except OSError as error:
            self._broken(error)

    def keep(self, leg: Leg, start: float, samples: NDArray[np.int16], rate: int) -> None:
        """Sound of a leg from call second `start` on."""
        with self._lock:
            if self.problem or not len(samples):
                return
            self._rates.setdefault(leg, rate)
            try:
                file = self._files[leg]
                file.seek(round(start * rate) * _BYTES)
                file.write(samples.astype("<i2").tobytes())
            except OSError as error:
                self._broken(error)

    def rate(self, leg: Leg) -> int:
        """Hertz; 0: nothing of it was kept."""
        return self._rates.get(leg, 0)

    def read(self, leg: Leg, start: float = 0.0, end: float | None = None) -> NDArray[np.int16]:
        """A leg between two call seconds, or all of it so far.

        Raises:
            StoreError: it is lost.
        """
        with self._lock:
            if self.problem:
                raise StoreError(self.problem)
            try:
                file = self._files[leg]
                rate = self._rates.get(leg, 0)
                first = round(max(0.0, start) * rate)
                file.seek(first * _BYTES)
                raw = file.read(-1 if end is None else max(0, round(end * rate) - first) * _BYTES)
            except (OSError, ValueError) as error:
                raise StoreError(f"the sound of a call cannot be read: {error}") from None
        return np.frombuffer(raw[: len(raw) // _BYTES * _BYTES], "<i2").astype(np.int16)

    def sound(self, leg: Leg, start: float = 0.0, end: float | None = None) -> NDArray[np.float32]:
        """The same as samples of -1..1."""
        samples: NDArray[np.float32] = self.read(leg, start, end).astype(np.float32) / np.float32(
            32768
        )
        return samples

    def take_over(self, earlier: Spool, legs: Iterable[Leg]) -> None:
        """Begin with what an earlier talk of the call holds."""
        for leg in legs:
            if earlier.rate(leg) and not earlier.problem:
                self.keep(leg, 0.0, earlier.read(leg), earlier.rate(leg))

    def close(self) -> None:
        """Let the sound go."""
        with self._lock:
            self.problem = self.problem or "the sound of this call is gone"
            self._let_go()

    def _broken(self, error: OSError) -> None:
        self.problem = f"the sound of a call cannot be kept: {error.strerror or error}"
        self._let_go()

    def _let_go(self) -> None:
        for file in self._files.values():
            try:
                file.close()
            except OSError:
                continue
        self._files.clear()
