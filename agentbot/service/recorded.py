"""The recording of a talk that could not be heard, put where its sound would have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Leg
from agentbot.pbx.sound import Recorded
from agentbot.service.clock import CallClock
from agentbot.service.means import Means
from agentbot.service.talk import LiveTalk
from agentbot.speech.codecs import decode
from agentbot.store.spool import Spool

__all__ = ["put_in", "take_in", "unheard"]


async def take_in(means: Means, talk: LiveTalk, recorded: Recorded) -> None:
    """Wait for the files and read them.

    Raises:
        PbxError: they do not come.
        RecordingError: one cannot be read.
    """
    files, begun = await recorded.files()
    try:
        await means.ears.spare(lambda: _read(talk, files, begun))
    finally:
        recorded.forget(files)


def unheard(talk: LiveTalk) -> tuple[AudioLost, ...]:
    """What its recording does not hold; where it alone is heard, live gaps are none of it."""
    return talk.judging.record.lost() if talk.recorded is None else tuple(talk.judging.left_out)


def _read(talk: LiveTalk, files: Mapping[Leg, Path], begun: float | None) -> None:
    until = None if talk.ended is None else talk.clock.from_epoch(talk.ended.at)
    put_in(talk.spool, files, begun, clock=talk.clock, until=until, gaps=unheard(talk))


def put_in(
    spool: Spool, files: Mapping[Leg, Path], begun: float | None, *, clock: CallClock,
    until: float | None, gaps: Sequence[AudioLost] = (),
) -> None:  # fmt: skip
    """Read the files of a talk to where their sound belongs, `until` this call second.

    Raises:
        RecordingError: one cannot be read.
    """
    sounds = {leg: decode(path) for leg, path in files.items()}
    if begun is None:
        # Asterisk closes a file when its channel goes: it begins its length before that.
        whole = max(sounds.items(), key=lambda item: len(item[1].samples) / item[1].rate)
        begun = files[whole[0]].stat().st_mtime - len(whole[1].samples) / whole[1].rate
    for leg, sound in sounds.items():
        samples = (sound.samples[:, 0] * 32767).astype(np.int16)
        start = begun - clock.epoch
        first = max(0, round((clock.begins - start) * sound.rate))
        samples, start = samples[first:], start + first / sound.rate
        if until is not None:
            samples = samples[: max(0, round((until - start) * sound.rate))]
        for gap in gaps:
            _silence(samples, start, sound.rate, gap, leg)
        spool.keep(leg, start, samples, sound.rate)


def _silence(samples: NDArray[np.int16], start: float, rate: int, gap: AudioLost, leg: Leg) -> None:
    """What was not to be heard (a pause) is not heard in the recording either."""
    if gap.leg is leg:
        first, last = (max(0, round((at - start) * rate)) for at in (gap.start, gap.end))
        samples[first:last] = 0
