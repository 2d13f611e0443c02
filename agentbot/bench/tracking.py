"""AMI events per second through full tracking: parsing, facts and calls, beside bare panoramisk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

from agentbot.bench.ami import events, panoramisk_rate, pieces, rate
from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.ami.wire import MessageReader

__all__ = ["compare_tracking", "tracking_rate"]


def tracking_rate(stream: bytes) -> float:
    """Events per second of CPU from bytes to call events."""

    def read() -> int:
        reader, tracker, seen = MessageReader(), Tracker(), 0
        for piece in pieces(stream):
            for message in reader.feed(piece):
                tracker.feed(message)
                seen += 1
        return seen

    return rate(read)


def compare_tracking(count: int, calls: Sequence[int], rounds: int) -> dict[str, Any]:
    """Full tracking with so many calls under way, and bare panoramisk on the same bytes; medians."""
    streams = {number: events(count, number) for number in calls}
    ways: dict[str, Callable[[], float]] = {
        f"tracking_{number}_calls_events_per_second": partial(tracking_rate, stream)
        for number, stream in streams.items()
    }
    ways["panoramisk_events_per_second"] = partial(panoramisk_rate, streams[max(calls)])
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, measure in ways.items():
            rates[name].append(measure())
    return {"events": count, **{name: round(median(some)) for name, some in rates.items()}}
