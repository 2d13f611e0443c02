"""The simulated exchange as one object: start it, place calls, look at what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from agentbot.errors import PbxError
from agentbot.pbx.ami.account import Account
from agentbot.pbx.amilog import read_log
from agentbot.pbx.message import Message
from agentbot.simulate.actions import Actions
from agentbot.simulate.call import SimulatedCall, Transfer
from agentbot.simulate.course import Course
from agentbot.simulate.door import AmiDoor
from agentbot.simulate.playback import Clock, Playback
from agentbot.simulate.switch import Switch
from agentbot.simulate.taps import TapOrder, run_tap

__all__ = ["MODULES", "Placed", "SimulatedExchange"]

MODULES = frozenset(
    {
        *("app_chanspy", "app_queue", "app_audiosocket", "chan_audiosocket", "res_audiosocket"),
        *("codec_alaw", "codec_resample", "codec_ulaw", "res_agi", "res_timing_timerfd"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call under way."""

    id: str
    """Linkedid."""
    channel: str
    """The caller's."""
    task: asyncio.Task[None]
    playback: Playback
    """What is said, and when."""

    async def over(self) -> None:
        """Wait for its end."""
        await asyncio.wait([self.task])


class SimulatedExchange:
    """An exchange of its own on a port of this machine.

    Use as `async with SimulatedExchange() as exchange:`, log in with `exchange.account()`, and let
    calls happen with `exchange.place(call)`.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        calls: Iterable[SimulatedCall] = (),
        *,
        username: str = "agentbot",
        secret: str = "simulated",  # noqa: S107  # it guards nothing
        speed: float = 1.0,
        modules: Iterable[str] = MODULES,
        queues: Iterable[str] = ("repair",),
    ) -> None:
        """`port` 0: any that is free; `calls` are placed one after the other from the first login on.

        `speed`: seconds of the calls in one second of the day.
        """
        self.host, self.port = host, port
        self._calls = tuple(calls)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._speed = speed
        self._options = {"modules": tuple(modules), "queues": tuple(queues)}
        self._door = AmiDoor(username=username, secret=secret, act=lambda _: None)
        self.switch = Switch(Clock(speed), self._door.tell)
        self._courses: set[Course] = set()
        self._door.act = Actions(self.switch, tap=self._start_tap, move=self._move, **self._options)

    async def __aenter__(self) -> Self:
        """Open the AMI port.

        Raises:
            PbxError: the port is taken.
        """
        try:
            self._server = await asyncio.start_server(self._door.serve, self.host, self.port)
        except OSError as error:
            raise PbxError(
                f"{self.host}:{self.port} cannot be opened ({error.strerror or error}); "
                "choose another port"
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]
        if self._calls:
            self._start(self._one_after_the_other())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all calls and connections."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._door.close()

    def account(self, name: str = "simulated") -> Account:
        """How to log in."""
        return Account(
            name=name,
            host=self.host,
            port=self.port,
            username=self._door.username,
            secret=self._door.secret,
        )

    @property
    def asked(self) -> list[Message]:
        """The last actions it was sent after a login, in order."""
        return list(self._door.got)

    async def somebody(self) -> None:
        """Wait until somebody has logged in."""
        await self._door.joined.wait()

    def place(self, call: SimulatedCall) -> Placed:
        """Let a call come in now."""
        course = Course(self.switch, call)
        self._courses.add(course)
        task = self._start(course.run())
        task.add_done_callback(lambda _: self._courses.discard(course))
        return Placed(
            id=course.caller.linkedid,
            channel=course.caller.name,
            task=task,
            playback=course.playback,
        )

    async def replay(self, log: Path) -> None:
        """Send the events of a recorded AMI log, with its timing, once somebody listens.

        Raises:
            PbxError: the log cannot be read.
        """
        clock = self.switch.clock
        await self.somebody()
        began, first = clock.now(), None
        for message in read_log(log):
            if not message.event or message.get("ActionID"):
                continue
            first = message.at if first is None else first
            await clock.sleep_until(began + message.at - first)
            self._door.send(_raw(message))

    def cut(self) -> None:
        """Break all AMI connections, as a crash does; calls go on."""
        self._door.drop()

    async def _one_after_the_other(self) -> None:
        await self.somebody()
        for call in self._calls:
            await self.place(call).over()

    def _move(self, channel: str, transfer: Transfer) -> bool:
        """By the caller's channel or the operator's."""
        for course in self._courses:
            operator = course.operator
            if operator is not None and channel in {course.caller.name, operator.name}:
                course.order(transfer)
                return True
        return False

    def _start_tap(self, order: TapOrder, action_id: str, data: str) -> None:
        self._start(run_tap(self.switch, order, action_id, data))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _raw(message: Message) -> bytes:
    lines = [f"{key}: {value}" for key in message.headers for value in message.all(key)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
