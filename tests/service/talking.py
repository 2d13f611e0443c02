"""Talks played to the service faster than time: sound with the arrival times of a real call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from agentbot.core.calls.events import (
    CallEvent,
    CallOver,
    Direction,
    Party,
    TalkBegan,
    TalkEnded,
    Transfer,
)
from agentbot.core.events import Heard, Leg
from agentbot.core.seat.view import Alert, SeatView
from agentbot.errors import PbxError
from agentbot.pbx.sound import Sound
from agentbot.replay.house import House
from agentbot.replay.transcript import read_transcript
from agentbot.service.choosing import Choice, Rule
from agentbot.service.ears import Ears
from agentbot.service.floor import Floor
from agentbot.service.means import Means
from agentbot.service.metrics import Metrics
from agentbot.speech.base import Recogniser
from agentbot.store.shelf import Shelf
from agentbot.testing import ScriptedRecogniser

__all__ = ["AT", "Played", "Told", "began", "ended", "floor", "lines", "over", "until"]

RATE = 8_000
AT = 1_768_357_328.0
"""2026-01-14T10:22:08+08:00."""


def lines(path: Path) -> list[Heard]:
    """What a sample call says."""
    return read_transcript(path).heard()


def began(seat: str = "218", talk: str = "c1-o1", **more: object) -> TalkBegan:
    return TalkBegan(
        **{
            "call": "c1", "talk": talk, "seat": seat, "at": AT, "direction": Direction.INBOUND,
            "caller": Party(channel="PJSIP/trunk-1", uniqueid="c1", number="13800138000"),
            "operator": Party(channel=f"PJSIP/{seat}-1", uniqueid=f"o-{talk}"), "ring_seconds": 3.0,
        } | more
    )  # fmt: skip


def ended(
    seconds: float, seat: str = "218", talk: str = "c1-o1", moved: Transfer | None = None
) -> TalkEnded:
    return TalkEnded(call="c1", talk=talk, seat=seat, at=AT + seconds, moved=moved)


def over(seconds: float) -> CallOver:
    return CallOver(call="c1", at=AT + seconds, reason="answered")


def _noise(leg: Leg, n: int) -> np.ndarray:
    """A tenth of a second that rises and falls as talk does, another one on each leg."""
    random = np.random.default_rng((n, leg is Leg.CALLER))
    level = 2_000 if (n // 6 + (leg is Leg.CALLER)) % 2 else 30
    return random.normal(0, level, 800).astype(np.int16)


@dataclass
class Played:
    """A route that brings `seconds` of sound of each leg at once, from call second `start` on."""

    seconds: float = 80.0
    start: float = 0.0
    legs: tuple[Leg, ...] = tuple(Leg)
    name: str = "played"
    fails: str = ""
    over: frozenset[Leg] = frozenset()
    """Legs that break off at the end of the sound; of all others nothing comes, as on hold."""
    opened: list[TalkBegan] = field(default_factory=list)

    async def open(self, talk: TalkBegan) -> _Tap:
        self.opened.append(talk)
        if self.fails:
            raise PbxError(self.fails)
        return _Tap(self, asyncio.get_running_loop().time())


class _Tap:
    def __init__(self, played: Played, now: float) -> None:
        self._played, self._now = played, now
        self.dropped = 0
        self.over: frozenset[Leg] = frozenset()
        self._closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Sound]:
        played = self._played
        for n in range(round(played.seconds / 0.1)):
            for leg in played.legs:
                at = self._now - 0.05 + played.start + (n + 1) * 0.1
                yield Sound(leg=leg, at=at, samples=_noise(leg, n), rate=RATE)
            await asyncio.sleep(0.001)
        self.over = played.over
        if len(self.over) < len(Leg):
            await self._closed.wait()

    async def close(self) -> None:
        self._closed.set()


@dataclass
class Told:
    """What was told to the exchange."""

    events: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    route: Played | None = None

    def tell(self, name: str, headers: dict[str, str]) -> None:
        self.events.append((name, dict(headers)))

    def whisper(self, to: Party, alert: Alert) -> None:
        self.events.append(("whisper", {"to": to.uniqueid, "kind": alert.kind.value}))

    def named(self, name: str) -> list[dict[str, str]]:
        return [headers for told, headers in self.events if told == name]


class _Floor(Floor):
    """Every call comes by the one route."""

    def __init__(self, route: Played | None, *parts: object) -> None:
        super().__init__(*parts)
        self._route = route

    def take(self, event: CallEvent, line: Told) -> None:
        line.route = self._route
        super().take(event, line)


@asynccontextmanager
async def floor(
    house: House, folder: Path, route: Played | None, said: Iterable[Heard] = (),
    rules: Iterable[Rule] = (Rule(script="heating-repair"),), recogniser: Recogniser | None = None,
    **more: object,
) -> AsyncIterator[Floor]:  # fmt: skip
    """The service without its sockets."""
    ears = Ears(recogniser or ScriptedRecogniser(said), 2)
    means = Means(
        house=house, ears=ears, shelf=Shelf(folder=folder, days=0), metrics=Metrics(),
        number=lambda seat: seat, **more,
    )  # fmt: skip
    made = _Floor(
        route, means, Choice(house.scripts, tuple(rules)), ("218", "219"), lambda: (True, {})
    )
    try:
        yield made
    finally:
        await made.stop(20.0)
        ears.close()


async def until(
    floor: Floor, seat: str, fits: Callable[[SeatView], bool], patience: float = 30.0
) -> SeatView:
    """The first picture of a seat that fits."""
    async with asyncio.timeout(patience):
        async for view in floor.watch(seat):
            if fits(view):
                return view
    raise AssertionError("the pictures ended")
