"""The parts of `agentbot bench live`, each with a service of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from agentbot.bench.live.events import event_to_page
from agentbot.bench.live.figures import Figure, Target, not_measured
from agentbot.bench.live.legs import legs_per_core
from agentbot.bench.live.page import answer_to_prompt, browser
from agentbot.bench.live.stage import stage
from agentbot.bench.live.talks import (
    alerts,
    call_of,
    calls_of,
    engine_share,
    play,
    ticks,
    wrong_first,
)
from agentbot.bench.live.verdicts import alike, verdicts
from agentbot.bench.live.vosk import NAME, SCRIPT, TARGETS, korean, words
from agentbot.bench.tracking import compare_tracking
from agentbot.bench.truth import Truth, read_truths
from agentbot.core.script import StepKind
from agentbot.errors import RecognizerError, RecordingError
from agentbot.replay.house import House
from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.samples import bundled_calls

__all__ = ["Part", "Task", "run"]

_SCRIPT: Final = "heating-repair"
_SHORT: Final = 2.5
"""Seconds of a call that is answered for its first prompt only."""
_RINGS: Final = 0.5
_LIMITS: Final = {"whisper": 2500.0, "vosk": 1500.0}
"""Milliseconds from phrase to tick by engine."""


class Part(StrEnum):
    """What can be measured by itself."""

    PAGE = "page"
    EVENTS = "events"
    TALKS = "talks"
    VERDICTS = "verdicts"
    VOSK = "vosk"
    AMI = "ami"
    LEGS = "legs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How much to measure."""

    calls: Path | None = None
    """Calls with truth; None: the samples of the checkout."""
    engine: str = "auto"
    answers: int = 120
    """Calls answered in the browser."""
    seats: int = 200
    """Calls under way for the way of events."""
    talks: int = 8
    """Calls played from beginning to end."""
    lines: int = 2
    """So many of them at once."""
    events: int = 100_000
    legs: int = 8
    """Legs heard side by side, an even number."""
    seconds: float = 120.0
    """Length of each."""

    def truths(self) -> list[Truth]:
        """The calls to play.

        Raises:
            RecordingError: there are none with sound.
        """
        place = self.calls or bundled_calls().parent
        found = [truth for truth in read_truths(place) if truth.sound]
        if not found:
            raise RecordingError(f"{place}: no recordings with ground truth are there")
        return found


def run(task: Task, parts: Sequence[Part], tell: Callable[[str], None]) -> list[Figure]:
    """The figures of these parts; `tell` is told what is being measured."""
    figures: list[Figure] = []
    for part in parts:
        tell(part)
        match part:
            case Part.PAGE:
                figures.append(asyncio.run(_page(task)))
            case Part.EVENTS:
                figures.append(asyncio.run(_events(task)))
            case Part.TALKS:
                figures += asyncio.run(_talks(task))
            case Part.VERDICTS:
                figures += asyncio.run(_verdicts(task))
            case Part.VOSK:
                figures.append(asyncio.run(_vosk(task)))
            case Part.AMI:
                figures.append(_tracking(task))
            case Part.LEGS:
                figures.append(legs_per_core(task.legs // 2, task.seconds, 2))
    return figures


async def _page(task: Task) -> Figure:
    seats = {str(9001 + n): str(218 + n) for n in range(4)}
    # What is said in the first seconds is heard as well: the prompt has to come beside that.
    truths = task.truths()
    async with browser() as chromium, stage(seats, engine=task.engine, script=_SCRIPT) as on:
        calls = [
            replace(_short(truths[n % len(truths)]), seat=seat) for n, seat in enumerate(seats)
        ]
        return await answer_to_prompt(on, chromium, calls, task.answers)


def _short(truth: Truth) -> SimulatedCall:
    return replace(call_of("", truth), seconds=_SHORT, rings=_RINGS)


async def _events(task: Task) -> Figure:
    seats = {str(2001 + n): str(2001 + n) for n in range(task.seats)}
    async with stage(seats, engine=task.engine, script=_SCRIPT, route="none") as on:
        return await event_to_page(on, list(seats))


async def _talks(task: Task) -> list[Figure]:
    truths = wrong_first(task.truths())[: task.talks]
    async with stage(calls_of(truths), engine=task.engine, script=_SCRIPT) as on:
        before = await on.counts()
        played = await play(on, truths, task.talks, task.lines)
        await asyncio.sleep(1.5)  # the service's own figures are a second old at most
        after = await on.counts()
    limit = next((ms for name, ms in _LIMITS.items() if on.engine.startswith(name)), 2500.0)
    note = f"{len(played)} calls, {task.lines} at once, {on.engine}"
    return [
        ticks(played, on.engine, limit),
        *alerts(played, _read_backs()),
        engine_share(before, after, note),
    ]


def _read_backs() -> frozenset[str]:
    scripts = House.read().scripts.values()
    return frozenset(s.id for one in scripts for s in one.steps if s.kind is StepKind.READ_BACK)


async def _verdicts(task: Task) -> list[Figure]:
    truths = wrong_first(task.truths())[: task.talks]
    async with stage(calls_of(truths), engine=task.engine, script=_SCRIPT) as on:
        played = await play(on, truths, task.talks, task.lines)
        told = await verdicts(on.kept, played)
    return await asyncio.to_thread(alike, told, task.engine)


async def _vosk(task: Task) -> Figure:
    number = max(1, task.talks // 2)
    try:
        with korean(number) as calls:
            async with stage(
                calls_of(calls.truths), engine=calls.engine, script=SCRIPT, scripts=calls.scripts
            ) as on:
                # The first call on each line teaches its recognisers the model's graph.
                await play(on, calls.truths, 2, 2)
                return words(await play(on, calls.truths, number, 2))
    except RecognizerError as error:
        return not_measured(NAME, "ms", TARGETS, str(error))


def _tracking(task: Task) -> Figure:
    found = compare_tracking(task.events, (10, 200, 2_000), 3)
    rates = {
        f"{calls}_calls": found[f"tracking_{calls}_calls_events_per_second"]
        for calls in (10, 200, 2_000)
    }
    return Figure(
        name="AMI events through full tracking", unit="a second of one core",
        targets=(Target(key="least", limit=40_000, least=True),),
        values={"least": min(rates.values()), **rates},
        note=f"bare panoramisk on the same bytes {found['panoramisk_events_per_second']:,}",
    )  # fmt: skip
