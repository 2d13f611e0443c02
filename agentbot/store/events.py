"""What a live call was judged from, as lines of JSON that can be played again.

The same lines fed to a `Session` give the same verdict, to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from agentbot.core.events import Event
from agentbot.errors import StoreError

__all__ = ["read_events", "write_events"]

_KINDS = {kind.__name__: kind for kind in get_args(Event)}


def write_events(events: Iterable[Event]) -> bytes:
    """One line each: `{"event": "Heard", …}`."""
    lines = (
        {"event": type(event).__name__, **_adapter(type(event).__name__).dump_python(event, mode="json")}
        for event in events
    )  # fmt: skip
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def read_events(data: bytes, source: str) -> Iterator[Event]:
    """The events again; `source` names the file in messages.

    Raises:
        StoreError: a line is none of ours.
    """
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            fields = json.loads(line)
            name = fields.pop("event")
            yield _adapter(name).validate_python(fields)
        except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
            raise StoreError(
                f"{source}:{number}: not an event of a call; the file is damaged"
            ) from None


@cache
def _adapter(name: str) -> TypeAdapter[Event]:
    return TypeAdapter(_KINDS[name])
