"""Many calls with truth judged, and the verdicts held against it."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agentbot.bench.figures import figures
from agentbot.bench.marks import Mark, marks
from agentbot.bench.memory import Remembered, read_segments
from agentbot.bench.spelling import Spelling, error_rates, spelling
from agentbot.bench.truth import Truth
from agentbot.core.events import Heard, Leg
from agentbot.core.script import Script
from agentbot.errors import ConfigError
from agentbot.replay.call import Source
from agentbot.replay.house import House, Lang
from agentbot.replay.judge import conclude
from agentbot.replay.listening import Hearing, listen
from agentbot.replay.pool import spread
from agentbot.replay.recognisers import Recognisers

__all__ = [
    "Bench",
    "Listening",
    "Measured",
    "disagreements",
    "from_audio",
    "from_files",
    "from_truth",
    "report",
]

Listening = Callable[[Truth, Script], Hearing]
"""How the bench comes by what was heard on a call."""


def from_truth(truth: Truth, _script: Script) -> Hearing:
    """The true texts, so that the engine is measured apart from the recogniser."""
    return Hearing(events=tuple(truth.heard()), seconds=truth.duration, engine="truth")


def from_files(pattern: str) -> Listening:
    """Transcripts beside the calls: `*.other.json`, where `*` is the call id."""

    def read(truth: Truth, _script: Script) -> Hearing:
        engine, heard = read_segments(truth.folder / pattern.replace("*", truth.id))
        return Hearing(events=tuple(heard), seconds=truth.duration, engine=engine)

    return read


def from_audio(load: Callable[[], Recognisers], memory: Path | None) -> Listening:
    """The recordings themselves; with `memory`, what is heard is kept there and used again.

    `load` is called when the recogniser is needed, and gives the same one each time.
    """

    def hear(truth: Truth, script: Script) -> Hearing:
        source = Source(
            call_id=truth.id, listed=truth.id, audio=truth.sound, channels=truth.channels
        )
        if memory is None:
            return listen(source, script, load())
        return listen(source, script, Remembered(memory / f"{truth.id}.json", load))

    return hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One call: its marks, its spelling, and the work."""

    truth: Truth
    script: str
    """Id of the script it was judged by."""
    engine: str
    marks: tuple[Mark, ...]
    spelling: dict[Leg, Spelling]
    engine_seconds: float
    """CPU seconds of judging, second looks included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Judges calls with truth by the house's scripts."""

    house: House
    hear: Listening
    script: str | None
    """For calls whose truth names none; None: the one script with these steps."""
    lang: Lang
    jobs: int

    def run(self, truths: Sequence[Truth], tell: Callable[[], None]) -> list[Measured]:
        """All calls, in the order of the truths."""
        found: dict[str, Measured] = {}
        for truth, future in spread(self._one, truths, self.jobs):
            found[truth.id] = future.result()
            tell()
        return [found[truth.id] for truth in truths]

    def _one(self, truth: Truth) -> Measured:
        script = self._script(truth)
        source = Source(
            call_id=truth.id, listed=truth.id, seat=truth.agent_no, started_at=truth.call_time
        )
        started = self.house.started(source, script, self.lang)
        hearing = self.hear(truth, script)
        began = time.thread_time()
        verdict = conclude(script, started, hearing, self.lang)
        spent = time.thread_time() - began
        said = truth.heard()
        heard = [event for event in hearing.events if isinstance(event, Heard)]
        return Measured(
            truth=truth,
            script=script.id,
            engine=hearing.engine,
            marks=tuple(marks(truth, verdict, script)),
            spelling={leg: spelling(said, heard, leg) for leg in Leg},
            engine_seconds=spent,
        )

    def _script(self, truth: Truth) -> Script:
        wanted = truth.script or self.script
        if wanted is not None:
            return self.house.script(Source(call_id=truth.id, listed=truth.id, script=wanted))
        steps = {step.step for step in truth.steps}
        fitting = [s for s in self.house.scripts.values() if steps <= {step.id for step in s.steps}]
        if len(fitting) != 1:
            names = ", ".join(script.id for script in fitting) or "none"
            raise ConfigError(
                f"{truth.id}: which script has the steps of this call? ({names}); give --script"
            )
        return fitting[0]


def report(measured: Sequence[Measured], wall: float, jobs: int) -> dict[str, Any]:
    """All figures of a run that took `wall` seconds, as plain data (docs/bench.md)."""
    lines = {
        "all": list(measured),
        "good_lines": [one for one in measured if one.truth.good_line],
        "bad_lines": [one for one in measured if not one.truth.good_line],
    }
    seconds = sum(one.truth.duration for one in measured)
    spent = sum(one.engine_seconds for one in measured)
    return {
        "engine": ", ".join(sorted({one.engine for one in measured})),
        **{name: _figures(some) for name, some in lines.items() if some},
        "scripts": {
            script: _counted([one for one in measured if one.script == script])
            for script in sorted({one.script for one in measured})
        },
        "speed": {
            "call_seconds": round(seconds, 1),
            "wall_seconds": round(wall, 2),
            "jobs": jobs,
            "of_real_time": round(wall / seconds, 5) if seconds else None,
            "judging_times_real_time": round(seconds / spent) if spent else None,
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
        "errors": [asdict(mark) for mark in disagreements(measured)],
    }


def disagreements(measured: Iterable[Measured]) -> list[Mark]:
    """Every point on which verdict and truth differ, or the verdict cannot tell."""
    return [mark for one in measured for mark in one.marks if not mark.fits or mark.open]


def _figures(measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        **_counted(measured),
        "spelling": {leg: error_rates(one.spelling[leg] for one in measured) for leg in Leg},
    }


def _counted(measured: Sequence[Measured]) -> dict[str, Any]:
    return figures([mark for one in measured for mark in one.marks], len(measured))
