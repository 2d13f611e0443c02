"""What the dialplan says when it asks, and what can be done to its channel meanwhile.

Own code, not panoramisk's: there the reader spins at end of file, a variable that holds
`(hangup)` is a hang-up, a cut answer raises ValueError, and a `HANGUP` line is taken for the
answer to the next command.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, unquote

from agentbot.errors import PbxError
from agentbot.pbx.ami.wire import text

__all__ = ["AgiChannel", "AgiHandler", "AgiRequest", "read_request"]

_LINE = 2000
"""Bytes of one command: Asterisk reads no more at once (`AGI_BUF_LEN`)."""
_NAME = re.compile(r"[^\s\"\\\0]{1,200}")
_LINES = 1000
"""Of one answer; a variable may hold line breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgiRequest:
    """One `AGI(agi://host/path?query,argument,...)` of the dialplan."""

    path: str
    """With a slash: `/call`."""
    query: Mapping[str, str]
    channel: str
    """Full channel name."""
    uniqueid: str
    arguments: tuple[str, ...] = field(repr=False)
    """Those of the dialplan, in order."""
    headers: Mapping[str, str] = field(repr=False)
    """All of it (`agi_callerid` ...): private."""


def read_request(block: bytes) -> AgiRequest:
    """From the lines Asterisk sends first.

    Raises:
        PbxError: they are none.
    """
    headers: dict[str, str] = {}
    for line in block.split(b"\n"):
        key, found, value = text(line.rstrip(b"\r")).partition(":")
        if found and key.startswith("agi_"):
            headers[key] = value.removeprefix(" ")
    script = headers.get("agi_network_script")
    if script is None:
        raise PbxError("what connected to the FastAGI port is no AGI(); nothing was done")
    path, _, query = script.partition("?")
    arguments: list[str] = []
    while (key := f"agi_arg_{len(arguments) + 1}") in headers:
        arguments.append(headers[key])
    return AgiRequest(
        path="/" + unquote(path).strip("/"),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        channel=headers.get("agi_channel", ""),
        uniqueid=headers.get("agi_uniqueid", ""),
        arguments=tuple(arguments),
        headers=headers,
    )


class AgiChannel:
    """The channel that runs the AGI(), for as long as it does."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """On a connection whose request has been read."""
        self._reader = reader
        self._writer = writer
        self.hung_up = False
        """The caller has gone; variables can still be set, for what the dialplan does then."""

    async def set_variable(self, name: str, value: str) -> None:
        """Set a variable or function of the channel.

        Raises:
            PbxError: refused, not answered, or it cannot be sent (line break, too long).
        """
        await self._command("SET VARIABLE", _name(name), _quoted(value))

    async def get_variable(self, name: str) -> str | None:
        """What a variable or function holds; None: it is not set.

        Raises:
            PbxError: refused or not answered.
        """
        result, value = await self._command("GET VARIABLE", _name(name))
        return value if result == "1" else None

    async def verbose(self, message: str, level: int = 3) -> None:
        """Write to Asterisk's console; nothing private.

        Raises:
            PbxError: as for `set_variable`.
        """
        await self._command("VERBOSE", _quoted(message), str(level))

    async def _command(self, *words: str) -> tuple[str, str]:
        """Send, and wait for result and what stands in brackets behind it."""
        try:
            line = " ".join(words).encode()
        except UnicodeEncodeError:
            raise PbxError(f"AGI {words[0]}: the value is no Unicode text; mend it") from None
        if len(line) > _LINE:
            raise PbxError(f"AGI {words[0]}: {len(line)} bytes, Asterisk reads {_LINE}; shorten it")
        try:
            self._writer.write(line + b"\n")
            await self._writer.drain()
            return await self._answer(words[0])
        except OSError as error:
            raise PbxError(f"AGI {words[0]}: the connection broke ({error})") from None

    async def _answer(self, command: str) -> tuple[str, str]:
        line = await self._line(command)
        code, _, rest = line.partition(" ")
        if line.startswith("520-"):
            for _ in range(_LINES):
                if (await self._line(command)).startswith("520 "):
                    break
            raise PbxError(f"AGI {command}: Asterisk does not understand it")
        if code == "100":
            return await self._answer(command)
        if code != "200" or not rest.startswith("result="):
            raise PbxError(f"AGI {command}: Asterisk answers {line[:80]!r}")
        result, bracket, value = rest.removeprefix("result=").partition(" (")
        if result.strip() == "-1":
            raise PbxError(f"AGI {command}: failed, or the caller has gone")
        if bracket:
            value = await self._to_bracket(command, value)
        return result.strip(), value

    async def _to_bracket(self, command: str, value: str) -> str:
        """A value with line breaks comes as several lines."""
        lines = [value]
        while not lines[-1].endswith(")"):
            if len(lines) >= _LINES:
                raise PbxError(f"AGI {command}: the answer does not end")
            lines.append(await self._line(command))
        return "\n".join(lines)[:-1]

    async def _line(self, command: str) -> str:
        while True:
            try:
                raw = await self._reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                raise PbxError(f"AGI {command}: Asterisk hung up before it answered") from None
            except asyncio.LimitOverrunError:
                raise PbxError(f"AGI {command}: the answer is too long") from None
            line = text(raw.rstrip(b"\r\n"))
            if line != "HANGUP":
                return line
            self.hung_up = True


class AgiHandler(Protocol):
    """Does what one path is for; the dialplan waits."""

    async def __call__(self, request: AgiRequest, channel: AgiChannel) -> None:
        """Answer; `PbxError` ends the request and is logged."""


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise PbxError(f"AGI: {name!r} is no name of a variable")
    return name


def _quoted(value: str) -> str:
    if not {"\r", "\n", "\0"}.isdisjoint(value):
        raise PbxError("AGI: the value has a line break or NUL in it; take it out")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
