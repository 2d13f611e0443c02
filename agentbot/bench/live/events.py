"""From an event of the exchange to the pages, with many calls under way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Final

from agentbot.bench.live.figures import Figure, Target, delays
from agentbot.bench.live.reader import PageStream
from agentbot.bench.live.stage import Stage
from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.switch import Pairs

__all__ = ["event_to_page"]

_NAME: Final = "AMI event to page"
_TARGETS: Final = (Target(key="p95", limit=100.0),)
_SHOWN: Final = {
    "DialBegin": "ringing", "BridgeEnter": "talking", "Hold": "held", "Unhold": "talking",
    "BridgeLeave": "ended",
}  # fmt: skip
"""Events, and what the seat's page shows for each."""
_PART: Final = 5
"""A talk is held after the first of so many parts, for as long."""
_TOGETHER: Final = 0.05
"""Seconds within which two events are one."""


@dataclass(slots=True)
class _Told:
    """Listens to what the exchange says: the newest moment of each event by seat."""

    tell: Callable[[str, Pairs], None]
    now: Callable[[], float]
    moments: list[tuple[str, str, float]] = field(default_factory=list)

    def __call__(self, event: str, headers: Pairs) -> None:
        pairs = list(headers)
        self.tell(event, pairs)
        if event in _SHOWN:
            seats = {v for k, v in pairs if k in ("CallerIDNum", "DestCallerIDNum")}
            self.moments += [(event, seat, self.now()) for seat in seats]


async def event_to_page(stage: Stage, seats: list[str], seconds: float = 20.0) -> Figure:
    """Each seat takes a call of so many seconds and holds it once; all are under way together.

    Every seat has its page open; each event that changes it is followed to its arrival there.
    """
    switch = stage.exchange.switch
    told = _Told(switch.tell, asyncio.get_running_loop().time)
    switch.tell = told
    found: list[float] = []
    try:
        async with stage.watching(seats, pictures=False) as streams:
            # As in a house with many seats: they do not pick up in the same moment.
            pause = seconds / 2 / len(seats)
            await asyncio.gather(
                *(_take(stage, stream, pause * n, seconds) for n, stream in enumerate(streams))
            )
            for stream in streams:
                found += _matched(stream, told.moments)
    finally:
        switch.tell = told.tell
    note = f"changes of {len(seats)} seats with their pages open, {len(seats)} calls under way"
    return delays(_NAME, found, _TARGETS, note, "no event came through")


async def _take(stage: Stage, stream: PageStream, wait: float, seconds: float) -> None:
    await asyncio.sleep(wait)
    part = seconds / _PART
    call = SimulatedCall(
        seat=stream.seat, seconds=seconds, rings=min(2.0, part), holds=((part, part),)
    )
    await stage.exchange.place(call).over()
    await asyncio.sleep(1.0)


def _matched(stream: PageStream, moments: list[tuple[str, str, float]]) -> list[float]:
    """Seconds from each event to the first message that shows it."""
    found = []
    last = ("", 0.0)
    for event, seat, at in moments:
        # Both parties enter a bridge, and leave it: the first of the two counts.
        if seat != stream.seat or (event == last[0] and at - last[1] < _TOGETHER):
            continue
        last = (event, at)
        wanted = _SHOWN[event]
        shown = (s.at for s in stream.seen if s.at >= at and s.message["state"]["state"] == wanted)
        found.append(next(shown, inf) - at)
    return found
