"""One shift at two small houses: calls played through two real Asterisks, each with an agentbot of its own.

In the north nothing is wrong with the machines; in the south agentbot and Asterisk halt, die and
come back. All calls of both run at once, in real time.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rig.asterisk import SEATS, Asterisk
from rig.bot import Bot, Judgement
from rig.conversation import Conversation, Phones
from rig.dialogue import Dialogue
from rig.phone import ahead
from rig.tones import Tones

from agentbot.core.events import Leg

__all__ = ["Shift", "number"]

ASIDE: Final = (Leg.CALLER, "喂，您还在吗？")
MOVING: Final = (Leg.OPERATOR, "这个我帮您转给我的同事，请稍等。")


def number(seat: str) -> str:
    """What the operator of a seat says."""
    return f"2{seat[-2:]}"


def _said(seat: str, sample: str = "repair-perfect") -> Dialogue:
    return Dialogue.sample(sample, number(seat))


@dataclass
class Shift:
    """What became of it: by scenario what the phones lost, by house and seat what was said of the talks."""

    folder: Path
    north: Asterisk
    south: Asterisk
    harm: dict[str, str] = field(default_factory=dict)
    failed: dict[str, BaseException] = field(default_factory=dict)
    judged: dict[str, dict[str, list[Judgement]]] = field(default_factory=dict)
    book: list[str] = field(default_factory=list)
    _talks: dict[str, list[Conversation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = [ASIDE[1], MOVING[1]]
        for sample in ("repair-perfect", "repair-wrong-digit", "repair-holiday"):
            lines += [text for seat in SEATS for text in _said(seat, sample).texts]
        self.book = list(dict.fromkeys(lines))

    async def run(self) -> None:
        """The whole shift; what fails is kept for the test that asks for it."""
        with ahead():
            bots = await asyncio.gather(self._north(), self._south())
        # Only now, for it would keep the phones from sending in time.
        for name, talks in self._talks.items():
            self.harm[name] = "; ".join(filter(None, (talk.harm for talk in talks)))
        for house, bot in zip(("north", "south"), bots, strict=True):
            if house not in self.failed:
                self.judged[house] = bot.judgements(Tones(self.book))

    def of(self, house: str, seat: str) -> list[Judgement]:
        """What is said of the talks at a seat, in their order."""
        return self.judged.get(house, {}).get(number(seat), [])

    @property
    def torn(self) -> bool:
        """The northern exchange dropped sound of taps: it had to wait for something else."""
        kept = (self.folder / "north").glob("calls/*/*.call.jsonl")
        return any('"cause": "gap"' in path.read_text(encoding="utf-8") for path in kept)

    # --- the north: calls of all kinds ----------------------------------------------------

    async def _north(self) -> Bot:
        bot = Bot(self.folder / "north", [self.north], {s: number(s) for s in SEATS}, self.book)
        phones = await Phones(self.north).open()
        scenes: dict[str, Callable[[Phones], Awaitable[list[Conversation]]]] = {
            "queue": self._queue, "perfect": self._perfect, "skipped": self._skipped,
            "wrong digit": self._wrong, "holiday": self._holiday, "hold": self._hold,
            "blind": self._blind, "attended": self._attended, "two": self._two,
        }  # fmt: skip
        with self._kept("north"):
            try:
                await bot.start()
                await asyncio.gather(
                    *(self._play(name, scene(phones)) for name, scene in scenes.items())
                )
                await bot.closed(12)
                assert await bot.stop() == 0, bot.log
            finally:
                bot.close()
                await phones.close()
        return bot

    async def _play(self, name: str, scene: Awaitable[list[Conversation]]) -> None:
        with self._kept(name):
            self._talks[name] = await scene

    @contextmanager
    def _kept(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 (for the test that asks)
            self.failed[name] = error

    async def _whole(
        self, phones: Phones, seat: str, said: Dialogue, dial: str = ""
    ) -> Conversation:
        talk = await phones.call(await phones.seat(seat), self.book, dial)
        await talk.say(said)
        await talk.end()
        return talk

    async def _queue(self, phones: Phones) -> list[Conversation]:
        return [await self._whole(phones, "1001", _said("1001"), "700")]

    async def _perfect(self, phones: Phones) -> list[Conversation]:
        return [await self._whole(phones, "1003", _said("1003"))]

    async def _skipped(self, phones: Phones) -> list[Conversation]:
        said = _said("1004").without("一三九，八八二五，六零四六，对吗")
        return [await self._whole(phones, "1004", said)]

    async def _wrong(self, phones: Phones) -> list[Conversation]:
        said = _said("1005", "repair-wrong-digit").shouted("您的手机号是多少")
        return [await self._whole(phones, "1005", said)]

    async def _holiday(self, phones: Phones) -> list[Conversation]:
        return [await self._whole(phones, "1006", _said("1006", "repair-holiday"), "701")]

    async def _hold(self, phones: Phones) -> list[Conversation]:
        said = _said("1007")
        talk = await phones.call(await phones.seat("1007"), self.book)
        await talk.say(said[:8])
        await talk.operator.hold()
        aside = await asyncio.to_thread(Dialogue.of(ASIDE).sounds, self.book)
        talk.caller.say(aside[Leg.CALLER])
        await talk.caller.said()
        await talk.operator.resume()
        await talk.say(said[8:])
        await talk.end()
        return [talk]

    async def _blind(self, phones: Phones) -> list[Conversation]:
        said, other = _said("1008"), await phones.seat("1009")
        talk = await phones.call(await phones.seat("1008"), self.book)
        await talk.say(said[:8] + Dialogue.of(MOVING))
        await talk.operator.transfer("1009")
        after = Conversation(self.book, talk.caller, await other.answered())
        await after.say(said[8:])
        await after.end()
        return [talk, after]

    async def _attended(self, phones: Phones) -> list[Conversation]:
        said, other = _said("1010"), await phones.seat("1011")
        talk = await phones.call(await phones.seat("1010"), self.book)
        await talk.say(said[:8] + Dialogue.of(MOVING))
        await talk.operator.hold()
        asking = await (await talk.operator.phone.call("1011")).answered()
        answered = await other.answered()
        await talk.operator.transfer_to(asking)
        after = Conversation(self.book, talk.caller, answered)
        await after.say(said[8:])
        await after.end()
        return [talk, after]

    async def _two(self, phones: Phones) -> list[Conversation]:
        return await asyncio.gather(
            self._whole(phones, "1012", _said("1012")),
            self._whole(phones, "1013", _said("1013", "repair-wrong-digit")),
        )

    # --- the south: machines that halt and die --------------------------------------------

    async def _south(self) -> Bot:
        """One call after the other is begun while the one before still goes on."""
        bot = Bot(self.folder / "south", [self.south], {s: number(s) for s in SEATS}, self.book)
        phones = await Phones(self.south).open()
        turns = [asyncio.Event() for _ in range(4)]
        scenes = (self._halted, self._killed, self._stopped, self._restarted)
        with self._kept("south"):
            try:
                await bot.start()
                turns[0].set()
                await asyncio.gather(
                    *(
                        self._play(
                            scene.__name__.strip("_"), scene(phones, bot, turns[n], turns[n + 1 :])
                        )
                        for n, scene in enumerate(scenes)
                    )
                )
                assert await bot.stop() == 0, bot.log
            finally:
                bot.close()
                await phones.close()
        return bot

    async def _halted(
        self, phones: Phones, bot: Bot, turn: asyncio.Event, after: list[asyncio.Event]
    ) -> list[Conversation]:
        """Two taps are hung up from outside, then agentbot does not move for three seconds."""
        await turn.wait()
        said = _said("1003")
        talk = await phones.call(await phones.seat("1003"), self.book)
        await talk.say(said[:2])
        saying = asyncio.create_task(talk.say(said[2:8]))
        for channel in await asyncio.to_thread(self.south.channels):
            if channel.startswith("AudioSocket/"):
                await asyncio.to_thread(self.south.cli, f"channel request hangup {channel}")
        await saying
        after[0].set()
        bot.send(signal.SIGSTOP)
        asyncio.get_running_loop().call_later(3, bot.send, signal.SIGCONT)
        await talk.say(said[8:])
        await talk.end()
        return [talk]

    async def _killed(
        self, phones: Phones, bot: Bot, turn: asyncio.Event, after: list[asyncio.Event]
    ) -> list[Conversation]:
        """Killed with -9 in mid-call, and started again."""
        await turn.wait()
        said = _said("1004")
        talk = await phones.call(await phones.seat("1004"), self.book)
        await talk.say(said[:6])
        saying = asyncio.create_task(talk.say(said[6:10]))
        await bot.closed(1)
        bot.send(signal.SIGKILL)
        await bot.start()
        await saying
        after[0].set()
        await talk.say(said[10:])
        await talk.end()
        return [talk]

    async def _stopped(
        self, phones: Phones, bot: Bot, turn: asyncio.Event, after: list[asyncio.Event]
    ) -> list[Conversation]:
        """SIGTERM in mid-call: what there is of it is judged and kept."""
        await turn.wait()
        said = _said("1005")
        talk = await phones.call(await phones.seat("1005"), self.book)
        await talk.say(said[:6])
        saying = asyncio.create_task(talk.say(said[6:12]))
        await bot.closed(2)
        assert await bot.stop() == 0, bot.log
        await bot.start()
        after[0].set()
        await saying
        await talk.end()
        return [talk]

    async def _restarted(
        self, phones: Phones, bot: Bot, turn: asyncio.Event, after: list[asyncio.Event]
    ) -> list[Conversation]:
        """Asterisk dies in mid-call and comes back; the seat's next call is judged as ever."""
        await turn.wait()
        said = _said("1007")
        seat = await phones.seat("1007")
        talk = await phones.call(seat, self.book)
        await talk.say(said[:6])
        await asyncio.to_thread(self.south.kill)
        await asyncio.to_thread(self.south.start)
        await seat.register()
        next_one = await phones.call(seat, self.book)
        await next_one.say(said[:6])
        await next_one.end()
        await bot.closed(6)
        return [next_one]
