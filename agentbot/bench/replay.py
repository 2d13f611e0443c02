"""What judging costs: `agentbot replay` against the bare recogniser on the same sound.

Each run has a process of its own, so that peak memory is its own; runs alternate, so that
whatever else the machine does falls on both. What a process loads once (model, words, page
templates) is not counted. Within a replay each part is timed, so that what judging adds to
recognising is told by one and the same run.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, Final

from agentbot.bench.parts import Clock, TimedRecognisers, TimedResults
from agentbot.core.events import Heard, Leg
from agentbot.core.verdict import CallVerdict
from agentbot.errors import RecordingError
from agentbot.logs import configure_logs
from agentbot.replay.batch import Batch, Outcome
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.judge import Judged, conclude
from agentbot.replay.listening import Hearing, hot_words
from agentbot.replay.pool import spread
from agentbot.replay.recognisers import Recognisers
from agentbot.replay.results import Results
from agentbot.speech.engines import open_engine
from agentbot.speech.recording import read_recording

__all__ = ["Task", "compare", "runs"]


_BESIDE: Final = ("second_looks", "judging", "pages")
"""The parts that replay has and the bare recogniser has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The same calls for both."""

    house: House
    sources: tuple[Source, ...]
    engine: str
    threads: int
    jobs: int

    def recogniser(self, clock: Clock) -> Recognisers:
        """As many as there are jobs, loaded beforehand."""
        loaded = TimedRecognisers(lambda: open_engine(self.engine, self.threads), clock)
        loaded.load_up_to(self.jobs)
        return loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run in a process of its own."""

    name: str
    """`recogniser` or `replay`."""
    wall: float
    """Seconds from the loaded model to the last file."""
    peak_mb: float
    sound: float
    """Seconds of calls."""
    judging: float = 0.0
    """CPU seconds of the engine alone, on what was heard."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by part of the work, over all threads (`bench.parts`)."""


def runs(task: Task, rounds: int) -> Iterator[Run]:
    """Both, `rounds` times, changing who is first.

    Raises:
        RecordingError: a call cannot be read.
        RecognizerError: the engine or its model cannot be used.
    """
    for number in range(rounds):
        both: Sequence[Callable[[Task], Run]] = (_recogniser_alone, _replay)
        for run in both if number % 2 == 0 else reversed(both):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                yield process.submit(run, task).result()


def compare(all_runs: Sequence[Run]) -> dict[str, Any]:
    """Medians of both, and what replay takes of the bare recogniser's time and memory."""
    by_name = {
        name: [run for run in all_runs if run.name == name] for name in ("recogniser", "replay")
    }
    wall = {name: median(run.wall for run in some) for name, some in by_name.items()}
    peak = {name: median(run.peak_mb for run in some) for name, some in by_name.items()}
    sound = all_runs[0].sound
    judging = median(run.judging for run in by_name["replay"])
    shares = {
        part: median(
            run.parts.get(part, 0.0) / run.parts["recognising"] for run in by_name["replay"]
        )
        for part in _BESIDE
        if all(run.parts.get("recognising") for run in by_name["replay"])
    }
    return {
        "call_seconds": round(sound, 1),
        "rounds": len(by_name["replay"]),
        **{f"{name}_wall_seconds": round(value, 2) for name, value in wall.items()},
        **{f"{name}_of_real_time": round(value / sound, 4) for name, value in wall.items()},
        "wall_ratio": round(wall["replay"] / wall["recogniser"], 3),
        **{f"{name}_peak_mb": round(value) for name, value in peak.items()},
        "memory_ratio": round(peak["replay"] / peak["recogniser"], 3),
        **{f"{part}_of_recognising": round(share, 4) for part, share in shares.items()},
        "engine_times_real_time": round(sound / judging) if judging else None,
    }


def _recogniser_alone(task: Task) -> Run:
    house, recogniser = task.house, task.recogniser(Clock())

    def hear(source: Source) -> float:
        recording = read_recording(source.audio)
        recogniser.transcribe(recording.legs, hot_words(house.script(source)))
        return recording.seconds

    began = time.perf_counter()
    sound = sum(future.result() for _, future in spread(hear, task.sources, task.jobs))
    return Run(name="recogniser", wall=time.perf_counter() - began, peak_mb=_peak_mb(), sound=sound)


def _replay(task: Task) -> Run:
    configure_logs()
    clock = Clock()
    house, recogniser = task.house, task.recogniser(clock)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for script in {source.script for source in task.sources}:
            warm_up = Source(call_id="warm-up", listed="", script=script)
            _load(house, warm_up, Results(folder=place, pages=True, lang="zh"))
        results = TimedResults(folder=place, pages=True, lang="zh", clock=clock)
        batch = Batch(
            house=house, results=results, lang="zh", recogniser=recogniser, jobs=task.jobs
        )
        outcome = Outcome()
        began = time.perf_counter()
        batch.run(task.sources, outcome, lambda _: None)
        batch.summarise(task.sources, outcome)
        wall, peak = time.perf_counter() - began, _peak_mb()
        if outcome.broken:
            first = outcome.broken[0]
            raise RecordingError(f"{first.source}: {first.reason}")
        verdicts = [results.read(source.call_id) for source in task.sources]
        began = time.thread_time()
        for source, verdict in zip(task.sources, verdicts, strict=True):
            _judge_again(house, source, verdict)
        judging = time.thread_time() - began
        sound = sum(verdict.duration for verdict in verdicts)
    return Run(
        name="replay",
        wall=wall,
        peak_mb=peak,
        sound=sound,
        judging=judging,
        parts=dict(clock.seconds),
    )


def _load(house: House, source: Source, results: Results) -> None:
    """Have loaded what a process loads once: a call of silence is judged and written."""
    script = house.script(source)
    hearing = Hearing(events=(), seconds=1.0, engine="none")
    verdict = conclude(script, house.started(source, script, "zh"), hearing, "zh")
    results.keep(Judged(verdict=verdict, legs={}), "")


def _judge_again(house: House, source: Source, verdict: CallVerdict) -> None:
    """The engine alone, on the words of the verdict."""
    script = house.script(source)
    heard = tuple(
        Heard(
            leg=Leg(line.channel),
            start=line.start,
            end=line.end,
            text=line.text,
            confidence=line.confidence,
        )
        for line in verdict.transcript
    )
    hearing = Hearing(events=heard, seconds=verdict.duration, engine=verdict.engine)
    conclude(script, house.started(source, script, "zh"), hearing, "zh")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
