"""Recorded AMI logs, read back as messages.

Two forms: the raw one (`# SECONDS <` or `>`, then the message with its CRLFs and an empty
line; `# SECONDS --- text` is a remark), and JSON: a list of events, or one event a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentbot.core.calls.stamp import stamp
from agentbot.errors import PbxError
from agentbot.pbx.ami.wire import parse
from agentbot.pbx.message import Message

__all__ = ["read_log", "remark_line", "told_lines"]

_MARK = re.compile(rb"^# (?P<seconds>\d+(?:\.\d+)?) (?P<way><|>|---)[^\n]*\n?", re.MULTILINE)
_TICK = 0.001
_LARGEST = 512 * 1024 * 1024
"""Bytes of one log."""


def read_log(path: Path) -> Iterator[Message]:
    """Messages the exchange sent, in order.

    `at` is in seconds since 1970 where any event carries a Timestamp, else in seconds of the log;
    in JSON without either, events are a millisecond apart.

    Raises:
        PbxError: no such file, too large, or neither of the two forms.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise PbxError(f"{path}: larger than 512 MiB; split it")
        raw = path.read_bytes()
    except OSError as error:
        raise PbxError(f"{path}: {error.strerror or error}; name an AMI log") from None
    head = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not head:
        raise PbxError(f"{path}: empty; name an AMI log")
    if head in {b"[", b"{"}:
        return _from_json(path, raw)
    if _MARK.search(raw) is None:
        raise PbxError(
            f"{path}: no AMI log; it needs lines `# SECONDS <` before each message, or JSON events"
        )
    return _from_raw(raw)


def _from_raw(raw: bytes) -> Iterator[Message]:
    marks = list(_MARK.finditer(raw))
    ends = [*(mark.start() for mark in marks[1:]), len(raw)]
    told = [
        parse(body, float(mark["seconds"]))
        for mark, end in zip(marks, ends, strict=True)
        if mark["way"] == b"<" and b":" in (body := raw[mark.end() : end])
    ]
    start = next((at - m.at for m in told if (at := _told(m)) is not None), 0.0)
    return (replace(message, at=message.at + start) for message in told)


def _told(message: Message) -> float | None:
    """Seconds since 1970, where the exchange tells them."""
    return stamp(message.get("Timestamp"))


def _from_json(path: Path, raw: bytes) -> Iterator[Message]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PbxError(f"{path}: not UTF-8; save the JSON as UTF-8") from None
    try:
        try:
            found: Any = json.loads(text)
        except json.JSONDecodeError:
            found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError) as error:
        raise PbxError(
            f"{path}: no JSON ({error}); name a list of events, or one event a line"
        ) from None
    events = found if isinstance(found, list) else [found]
    told = [_message(path, number, event) for number, event in enumerate(events, 1)]
    if not any(message.event for message in told):
        raise PbxError(f"{path}: no event in it (`Event`); name a list of events of an exchange")
    at = next((told_at for m in told if (told_at := _told(m)) is not None), 0.0)
    for index, message in enumerate(told):
        at = max(at + _TICK, _told(message) or 0.0)
        told[index] = replace(message, at=at)
    return iter(told)


def _message(path: Path, number: int, event: Any) -> Message:
    if not isinstance(event, dict):
        raise PbxError(f"{path}: item {number} is no event; each must be an object of headers")
    headers: dict[str, str] = {}
    repeated: dict[str, tuple[str, ...]] = {}
    for key, value in event.items():
        if isinstance(value, list):
            values = tuple(str(item) for item in value)
            if values:
                headers[key] = values[-1]
                repeated[key] = values
        elif isinstance(value, dict):
            repeated[key] = tuple(f"{name}={item}" for name, item in value.items())
        else:
            headers[key] = "" if value is None else str(value)
    return Message(headers=headers, repeated=repeated)


def told_lines(message: Message, seconds: float) -> bytes:
    """One message as a raw log has it, so many seconds after the log began."""
    lines = [f"# {seconds:.6f} <\n"]
    for key in message.headers:
        lines += [f"{key}: {value}\r\n" if key else f"{value}\r\n" for value in message.all(key)]
    return "".join([*lines, "\r\n"]).encode("utf-8", "surrogateescape")


def remark_line(text: str, seconds: float) -> bytes:
    """What happened, for those who read the log."""
    return f"# {seconds:.6f} --- {' '.join(text.split())}\n".encode()
