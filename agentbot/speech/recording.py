"""A call's recording as two legs: one file with two channels, or two files of one.

MixMonitor's `r(X-in.wav)` holds what Asterisk received from the channel it ran on, `t(X-out.wav)`
what it sent to it. On the caller's channel, where a dialplan runs it for inbound calls, `-in`
is the caller and `-out` what the caller heard, the operator; on the operator's it is the
reverse. Neither file nor channel order proves anything: unless told, the reading here is
an assumption that `legs.assign_by_words` can overturn (`Recording.swapped`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.errors import RecordingError
from agentbot.speech.base import Signal
from agentbot.speech.codecs import LONGEST_SECONDS, Sound, decode
from agentbot.speech.legs import Layout, layout_of

__all__ = ["Recording", "Side", "read_recording"]

Side = Literal["left", "right"]

_UNEVEN_SECONDS: Final = 2.0
_AFTER_SECONDS: Final = 10.0
"""What a file that breaks off leaves out; how long it was, nobody knows."""
_OTHER: Final[dict[str, Side]] = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The sound of one call, by leg."""

    legs: dict[Leg, Signal]
    """Both legs, one length and rate; only `OPERATOR` where the legs cannot be told apart."""
    seconds: float
    channels: dict[str, str]
    """`layout` (a `Layout`), `source` (`stereo`, `pair`, `mono`), `operator` (`left`, `right` or
    `unknown`; the first file of a pair is left) and `how` that was known, a sentence."""
    warnings: tuple[str, ...]
    sound: tuple[Path, ...]
    lost: tuple[AudioLost, ...]
    """What the recording cannot hold: all of a silent leg, all of both where they are one, and
    what came after a file breaks off."""

    @property
    def legs_apart(self) -> bool:
        """False: who says what is not known, so nothing may be judged."""
        return self.channels["layout"] not in {Layout.MONO, Layout.SAME_TWICE}

    def swapped(self, how: str) -> Recording:
        """The same recording with the other channel as the operator, and why."""
        other = {Leg.CALLER: Leg.OPERATOR, Leg.OPERATOR: Leg.CALLER}
        if not self.legs_apart:
            return self
        return replace(
            self,
            legs={leg: self.legs[other[leg]] for leg in Leg},
            lost=tuple(replace(loss, leg=other[loss.leg]) for loss in self.lost),
            channels={**self.channels, "operator": _OTHER[self.channels["operator"]], "how": how},
        )


def read_recording(
    paths: Sequence[Path], operator: Side | None = None, longest: float = LONGEST_SECONDS
) -> Recording:
    """Read one call from one file, or from two mono files (left and right; see `-in`, `-out`).

    `operator` says which channel is the operator; without it the right one (`-out`) is
    assumed. `longest` is in seconds.

    Raises:
        RecordingError: a file cannot be read (see `codecs.decode`), files do not make a call,
            or nobody can be heard in it.
    """
    files = tuple(_in_order(paths))
    sounds = [decode(file, longest) for file in files]
    warnings = [
        warning if len(files) == 1 else f"{file.name}: {warning}"
        for file, sound in zip(files, sounds, strict=True)
        for warning in sound.warnings
    ]
    if len(files) == 1:
        both, rate = sounds[0].samples, sounds[0].rate
        source = "stereo" if both.shape[1] == 2 else "mono"
    else:
        both, rate = _pair(files, sounds, warnings)
        source = "pair"
    seconds = len(both) / rate
    left, right = both[:, 0], both[:, -1]
    layout = layout_of(left, right, rate)
    if layout is Layout.SILENT:
        raise RecordingError(
            f"{files[0]}: no speech in the recording, it is silent or steady noise"
        )
    if source == "mono":
        layout = Layout.MONO
    names = ("left", "right") if source != "pair" else (files[0].name, files[1].name)
    if layout in {Layout.MONO, Layout.SAME_TWICE}:
        signal = Signal(samples=np.ascontiguousarray(left), rate=rate)
        return _one(files, signal, layout, source, warnings)
    side: Side = operator or "right"
    how = "given" if operator else f"assumed: {names[0]} is the caller, {names[1]} the operator"
    signals = {"left": left, "right": right}
    legs = {
        Leg.CALLER: Signal(samples=np.ascontiguousarray(signals[_OTHER[side]]), rate=rate),
        Leg.OPERATOR: Signal(samples=np.ascontiguousarray(signals[side]), rate=rate),
    }
    lost = _ends(files, sounds, seconds, side)
    if layout is not Layout.APART:
        index = 0 if layout is Layout.LEFT_SILENT else 1
        leg = Leg.OPERATOR if ("left", "right")[index] == side else Leg.CALLER
        lost = (
            *lost,
            AudioLost(leg=leg, start=0.0, end=seconds, cause=LossCause.NOT_TAPPED),
        )
        warnings.append(
            f"nobody is heard on one channel ({names[index]}); what was said there cannot be judged"
        )
    return Recording(
        legs=legs,
        seconds=seconds,
        channels={"layout": layout, "source": source, "operator": side, "how": how},
        warnings=tuple(warnings),
        sound=files,
        lost=lost,
    )


