"""Recorded calls as calls of the simulated exchange."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from agentbot.core.events import Leg
from agentbot.errors import RecordingError
from agentbot.replay.call import Source
from agentbot.replay.sources import find_calls
from agentbot.settings import house
from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.exchange import Placed, SimulatedExchange
from agentbot.speech.recording import read_recording

__all__ = ["bundled_calls", "play", "simulated_calls"]

_PAUSE = 3.0
"""Seconds between two calls of one line."""


def bundled_calls() -> Path:
    """The manifest of the sample calls, in the package or in the checkout."""
    installed = house() / "samples"
    folder = installed if installed.is_dir() else house() / "tests/samples"
    return folder / "manifest.jsonl"


def simulated_calls(paths: Sequence[Path], queue: str | None = None) -> list[SimulatedCall]:
    """Recordings, folders or manifests as calls; seats, scripts and legs as a manifest tells.

    Raises:
        RecordingError: one of them cannot be read, or there are none.
    """
    found = find_calls(paths)
    for broken in found.broken:
        raise RecordingError(f"{broken.source}: {broken.reason}")
    calls = [
        _call(source, f"138001380{number % 100:02}", queue)
        for number, source in enumerate(found.sources)
        if source.audio
    ]
    if not calls:
        raise RecordingError("there are no recordings to play; name files, folders or manifests")
    return calls


async def play(
    exchange: SimulatedExchange,
    calls: Sequence[SimulatedCall],
    *,
    lines: int = 1,
    number: int | None = None,
) -> AsyncIterator[tuple[SimulatedCall, Placed]]:
    """Place the calls over and over, on so many lines at once, from the first login on.

    Gives each call as it comes in; ends when `number` of them are over (None: never).
    """
    clock = exchange.switch.clock
    under_way: set[asyncio.Task[None]] = set()
    await exchange.somebody()
    for call in islice(cycle(calls), number):
        if len(under_way) >= lines:
            _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            await clock.sleep_until(clock.now() + _PAUSE)
        placed = exchange.place(call)
        under_way.add(placed.task)
        yield call, placed
    if under_way:
        await asyncio.wait(under_way)


def _call(source: Source, caller: str, queue: str | None) -> SimulatedCall:
    left = source.channels is not None and source.channels[0] is Leg.OPERATOR
    recording = read_recording(source.audio, "left" if left else "right")
    return SimulatedCall(
        seat=source.seat or "1001",
        caller=caller,
        queue=source.queue or queue,
        sound=recording.legs,
        variables={"AGENTBOT_SCRIPT": source.script} if source.script else {},
    )
