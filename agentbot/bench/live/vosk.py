"""Calls in Korean for Vosk, the only model of it that the package registry has.

The voice is too poor for cues to be heard in it. So what is measured is when the words of a phrase
stand on the page as they are judged for good; a tick comes in that picture or before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import soundfile

from agentbot.bench.live.figures import Figure, Target, delays
from agentbot.bench.live.korean import OPERATOR, RATE, Talk, Turn, conversation, model
from agentbot.bench.live.talks import Played
from agentbot.bench.truth import Truth, TruthStep
from agentbot.core.events import Leg

__all__ = ["NAME", "SCRIPT", "TARGETS", "Korean", "korean", "words"]

SCRIPT: Final = "korean"
NAME: Final = "operator's phrase to its words judged, Vosk (a tick is not later)"
TARGETS: Final = (Target(key="p95", limit=1500.0),)
_SECONDS: Final = 120.0
_NEAR: Final = 0.8
"""Seconds by which a line may begin before or after its phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Korean:
    """Calls in Korean, and the folder of their script."""

    engine: str
    scripts: Path
    truths: list[Truth]


@contextmanager
def korean(voices: int) -> Iterator[Korean]:
    """So many calls, each with voices of its own; their files are there for as long.

    Raises:
        RecognizerError: the model or the voice is not there.
    """
    folder = model()
    with TemporaryDirectory(prefix="agentbot-bench-") as name:
        place = Path(name)
        truths = [
            _recorded(place, seed, *conversation(seed, _SECONDS, in_order=True))
            for seed in range(voices)
        ]
        steps = [
            {"id": f"phrase_{number}", "label": text, "say": text, "cues": [text]}
            for number, text in enumerate(OPERATOR)
        ]
        script = {"script": SCRIPT, "title": "Korean", "direction": "inbound", "steps": steps}
        file = place / f"{SCRIPT}.yaml"
        file.write_text(json.dumps(script, ensure_ascii=False), encoding="utf-8")
        yield Korean(engine=f"vosk:{folder}", scripts=place, truths=truths)


def _recorded(place: Path, seed: int, talk: Talk, turns: list[Turn]) -> Truth:
    """A recording and what is in it."""
    file = place / f"{SCRIPT}-{seed}.wav"
    last = turns[-1].end + 3.0
    both = np.stack([talk[Leg.CALLER], talk[Leg.OPERATOR]], axis=1)[: round(last * RATE)]
    soundfile.write(file, both, RATE, subtype="PCM_16")
    own = (turn for turn in turns if turn.leg is Leg.OPERATOR)
    steps = tuple(
        TruthStep(step=f"phrase_{number}", status="done", start=turn.start, end=turn.end)
        for number, turn in enumerate(own)
    )
    return Truth(
        id=file.stem, audio=file.name, script=SCRIPT, duration=last, steps=steps, folder=place,
        call_time=datetime.now().astimezone(),
    )  # fmt: skip


def words(played: Sequence[Played]) -> Figure:
    """From the end of each phrase to the picture that has all its words as they stay."""
    found, said = [], 0
    for one in played:
        for step in one.truth.steps:
            if step.start is None or step.end is None:
                continue
            said += 1
            first, last = one.lead + step.start - _NEAR, one.lead + step.end
            delay = one.first(lambda view, a=first, b=last: _settled(view, a, b), step.end)
            if delay < inf:
                found.append(delay)
    note = f"of {said} phrases in {len(played)} calls in Korean heard"
    return delays(NAME, found, TARGETS, note, "nothing was heard")


def _settled(view: dict[str, Any], first: float, last: float) -> bool:
    """Whether all of the operator's lines from there to there are final, and there are some."""
    lines = [
        line["final"]
        for line in view["transcript"]
        if line["channel"] == "operator" and first <= line["start"] <= last
    ]
    return bool(lines) and all(lines)
