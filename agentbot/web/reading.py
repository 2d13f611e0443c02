"""The pictures of a seat as another program reads them from the service."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import Any, TypeAlias

from agentbot.errors import ServiceError

__all__ = ["Picture", "pictures"]

Picture: TypeAlias = dict[str, Any]
"""A `SeatView` as JSON."""

_QUIET = 12.0
"""Seconds without any sign of life after which the connection is given up."""
_FIRST, _LONGEST = 0.5, 10.0
"""Seconds to wait before the second and at most before any attempt to connect again."""
_REFUSED = {
    401: "name or password is wrong; try again",
    403: "this seat is not yours to see; name another, or ask for it",
    404: "there is no such seat; name another",
    429: "too many attempts to log in; wait a minute",
}
_LARGEST = 4_000_000
"""Bytes of one line of the stream."""


def pictures(
    url: str, seat: str, name: str, password: str, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Picture | None]:
    """Each new picture; None: the connection is lost, and is sought again.

    Raises:
        ServiceError: the service refuses, or the address is none.
    """
    where = f"{url.rstrip('/')}/seat/{urllib.parse.quote(seat, safe='')}/events?as=json"
    if not where.startswith(("http://", "https://")):
        raise ServiceError(f"{url}: no address of a service; use http://HOST:PORT")
    secret = base64.b64encode(f"{name}:{password}".encode()).decode()
    request = urllib.request.Request(where, headers={"Authorization": f"Basic {secret}"})  # noqa: S310  checked above
    # The service is in the house: no proxy, whatever the environment says of others.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    wait = _FIRST
    while True:
        try:
            with opener.open(request, timeout=_QUIET) as answer:
                for picture in _read(answer):
                    wait = _FIRST
                    yield picture
        except urllib.error.HTTPError as error:
            if error.code in _REFUSED:
                raise ServiceError(f"seat {seat}: {_REFUSED[error.code]}") from None
        except (OSError, HTTPException, ValueError):
            pass
        yield None
        sleep(wait)
        wait = min(_LONGEST, wait * 2)


def _read(answer: Any) -> Iterator[Picture]:
    """The pictures of one stream: an event's data is one line, and ends with an empty one."""
    data = b""
    while line := answer.readline(_LARGEST):
        if line.startswith(b"data:"):
            data = line[5:]
        elif not line.strip():
            if data.strip() not in (b"", b"-"):
                yield json.loads(data)
            data = b""
