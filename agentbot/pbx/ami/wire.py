"""AMI as bytes: what arrives becomes messages, what is asked becomes bytes.

No sockets and no clock in here, so the reader of recorded logs uses the same code.
Text is decoded only when a message is whole, hence no character is lost where a read ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agentbot.errors import PbxError
from agentbot.pbx.message import Message

__all__ = ["MAX_MESSAGE", "MessageReader", "encode", "parse", "text"]

MAX_MESSAGE = 1 << 20
"""Bytes of one message; the longest seen are answers to `Command`, some hundred kilobytes."""

_END = b"\r\n\r\n"
_NONE: dict[str, tuple[str, ...]] = {}
_FORBIDDEN = frozenset("\r\n\0")
_MAX_LINE = 1024
"""Bytes: Asterisk drops a message with a longer line (`inbuf` in its manager.c)."""
_MAX_HEADERS = 128
"""Asterisk ignores headers beyond these (`AST_MAX_MANHEADERS`)."""


def parse(raw: bytes, at: float = 0.0) -> Message:
    """One whole message; `raw` with or without the empty line that ends it. Nothing in it is dropped.

    A line that is no header is kept under the empty key.
    """
    try:
        lines = raw.strip(b"\r\n").decode().split("\r\n")
    except UnicodeDecodeError:
        lines = [text(line) for line in raw.strip(b"\r\n").split(b"\r\n")]
    try:
        pairs = [line.split(": ", 1) for line in lines]
        headers = dict(pairs)
    except ValueError:
        pairs = [_pair(line) for line in lines if line]
        headers = dict(pairs)
    if len(headers) == len(pairs):
        return Message(headers, _NONE, at)
    return Message(headers, _repeated(pairs), at)


class MessageReader:
    """Cuts a stream of bytes into messages, wherever the reads happen to end."""

    def __init__(self, limit: int = MAX_MESSAGE) -> None:
        """Take messages of up to `limit` bytes."""
        self._limit = limit
        self._rest = bytearray()

    def feed(self, data: bytes, at: float = 0.0) -> Iterator[Message]:
        """Messages that are whole now; iterate to the end.

        Raises:
            PbxError: a message is longer than the limit; the messages before it are given first.
        """
        rest = self._rest
        searched = max(0, len(rest) - len(_END) + 1)
        rest += data
        if rest.find(_END, searched) >= 0:
            *whole, last = bytes(rest).split(_END)
            self._rest = bytearray(last)
            for raw in whole:
                if len(raw) > self._limit:
                    raise self._too_long()
                if raw and raw != b"\r\n":
                    yield parse(raw, at)
        if len(self._rest) >= self._limit + len(_END):
            raise self._too_long()

    def _too_long(self) -> PbxError:
        return PbxError(
            f"the exchange sent a message of more than {self._limit} bytes; "
            "check that the port is an AMI port"
        )


def encode(action: str, headers: Mapping[str, str | Sequence[str]], action_id: str = "") -> bytes:
    """One action as bytes; a header with several values is written once for each.

    Raises:
        PbxError: a key or value would not arrive as one header: it has a line break or NUL in it,
            or is longer than Asterisk reads.
    """
    lines = [_line("Action", action)]
    if action_id:
        lines.append(_line("ActionID", action_id))
    for key, value in headers.items():
        values = (value,) if isinstance(value, str) else value
        lines += [_line(key, one) for one in values]
    if len(lines) > _MAX_HEADERS:
        raise PbxError(
            f"AMI action {action}: {len(lines)} headers, Asterisk reads {_MAX_HEADERS}; send fewer"
        )
    return b"\r\n".join(lines) + _END


def _line(key: str, value: str) -> bytes:
    if not key or ":" in key or not _FORBIDDEN.isdisjoint(key):
        raise PbxError(f"AMI header name {key!r} cannot be sent; use letters and digits")
    if not _FORBIDDEN.isdisjoint(value):
        raise PbxError(f"AMI header {key}: the value has a line break or NUL in it; take it out")
    try:
        line = f"{key}: {value}".encode()
    except UnicodeEncodeError:
        raise PbxError(f"AMI header {key}: the value is no Unicode text; mend it") from None
    if len(line) > _MAX_LINE - 2:
        raise PbxError(
            f"AMI header {key}: {len(line)} bytes, Asterisk reads {_MAX_LINE - 2}; shorten it"
        )
    return line


def _pair(line: str) -> list[str]:
    """Key and value; some headers come without the space, and free text without either."""
    key, found, value = line.partition(": ")
    if not found:
        key, found, value = line.partition(":")
    return [key, value] if found else ["", line]


def _repeated(pairs: list[list[str]]) -> dict[str, tuple[str, ...]]:
    last: dict[str, str] = {}
    many: dict[str, list[str]] = {}
    for key, value in pairs:
        if key in last:
            many.setdefault(key, [last[key]]).append(value)
        last[key] = value
    return {key: tuple(values) for key, values in many.items()}


def text(line: bytes) -> str:
    """A line that may not be UTF-8: old exchanges and phones put GBK into caller names."""
    try:
        return line.decode()
    except UnicodeDecodeError as bad:
        # Asterisk cuts long names at a byte: all good but the last character.
        if bad.reason == "unexpected end of data" and not line[: bad.start].isascii():
            return line.decode(errors="replace")
    try:
        return line.decode("gb18030")
    except UnicodeDecodeError:
        return line.decode("latin-1")
