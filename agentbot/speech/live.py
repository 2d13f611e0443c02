"""One leg of a live call: pieces of sound in, events for the engine out, in call seconds.

Whoever holds it calls it from one thread at a time. It never waits: where recognition
cannot keep up, the caller says `skip`, and what was skipped is told as lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from agentbot.core.events import AudioLost, Heard, Leg, LossCause
from agentbot.speech.base import SpeechEvent, Stream, Unrecognised
from agentbot.speech.dropouts import Dropouts
from agentbot.speech.timeline import Stretch, Timeline
from agentbot.speech.utterances import Utterances

__all__ = ["LiveLeg", "Open"]

Open = Callable[[Leg, int], Stream]
"""Begins to recognise a leg at a rate (`Recogniser.stream`)."""

_PAUSE: Final = 1.2
"""Seconds without sound after which the utterance under way is over; the engines need less."""
_LATE_START: Final = 1.0
"""Seconds; a leg first heard after these may have said something before."""


class LiveLeg:
    """`origin`: the arrival clock's time of call second 0; `keep` takes the sound for the recording.

    `begins`: the call second at which this leg begins (not 0 after a transfer).
    """

    def __init__(
        self,
        leg: Leg,
        open_stream: Open,
        origin: float,
        keep: Callable[[Stretch], None],
        begins: float = 0.0,
    ) -> None:
        self._begins = begins
        self._leg, self._open, self._origin, self._keep = leg, open_stream, origin, keep
        self._timeline: Timeline | None = None
        self._stream: Stream | None = None
        self._fed = self._shift = 0.0
        self._talking = False
        self._utterances = Utterances()
        self._last = origin
        self._dropouts = Dropouts()
        self._skipped: float | None = None

    @property
    def rate(self) -> int:
        """Hertz; 0: nothing came yet."""
        return self._timeline.rate if self._timeline else 0

    @property
    def seconds(self) -> float:
        """How far the leg has been heard, in call seconds."""
        return self._timeline.seconds if self._timeline else 0.0

    def hear(
        self, at: float, samples: NDArray[np.int16], rate: int, *, skip: bool = False
    ) -> list[Heard | AudioLost]:
        """A piece arrived at `at`; `skip`: keep it, but leave it unrecognised."""
        events: list[Heard | AudioLost] = []
        if self._timeline is None:
            self._timeline = Timeline(rate, self._origin)
            first = at - self._origin - len(samples) / rate
            if first > self._begins + _LATE_START:
                events.append(self._lost(self._begins, first, LossCause.NOT_TAPPED))
        elif rate != self._timeline.rate:
            samples = _resampled(samples, rate, self._timeline.rate)
        self._last = at
        stretches = self._timeline.accept(at, samples)
        return [*events, *self._missing(at, stretches), *self._placed(stretches, skip=skip)]

    def _missing(self, at: float, stretches: Sequence[Stretch]) -> list[AudioLost]:
        """What the exchange dropped of the sound; a pause is none of it."""
        if not stretches or any(stretch.silence for stretch in stretches):
            self._dropouts.reset()
            return []
        found = self._dropouts.heard(at - self._origin, self.seconds)
        return [] if found is None else [self._lost(*found, LossCause.GAP)]

    def advance(self, now: float) -> list[Heard | AudioLost]:
        """Time passed; an utterance ends where nothing comes any more."""
        if self._timeline is None:
            return []
        events = self._placed(self._timeline.advance(now), skip=False)
        return events + self._paused() if now - self._last >= _PAUSE else events

    def finish(self, until: float) -> list[Heard | AudioLost]:
        """The leg is over at call second `until`."""
        if self._timeline is None:
            late = until > self._begins + _LATE_START
            return [self._lost(self._begins, until, LossCause.NOT_TAPPED)] if late else []
        events = self._placed(self._timeline.finish(until), skip=False)
        if self._stream is not None:
            events += self._taken(self._stream.finish())
        return events + self._caught_up(self.seconds)

    def _placed(self, stretches: Sequence[Stretch], *, skip: bool) -> list[Heard | AudioLost]:
        events: list[Heard | AudioLost] = []
        for stretch in stretches:
            self._keep(stretch)
            if stretch.silence or skip:
                events += self._paused()
            if skip and self._skipped is None:
                self._skipped = stretch.start
            if not (stretch.silence or skip):
                events += self._caught_up(stretch.start)
                events += self._recognised(stretch)
        return events

    def _recognised(self, stretch: Stretch) -> list[Heard | AudioLost]:
        if self._stream is None:
            self._stream = self._open(self._leg, self.rate)
        # The stream knows no silence but what it was given.
        self._shift = stretch.start - self._fed
        self._talking = True
        samples: NDArray[np.float32] = stretch.samples.astype(np.float32) / np.float32(32768)
        return self._fed_with(samples)

    def _paused(self) -> list[Heard | AudioLost]:
        """Enough silence for the engine to end what was being said, however long it lasts."""
        if self._stream is None or not self._talking:
            return []
        self._talking = False
        silence: NDArray[np.float32] = np.zeros(round(_PAUSE * self.rate), np.float32)
        return self._fed_with(silence)

    def _fed_with(self, samples: NDArray[np.float32]) -> list[Heard | AudioLost]:
        assert self._stream is not None  # noqa: S101 - for the type checker
        self._fed += len(samples) / self.rate
        return self._taken(self._stream.accept(samples))

    def _taken(self, found: Sequence[SpeechEvent]) -> list[Heard | AudioLost]:
        """Events with the moment at which they are known: the sound decoded so far."""
        now = self._fed + self._shift
        lost = [
            self._lost(event.start + self._shift, event.end + self._shift, LossCause.UNRECOGNISED)
            for event in found
            if isinstance(event, Unrecognised)
        ]
        heard = (said for event in found for said in self._utterances.take(event))
        moved = (_moved(said, self._shift) for said in heard)
        return [*lost, *(replace(said, at=round(max(now, said.end), 3)) for said in moved)]

    def _caught_up(self, at: float) -> list[Heard | AudioLost]:
        """Recognition goes on here; what was skipped before is lost."""
        start, self._skipped = self._skipped, None
        return [] if start is None else [self._lost(start, at, LossCause.UNRECOGNISED)]

    def _lost(self, start: float, end: float, cause: LossCause) -> AudioLost:
        return AudioLost(leg=self._leg, start=round(start, 3), end=round(end, 3), cause=cause)


def _moved(heard: Heard, by: float) -> Heard:
    """The same in call seconds."""
    return replace(
        heard,
        start=round(heard.start + by, 3),
        end=round(heard.end + by, 3),
        words=tuple(
            replace(word, start=round(word.start + by, 3), end=round(word.end + by, 3))
            for word in heard.words
        ),
    )


def _resampled(samples: NDArray[np.int16], rate: int, wanted: int) -> NDArray[np.int16]:
    sound = soxr.resample(samples.astype(np.float32) / 32768, rate, wanted, "MQ")
    whole: NDArray[np.int16] = (np.clip(sound, -1.0, 1.0) * 32767).astype(np.int16)
    return whole
