"""The AMI port of the simulated exchange: logins, actions, events to all who listen."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from agentbot.errors import PbxError
from agentbot.pbx.ami.wire import MessageReader
from agentbot.pbx.message import Message
from agentbot.simulate.switch import Pairs

__all__ = ["AmiDoor", "Reply", "told"]

_KEPT = 20_000
_UNREAD = 1 << 24
"""Bytes a client may leave unread before it is thrown out, as `writetimeout` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an action is answered with."""

    headers: tuple[tuple[str, str], ...] = ()
    error: str = ""
    items: tuple[tuple[str, Pairs], ...] | None = None
    """A list: name and headers of each item."""
    end: str = ""
    """Event that ends the list."""


@dataclass(slots=True, eq=False)
class _Client:
    writer: asyncio.StreamWriter
    challenge: str = ""
    logged_in: bool = False


@dataclass(slots=True)
class AmiDoor:
    """Who logged in, and what they are told."""

    username: str
    secret: str = field(repr=False)
    act: Callable[[Message], Reply | None]
    """Carries out an action; None: there is no such action."""
    got: deque[Message] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """The last actions, for tests."""
    system: str = "sim"
    began: float = field(default_factory=time.time)
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once somebody has logged in."""
    _clients: set[_Client] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it leaves."""
        client = _Client(writer)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        messages = MessageReader()
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while data := await reader.read(1 << 16):
                for message in messages.feed(data):
                    if not self._answer(client, message):
                        return
                await writer.drain()
        except (OSError, PbxError, asyncio.CancelledError):
            return
        finally:
            self._clients.discard(client)
            if task is not None:
                self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        """Throw everybody out."""
        self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop(self) -> None:
        """Cut all connections, as a crash does."""
        for client in self._clients:
            client.writer.transport.abort()

    def tell(self, event: str, headers: Pairs) -> None:
        """Send an event to all who are logged in."""
        raw = told(event, headers, self.system)
        for client in list(self._clients):
            if client.writer.transport.get_write_buffer_size() > _UNREAD:
                client.writer.transport.abort()
            else:
                client.writer.write(raw)

    def send(self, raw: bytes) -> None:
        """Send bytes as they are."""
        for client in self._clients:
            client.writer.write(raw)

    def _answer(self, client: _Client, action: Message) -> bool:
        """Answer one action; False: the client is to go."""
        name, action_id = action.get("Action").lower(), action.get("ActionID")
        if client.logged_in:
            self.got.append(action)
        reply: Reply | None
        match name:
            case "challenge":
                client.challenge = str(secrets.randbelow(10**9))
                reply = Reply(headers=(("Challenge", client.challenge),))
            case "login":
                reply = self._login(client, action)
            case "logoff":
                client.writer.write(_raw([("Response", "Goodbye"), ("ActionID", action_id)]))
                return False
            case _ if not client.logged_in:
                reply = Reply(error="Permission denied")
            case _:
                reply = self.act(action)
        if reply is None:
            reply = Reply(error=f"Invalid/unknown command: {action.get('Action')}.")
        client.writer.write(self._reply(reply, action_id))
        if name == "login" and client.logged_in:
            self._clients.add(client)
            self.joined.set()
            up = f"{time.time() - self.began:.0f}"
            booted = [("Uptime", up), ("LastReload", up), ("Status", "Fully Booted")]
            client.writer.write(told("FullyBooted", booted, self.system))
        return not (name == "login" and reply.error)

    def _login(self, client: _Client, action: Message) -> Reply:
        key = hashlib.md5((client.challenge + self.secret).encode(), usedforsecurity=False)
        given, wanted = action.get("Secret"), self.secret
        if action.get("AuthType").upper() == "MD5":
            given, wanted = action.get("Key"), key.hexdigest() if client.challenge else ""
        right = bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
        client.logged_in = right and action.get("Username") == self.username
        if not client.logged_in:
            return Reply(error="Authentication failed")
        return Reply(headers=(("Message", "Authentication accepted"),))

    def _reply(self, reply: Reply, action_id: str) -> bytes:
        head = [("Response", "Error" if reply.error else "Success")]
        if action_id:
            head.append(("ActionID", action_id))
        if reply.error:
            return _raw([*head, ("Message", reply.error)])
        if reply.items is None:
            return _raw([*head, *reply.headers])
        of = head[1:]
        parts = [_raw([*head, ("EventList", "start"), *reply.headers])]
        parts += [_raw([("Event", name), *of, *pairs]) for name, pairs in reply.items]
        end = [("EventList", "Complete"), ("ListItems", str(len(reply.items)))]
        parts.append(_raw([("Event", reply.end), *of, *end]))
        return b"".join(parts)


def told(event: str, headers: Pairs, system: str) -> bytes:
    """An event as it goes over the wire now, with `timestampevents = yes`."""
    head = [("Event", event), ("Privilege", _PRIVILEGE.get(event, "call,all"))]
    head += [("Timestamp", f"{time.time():.6f}"), ("SystemName", system)]
    return _raw([*head, *headers])


def _raw(pairs: Iterable[tuple[str, str]]) -> bytes:
    """As Asterisk writes it; line breaks cannot be in a header."""
    lines = [f"{key}: {value}".replace("\r", " ").replace("\n", " ") for key, value in pairs]
    with contextlib.suppress(UnicodeEncodeError):
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
    return ("\r\n".join(lines) + "\r\n\r\n").encode(errors="surrogateescape")


_PRIVILEGE = {
    "FullyBooted": "system,all",
    "Shutdown": "system,all",
    "VarSet": "dialplan,all",
    "UserEvent": "user,all",
    **dict.fromkeys(
        (
            "AgentCalled",
            "AgentComplete",
            "AgentConnect",
            "AgentRingNoAnswer",
            "QueueCallerAbandon",
            "QueueCallerJoin",
            "QueueCallerLeave",
            "QueueMemberStatus",
        ),
        "agent,all",
    ),
}
