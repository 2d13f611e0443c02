"""What was heard on a call: its transcript read, or its recording recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from agentbot.core.doubts import Doubt
from agentbot.core.events import AudioLost, Event, Heard, Leg, LossCause
from agentbot.core.script import Script
from agentbot.replay.call import Source
from agentbot.replay.transcript import read_transcript
from agentbot.speech.base import Rehearing, Signal
from agentbot.speech.crosstalk import drop_crosstalk
from agentbot.speech.legs import assign_by_words
from agentbot.speech.loudness import with_loudness
from agentbot.speech.recording import Recording, Side, read_recording

__all__ = ["Hearing", "Listener", "hot_words", "listen", "operator_wordings"]

_OTHER = {Leg.CALLER: Leg.OPERATOR, Leg.OPERATOR: Leg.CALLER}
_SIDES: tuple[Side, Side] = ("left", "right")
_GARBLED = 0.52
"""Mean confidence of all words below which next to none was understood. Whole calls heard by
Whisper base, on lines down to 14 dB, have 0.6 and more; the same at half or twice their true
speed 0.41 to 0.51."""


class Listener(Protocol):
    """What is asked of a recogniser here; every `speech.base.Recogniser` is one."""

    name: str

    def transcribe(
        self, legs: Mapping[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        """All utterances of a whole recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Everything that is known of a call before it is judged."""

    events: tuple[Heard | AudioLost, ...]
    seconds: float
    engine: str
    audio: Mapping[str, str] = field(default_factory=dict)
    """How the recording came, for the verdict."""
    warnings: tuple[str, ...] = ()
    legs: Mapping[Leg, Signal] = field(default_factory=dict)
    rehear: Callable[[Sequence[Doubt]], list[Event]] | None = None
    """The second look; None: there is none."""


def listen(source: Source, script: Script, recogniser: Listener | None) -> Hearing:
    """Read or recognise one call; a transcript needs no recogniser.

    Raises:
        RecordingError: the call cannot be read.
        RecognizerError: the engine failed.
    """
    if source.transcript is not None:
        transcript = read_transcript(source.transcript)
        return Hearing(
            events=tuple(transcript.heard()),
            seconds=transcript.seconds,
            engine="transcript",
            audio={"source": "transcript"},
        )
    if recogniser is None:
        raise AssertionError("a recording needs a recogniser")
    given = None if source.channels is None else _SIDES[source.channels.index(Leg.OPERATOR)]
    recording = read_recording(source.audio, given)
    heard: list[Heard | AudioLost] = []
    if recording.legs_apart:
        # An engine may have done so itself, to save the decoding; then nothing more is dropped.
        heard = drop_crosstalk(
            recogniser.transcribe(recording.legs, hot_words(script)), recording.legs
        )
        sure = _sureness(heard)
        if sure is not None and sure < _GARBLED:
            recording, heard = _unjudged(
                recording,
                f"hardly a word was understood (mean confidence {sure:.2f}), nothing is judged; "
                "is it Mandarin, and is the header's sample rate the true one?",
            )
        else:
            recording, heard = _assigned(recording, heard, script, given)
        heard = with_loudness(heard, recording.legs)
    legs = recording.legs
    second = recogniser if isinstance(recogniser, Rehearing) and recording.legs_apart else None
    return Hearing(
        events=(*recording.lost, *source.lost, *heard),
        seconds=recording.seconds,
        engine=recogniser.name,
        audio=recording.channels,
        warnings=recording.warnings,
        legs=legs,
        rehear=None if second is None else lambda doubts: second.rehear(legs, doubts),
    )


def _sureness(heard: Sequence[Heard | AudioLost]) -> float | None:
    """Mean confidence of what was heard, by length; None: the recogniser tells none."""
    told = [(len(e.text), e.confidence) for e in heard if isinstance(e, Heard)]
    rated = [(length, sure) for length, sure in told if sure is not None]
    signs = sum(length for length, _ in rated)
    return sum(length * sure for length, sure in rated) / signs if signs else None


def _unjudged(recording: Recording, warning: str) -> tuple[Recording, list[Heard | AudioLost]]:
    """Nothing was heard that could be held against anybody; `warning` says why."""
    return replace(
        recording,
        warnings=(*recording.warnings, warning),
        lost=tuple(
            AudioLost(leg=leg, start=0.0, end=recording.seconds, cause=LossCause.NOT_TAPPED)
            for leg in Leg
        ),
    ), []


def _assigned(
    recording: Recording,
    heard: list[Heard | AudioLost],
    script: Script,
    given: Side | None,
) -> tuple[Recording, list[Heard | AudioLost]]:
    """Make sure that the operator is the operator, by the words; else nothing is judged."""
    operator = recording.channels["operator"]
    sides = {Leg.OPERATOR: operator, Leg.CALLER: _SIDES[1 - _SIDES.index(operator)]}
    utterances = [item for item in heard if isinstance(item, Heard)]
    found = assign_by_words(
        {sides[leg]: [u.text for u in utterances if u.leg is leg] for leg in Leg},
        operator_wordings(script),
        first=sides[min(utterances, key=lambda u: u.start).leg] if utterances else None,
    )
    if found.operator == operator:
        how = recording.channels["how"] if given else f"found out: {found.why}"
        return _noted(recording, how), heard
    if found.operator is not None:
        swapped = recording.swapped(f"found out: {found.why}")
        if given:
            warning = (
                f"the channels are swapped: {given} was given as the operator, yet {found.why}"
            )
            swapped = replace(swapped, warnings=(*swapped.warnings, warning))
        return swapped, [replace(item, leg=_OTHER[item.leg]) for item in heard]
    if given:
        return recording, heard
    warning = (
        f"who is the operator cannot be told ({found.why}), nothing is judged; give --operator"
    )
    return _unjudged(_noted(recording, f"not found out: {found.why}"), warning)


def _noted(recording: Recording, how: str) -> Recording:
    return replace(recording, channels={**recording.channels, "how": how})


def operator_wordings(script: Script) -> list[str]:
    """What the script lets the operator say, without what is filled in."""
    texts = [cue.text for step in script.steps for cue in step.cues if cue.text]
    return list(dict.fromkeys(texts))


def hot_words(script: Script) -> list[str]:
    """Words of this script that the recogniser should expect, the script's own first."""
    words = [
        *script.hot_words,
        *(word for known in script.fields for word in known.known),
        *(cue.text for step in script.steps for cue in step.cues if cue.text),
    ]
    return list(dict.fromkeys(words))
