"""Sound devices of this machine: the operator's microphone, and what the caller says in the ear.

The caller's leg comes from a loopback device, an input that repeats what is played: the monitor
of PulseAudio or PipeWire on Linux, a virtual cable elsewhere. Needs sounddevice and PortAudio.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import Leg
from agentbot.errors import RecordingError

__all__ = ["RATE", "Device", "Devices"]

RATE: Final = 16_000
"""Hertz of what is taken."""
_LOOPBACK: Final = ("monitor", "loopback", "stereo mix", "blackhole", "cable output", "soundflower")
"""What systems call inputs that repeat what is played."""
_PIECE: Final = 0.02
"""Seconds."""

Hear = Callable[[Leg, NDArray[np.int16]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An input."""

    number: int
    name: str
    loopback: bool
    """Repeats what is played, by its name."""
    default: bool


class Devices:
    """The inputs there are. `library`: sounddevice, or what stands for it in tests."""

    def __init__(self, library: Any = None) -> None:
        """Ask what there is.

        Raises:
            RecordingError: sounddevice or PortAudio is not installed.
        """
        self._library = library or _sounddevice()

    def all(self) -> tuple[Device, ...]:
        """All inputs.

        Raises:
            RecordingError: PortAudio cannot say.
        """
        try:
            told = list(self._library.query_devices())
            default = self._library.default.device[0]
        except self._library.PortAudioError as error:
            raise RecordingError(f"sound devices cannot be listed: {error}") from None
        return tuple(
            Device(
                number=number, name=str(one["name"]), default=number == default,
                loopback=any(part in str(one["name"]).lower() for part in _LOOPBACK),
            )
            for number, one in enumerate(told)
            if one["max_input_channels"] > 0
        )  # fmt: skip

    def chosen(self, microphone: str = "", caller: str = "") -> dict[Leg, Device]:
        """The device of each leg: by number or part of a name, else the default and the first loopback.

        Raises:
            RecordingError: there is none, or several fit.
        """
        devices = self.all()
        if not devices:
            raise RecordingError(
                "no sound input on this machine; plug in the headset, or check that this user may use it "
                "(group audio)"
            )
        plain = [one for one in devices if not one.loopback]
        if microphone:
            operator = _named(devices, microphone, "--microphone")
        elif plain:
            operator = next((one for one in plain if one.default), plain[0])
        else:
            raise RecordingError("no microphone on this machine; plug in the headset")
        if caller:
            other = _named(devices, caller, "--caller-device")
        else:
            loopbacks = [one for one in devices if one.loopback]
            if not loopbacks:
                raise RecordingError(
                    "no loopback device that brings the caller's voice; turn on the monitor of your sound "
                    "server (Linux) or install a virtual cable, and name it with --caller-device"
                )
            other = loopbacks[0]
        if other.number == operator.number:
            raise RecordingError(f"both legs would come from {operator.name!r}; name two devices")
        return {Leg.CALLER: other, Leg.OPERATOR: operator}

    def listen(self, devices: dict[Leg, Device], hear: Hear) -> Callable[[], None]:
        """Take sound of both, `hear` from a thread of the library's; returns what ends it.

        Raises:
            RecordingError: a device cannot be opened.
        """
        streams: list[Any] = []
        try:
            for leg, device in devices.items():
                streams.append(self._open(leg, device, hear))
            for stream in streams:
                stream.start()
        except (self._library.PortAudioError, ValueError) as error:
            _close(streams)
            raise RecordingError(
                f"sound device {device.name!r} cannot be opened: {error}; "
                "is another program using it? --list-devices shows what there is"
            ) from None
        return lambda: _close(streams)

    def _open(self, leg: Leg, device: Device, hear: Hear) -> Any:
        rate = round(self._library.query_devices(device.number)["default_samplerate"])
        turn = soxr.ResampleStream(rate, RATE, 1, dtype="int16", quality="LQ")

        def take(data: Any, frames: int, time: object, status: object) -> None:  # noqa: ARG001
            heard = turn.resample_chunk(np.frombuffer(data, np.int16))
            if len(heard):
                hear(leg, heard)

        return self._library.RawInputStream(
            device=device.number, samplerate=rate, channels=1, dtype="int16",
            blocksize=round(rate * _PIECE), callback=take,
        )  # fmt: skip


def _close(streams: list[Any]) -> None:
    for stream in streams:
        stream.close()


def _named(devices: tuple[Device, ...], wanted: str, option: str) -> Device:
    fit = [
        one for one in devices if wanted == str(one.number) or wanted.lower() in one.name.lower()
    ]
    exact = [one for one in fit if wanted in {str(one.number), one.name}]
    if len(exact or fit) != 1:
        what = "several inputs are" if fit else "no input is"
        raise RecordingError(f"{option} {wanted}: {what} called so; --list-devices shows them")
    return (exact or fit)[0]


def _sounddevice() -> Any:
    try:
        return importlib.import_module("sounddevice")
    except ImportError:
        raise RecordingError(
            "sounddevice is not installed; pip install 'agentbot[headset]'"
        ) from None
    except OSError:
        raise RecordingError("PortAudio is not installed; apt-get install libportaudio2") from None
