"""Does somebody answer where the exchange should be, and is it AMI?"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from typing import Final

from agentbot.doctor.check import Check, failed, fine
from agentbot.errors import PbxError
from agentbot.pbx.ami import Account
from agentbot.pbx.ami.login import why_not

__all__ = ["reach"]

_CONNECT: Final = 4.0
_GREETING: Final = 2.0
_BANNER: Final = b"Asterisk Call Manager/"


async def reach(account: Account) -> tuple[Check, ...]:
    """Two lines, reachability and protocol; the second only if the first is well."""
    began = time.monotonic()
    try:
        context = account.ssl_context()
        async with asyncio.timeout(_CONNECT):
            reader, writer = await asyncio.open_connection(account.host, account.port, ssl=context)
    except (OSError, PbxError) as error:
        return (_unreached(error, account),)
    took = round((time.monotonic() - began) * 1000, 1)
    how = "TLS" if account.tls else "TCP"
    try:
        found = await _protocol(reader, writer, account)
    finally:
        writer.transport.abort()
    return fine("reach", "ok", address=account.address, ms=took, how=how), found


def _unreached(error: OSError | PbxError, account: Account) -> Check:
    where = {"address": account.address}
    match error:
        case TimeoutError():
            return failed("reach", "silent", seconds=f"{_CONNECT:g}", **where)
        case ssl.SSLCertVerificationError():
            return failed("reach", "certificate", problem=error.verify_message, **where)
        case ssl.SSLError():
            return failed("reach", "no_tls", problem=str(error.reason), **where)
        case ConnectionRefusedError():
            return failed("reach", "refused", port=account.port, **where)
        case OSError():
            return failed("reach", "unreachable", problem=why_not(error), **where)
    return failed("reach", "trust", problem=str(error))


async def _protocol(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, account: Account
) -> Check:
    where = {"address": account.address}
    said = await _line(reader)
    if said.startswith(_BANNER):
        return fine("protocol", version=said.removeprefix(_BANNER).decode("ascii", "replace"))
    if said is _SILENCE:
        # A web server waits to be asked.
        with contextlib.suppress(OSError):
            writer.write(b"HEAD / HTTP/1.0\r\n\r\n")
            await writer.drain()
        said = await _line(reader)
    if said.startswith(b"HTTP/"):
        return failed("protocol", "http", port=account.port, **where)
    if said.startswith(b"\x15\x03"):
        return failed("protocol", "tls", port=account.port, **where)
    if said is _SILENCE:
        return failed("protocol", "silent", seconds=f"{_GREETING:g}", **where)
    if not said:
        return failed("protocol", "hangs_up", **where)
    shown = said[:40].decode("ascii", "replace").strip()
    return failed("protocol", "other", shown=repr(shown), **where)


_SILENCE: Final = b"\0nothing"


async def _line(reader: asyncio.StreamReader) -> bytes:
    """The first line; empty: it hung up; `_SILENCE`: it said nothing."""
    try:
        async with asyncio.timeout(_GREETING):
            data = await reader.read(200)
    except TimeoutError:
        return _SILENCE
    except OSError:
        return b""
    return data.partition(b"\n")[0].strip()
