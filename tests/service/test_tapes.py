"""Recording with sound: what is paused is not in it, and a tap that breaks off is asked for again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile as sf
from service.talking import began

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg, LossCause
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.sound import Sound
from agentbot.replay.sources import find_calls
from agentbot.service.tape import Room
from agentbot.service.tapes import Tapes

RATE = 8_000


@dataclass
class Tone:
    """A route on which both legs hum, in real time."""

    name: str = "tone"
    breaks: asyncio.Event = field(default_factory=asyncio.Event)
    opened: int = 0
    heard: int = 0

    def notice(self, message: Message) -> None: ...

    async def check(self) -> None: ...

    async def open(self, _talk: TalkBegan) -> _Tap:
        self.opened += 1
        return _Tap(self)


class _Tap:
    dropped = 0
    over: frozenset[Leg] = frozenset()

    def __init__(self, tone: Tone) -> None:
        self._tone, self._closed = tone, asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Sound]:
        loop = asyncio.get_running_loop()
        while not self._closed.is_set() and not self._tone.breaks.is_set():
            for leg in Leg:
                samples = np.full(RATE // 50, 9_000, np.int16)
                yield Sound(leg=leg, at=loop.time(), samples=samples, rate=RATE)
                self._tone.heard += 1
            await asyncio.sleep(0.02)
        self._tone.breaks.clear()

    async def close(self) -> None:
        self._closed.set()


def tapes(folder: Path, tone: Tone) -> Tapes:
    return Tapes(
        folder=folder, route=lambda: tone, pseudonyms=Pseudonyms(), room=Room(10**8),
        script=lambda _talk: None, number=lambda seat: seat, tell=lambda _text: None,
    )  # fmt: skip


def paused(value: str, uniqueid: str = "c1") -> Message:
    headers = {"Event": "VarSet", "Variable": "AGENTBOT_PAUSED", "Value": value}
    return Message(headers | {"Uniqueid": uniqueid, "Channel": "PJSIP/trunk-1"}, {}, 0.0)


async def true(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():  # noqa: ASYNC110 - the sound tells nobody
            await asyncio.sleep(0.01)


async def test_what_is_paused_is_not_recorded(tmp_path: Path) -> None:
    tone = Tone()
    recording = tapes(tmp_path, tone)
    await recording.check()
    recording.take(began(at=time.time()))
    await true(lambda: tone.heard > 40)
    recording.notice(paused("yes", uniqueid="another"))
    recording.notice(paused("yes"))
    before = tone.heard
    await true(lambda: tone.heard > before + 100)
    recording.notice(paused("no"))
    before = tone.heard
    await true(lambda: tone.heard > before + 40)
    await recording.close()

    (source,) = find_calls([tmp_path / "calls.jsonl"]).sources
    untapped = [lost for lost in source.lost if lost.cause is LossCause.NOT_TAPPED]
    (gap,) = {(lost.start, lost.end) for lost in untapped}
    both, rate = sf.read(source.audio[0])
    first, last = (round(second * rate) for second in gap)
    assert last - first >= rate  # 50 frames of 20 ms a leg
    assert not both[first + 800 : last - 800].any()
    assert both[: first - 800].any(axis=0).all()
    assert both[last + 800 :].any(axis=0).all()


async def test_a_tap_that_breaks_off_is_asked_for_again(tmp_path: Path) -> None:
    tone = Tone()
    recording = tapes(tmp_path, tone)
    await recording.check()
    recording.take(began(at=time.time()))
    await true(lambda: tone.heard > 40)
    tone.breaks.set()
    await true(lambda: tone.opened == 2)
    before = tone.heard
    await true(lambda: tone.heard > before + 40)
    await recording.close()

    (source,) = find_calls([tmp_path / "calls.jsonl"]).sources
    assert {o.leg for o in source.lost if o.cause is LossCause.NOT_TAPPED} == set(Leg)
    both, rate = sf.read(source.audio[0])
    assert both[-rate // 5 :].any(axis=0).all()
