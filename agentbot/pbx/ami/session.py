"""One login: actions and their answers, events as they come, and whether the other end still lives."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agentbot.errors import PbxError
from agentbot.pbx.ami.account import Account
from agentbot.pbx.ami.login import Socket, log_in
from agentbot.pbx.ami.wire import MessageReader, encode
from agentbot.pbx.message import Message

__all__ = ["Headers", "Patience", "Session", "open_session"]

Headers = Mapping[str, str | Sequence[str]]

_READ = 1 << 16
_MAX_PENDING = 2000
"""Actions whose answers are missing; more is a fault of ours or of the exchange."""
_MAX_ITEMS = 100_000
"""Items of one list; Asterisk's own limit of channels is lower on any machine seen."""
_GOODBYE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for what, in seconds. A dead line is noticed after `silence` + `pong`."""

    connect: float = 5.0
    answer: float = 5.0
    items: float = 15.0
    """A whole list."""
    silence: float = 3.0
    """Without a byte from the exchange, before it is pinged."""
    pong: float = 4.0
    retry_first: float = 0.5
    retry_most: float = 30.0
    refused: float = 60.0
    """Before the next try, where the login was refused: it needs a person, and Asterisk logs each."""


@dataclass(slots=True)
class _Pending:
    answered: asyncio.Future[list[Message]]
    is_list: bool
    items: list[Message] = field(default_factory=list)


async def open_session(account: Account, patience: Patience) -> tuple[Session, list[Message]]:
    """Connect and log in; also the events that came with the answer.

    Raises:
        PbxError: it cannot be reached, is no AMI port, or refuses us.
    """
    socket, reader, came = await log_in(account, patience.connect)
    session = Session(socket, reader, account.address, patience)
    return session, [message for message in came if session.sort(message)]


class Session:
    """A connection that has been logged in."""

    def __init__(
        self, socket: Socket, reader: MessageReader, address: str, patience: Patience
    ) -> None:
        """Made by `open_session`."""
        self._reader, self._writer = socket
        self._messages = reader
        self._address = address
        self._patience = patience
        self._pending: dict[str, _Pending] = {}
        self._number = 0
        self._heard = time.monotonic()
        self._lost = ""
        self._watching = asyncio.create_task(self._watch())
        self.asked = asyncio.Event()
        """Set at each action: reading has to go on, however far behind the consumer is."""
        self.paused = False
        """Nobody reads: silence says nothing about the other end."""

    @property
    def waiting(self) -> bool:
        """An action waits for its answer."""
        return any(not pending.answered.done() for pending in self._pending.values())

    async def read(self) -> list[Message]:
        """Wait for events: those that came together, in order, perhaps none.

        Answers go to those who asked. An event that belongs to no list (`OriginateResponse`) is
        given here whatever its ActionID.

        Raises:
            PbxError: the connection is lost, and why.
        """
        try:
            data = await self._reader.read(_READ)
        except OSError:
            data = b""
        if not data:
            raise PbxError(self._lost or f"{self._address} hung up")
        self._heard = time.monotonic()
        now = time.time()
        return [message for message in self._messages.feed(data, now) if self.sort(message)]

    async def ask(
        self, action: str, headers: Headers, *, is_list: bool, seconds: float
    ) -> list[Message]:
        """Send one action, once, and wait for its answer: the reply, or the items of a list.

        Raises:
            PbxError: refused, not answered in time, the connection was lost, or it cannot be sent.
        """
        if len(self._pending) >= _MAX_PENDING:
            raise PbxError(f"AMI action {action}: too many actions wait for answers; try later")
        if self._lost:
            raise PbxError(f"AMI action {action}: not sent, {self._lost}")
        self._number += 1
        action_id = f"agentbot-{self._number}"
        raw = encode(action, headers, action_id)
        pending = _Pending(asyncio.get_running_loop().create_future(), is_list)
        self._pending[action_id] = pending
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(raw)
                self.asked.set()
                await self._writer.drain()
                answer = await pending.answered
        except TimeoutError:
            if not is_list:  # items that come late must not be taken for events
                self._pending.pop(action_id, None)
            raise PbxError(f"AMI action {action}: no answer in {seconds:g} s") from None
        except OSError as error:
            raise PbxError(f"AMI action {action}: not sent ({error.strerror or error})") from None
        first = answer[0] if answer else None
        if first is not None and first.get("Response") not in {"", "Success", "Goodbye"}:
            raise PbxError(f"the exchange refuses AMI action {action}: {_reason(first)}")
        return answer

    async def close(self, why: str) -> None:
        """Fail what is in flight, say good-bye if that goes quickly, and hang up."""
        self._lost = self._lost or why
        self._watching.cancel()
        for pending in self._pending.values():
            if not pending.answered.done():
                pending.answered.set_exception(PbxError(f"no answer: {self._lost}"))
        self._pending.clear()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                self._writer.write(encode("Logoff", {}))
                self._writer.close()
                await self._writer.wait_closed()
        self._writer.transport.abort()

    def sort(self, message: Message) -> bool:
        """Give an answer to who asked; True when the message is an event for the consumer."""
        pending = self._pending.get(message.get("ActionID"))
        if "Response" in message.headers and not message.event:
            self._reply(message, pending)
            return False
        if pending is None or not pending.is_list:
            return True
        listed = message.get("EventList").lower()
        if listed == "complete" or message.event.endswith("Complete"):
            self._settle(message, pending.items)
        elif listed == "cancelled" or len(pending.items) >= _MAX_ITEMS:
            why = "the list is too long" if listed != "cancelled" else "the list was cancelled"
            self._settle(message, [Message({"Response": "Error", "Message": why}, {})])
        else:
            pending.items.append(message)
        return False

    def _reply(self, message: Message, pending: _Pending | None) -> None:
        if pending is None:
            return
        if pending.is_list and message.get("Response") == "Success":
            return
        self._settle(message, [message])

    def _settle(self, message: Message, answer: list[Message]) -> None:
        pending = self._pending.pop(message.get("ActionID"))
        if not pending.answered.done():
            pending.answered.set_result(answer)

    def _fail(self, why: str) -> None:
        for pending in self._pending.values():
            if not pending.answered.done():
                pending.answered.set_exception(PbxError(why))
        self._pending.clear()

    async def _watch(self) -> None:
        """Ping where nothing is heard, and cut the line that gives no answer."""
        patience = self._patience
        while True:
            silent = time.monotonic() - self._heard
            if self.paused or silent < patience.silence:
                await asyncio.sleep(max(patience.silence - silent, patience.silence / 10))
                continue
            with contextlib.suppress(PbxError):
                await self.ask("Ping", {}, is_list=False, seconds=patience.pong)
            if self._dead():
                self._lost = f"{self._address} has not answered for {patience.pong:g} s"
                self._writer.transport.abort()
                return

    def _dead(self) -> bool:
        return not self.paused and time.monotonic() - self._heard > self._patience.pong


def _reason(message: Message) -> str:
    return message.get("Message") or message.get("Output") or message.get("Response")