def _in_order(paths: Sequence[Path]) -> Sequence[Path]:
    if not 1 <= len(paths) <= 2:
        raise RecordingError(f"a call is one file or two, not {len(paths)}")
    if len(paths) == 2 and paths[0].stem.endswith("-out") and paths[1].stem.endswith("-in"):
        return paths[::-1]
    return paths


def _one(
    files: tuple[Path, ...], signal: Signal, layout: Layout, source: str, warnings: list[str]
) -> Recording:
    what = "one channel only" if layout is Layout.MONO else "the same signal on both channels"
    how = f"{layout}: {what}, the legs cannot be told apart"
    missing = "" if source != "mono" else _other_half(files[0])
    hint = f"; its other half {missing} is not there" if missing else ""
    return Recording(
        legs={Leg.OPERATOR: signal},
        seconds=signal.seconds,
        channels={"layout": layout, "source": source, "operator": "unknown", "how": how},
        warnings=(*warnings, f"{what}: who says what cannot be told, nothing is judged{hint}"),
        sound=files,
        lost=tuple(
            AudioLost(leg=leg, start=0.0, end=signal.seconds, cause=LossCause.NOT_TAPPED)
            for leg in Leg
        ),
    )


def _other_half(file: Path) -> str:
    """Name of the other file of a MixMonitor pair, for a file named as one of them."""
    for mine, other in (("-in", "-out"), ("-out", "-in")):
        if file.stem.endswith(mine):
            return file.stem.removesuffix(mine) + other + file.suffix
    return ""


def _ends(
    files: Sequence[Path], sounds: Sequence[Sound], seconds: float, operator: Side
) -> tuple[AudioLost, ...]:
    """The end of each leg whose file breaks off, or is shorter than its other half."""
    sides: tuple[Side, Side] = ("left", "right")
    found: list[AudioLost] = []
    for number, side in enumerate(sides):
        sound = sounds[min(number, len(files) - 1)]
        start = min(seconds, len(sound.samples) / sound.rate)
        end = seconds + _AFTER_SECONDS if sound.cut else seconds
        if end - start > _UNEVEN_SECONDS:
            leg = Leg.OPERATOR if side == operator else Leg.CALLER
            found.append(AudioLost(leg=leg, start=start, end=end, cause=LossCause.GAP))
    return tuple(found)


def _pair(
    files: tuple[Path, ...], sounds: list[Sound], warnings: list[str]
) -> tuple[NDArray[np.float32], int]:
    for file, sound in zip(files, sounds, strict=True):
        if sound.samples.shape[1] != 1:
            raise RecordingError(
                f"{file}: one of two files of a call, yet it has two channels; give it alone"
            )
    rate = min(sound.rate for sound in sounds)
    legs = [
        sound.samples[:, 0]
        if sound.rate == rate
        else soxr.resample(sound.samples[:, 0], sound.rate, rate)
        for sound in sounds
    ]
    lengths = [len(leg) for leg in legs]
    longest = max(lengths)
    if longest - min(lengths) > _UNEVEN_SECONDS * rate:
        short = files[lengths.index(min(lengths))]
        warnings.append(
            f"{short.name} is {(longest - min(lengths)) / rate:.1f} s shorter than its other half; "
            "silence was put at its end"
        )
    return np.stack([np.pad(leg, (0, longest - len(leg))) for leg in legs], axis=1), rate
