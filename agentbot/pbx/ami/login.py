"""From a host name to a socket that has been logged in."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import time

from agentbot.errors import PbxError
from agentbot.pbx.ami.account import Account
from agentbot.pbx.ami.wire import MessageReader, encode
from agentbot.pbx.message import Message

__all__ = ["LoginRefusedError", "Socket", "log_in", "why_not"]

_BANNER = b"Asterisk Call Manager/"
_READ = 1 << 16

Socket = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class LoginRefusedError(PbxError):
    """Trying again soon will not help; a person has to change something."""


async def log_in(account: Account, seconds: float) -> tuple[Socket, MessageReader, list[Message]]:
    """Connect, check who answers, log in.

    The secret does not cross the wire unless that is encrypted: without TLS only the answer to the
    exchange's challenge is sent.

    Returns:
        The socket, the reader with what it holds already, and messages that came with the answer.

    Raises:
        PbxError: it cannot be reached or does not speak AMI, or not in `seconds`.
        LoginRefusedError: wrong name or secret, or not from this address.
    """
    reader, writer = await _connect(account, seconds)
    try:
        async with asyncio.timeout(seconds):
            rest = await _greeted(reader, account)
            return (reader, writer), *await _logged_in(reader, writer, account, rest)
    except TimeoutError:
        writer.transport.abort()
        raise PbxError(
            f"{account.address} takes connections but said nothing of AMI for {seconds:g} s; "
            "check that it is no HTTP or TLS port (AMI: `port` in manager.conf, usually 5038)"
        ) from None
    except OSError as error:
        writer.transport.abort()
        raise PbxError(_broken(account, error)) from None
    except BaseException:
        writer.transport.abort()
        raise


async def _connect(account: Account, seconds: float) -> Socket:
    context = account.ssl_context()
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.open_connection(account.host, account.port, ssl=context)
    except TimeoutError:
        raise PbxError(
            f"{account.address} did not answer for {seconds:g} s; check host, port and firewall"
        ) from None
    except ssl.SSLCertVerificationError as error:
        raise PbxError(
            f"{account.address}: its certificate is not trusted ({error.verify_message}); "
            "name its CA file"
        ) from None
    except ssl.SSLError as error:
        raise PbxError(
            f"{account.address} does not speak TLS ({error.reason}); "
            "check the port (`tlsbindaddr` in manager.conf) or turn TLS off"
        ) from None
    except OSError as error:
        raise PbxError(
            f"{account.address} cannot be reached ({why_not(error)}); "
            "check that Asterisk runs and `enabled = yes` is in manager.conf"
        ) from None


async def _greeted(reader: asyncio.StreamReader, account: Account) -> bytes:
    """Read the first line; give back what came after it."""
    said = b""
    while b"\n" not in said and len(said) < 200:
        data = await reader.read(_READ)
        if not data:
            break
        said += data
    line, _, rest = said.partition(b"\n")
    if line.startswith(_BANNER):
        return rest
    shown = line[:40].decode("ascii", "replace").strip()
    what = f"it says {shown!r}" if shown else "it hangs up at once"
    raise PbxError(
        f"{account.address} is no AMI port: {what}; "
        "check host and port (`port` in manager.conf, usually 5038) and its permit list"
    )


async def _logged_in(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, account: Account, rest: bytes
) -> tuple[MessageReader, list[Message]]:
    messages = MessageReader()
    came = list(messages.feed(rest, time.time()))

    async def ask(action: str, headers: dict[str, str]) -> Message:
        writer.write(encode(action, headers, action))
        await writer.drain()
        while True:
            for number, message in enumerate(came):
                if message.get("ActionID") == action and "Response" in message.headers:
                    del came[: number + 1]
                    return message
            data = await reader.read(_READ)
            if not data:
                raise PbxError(
                    f"{account.address} hung up during login; "
                    "see Asterisk's log, and `permit` and `authlimit` in manager.conf"
                )
            came.extend(messages.feed(data, time.time()))

    headers = {"Username": account.username, "Events": "on"}
    if account.tls:
        headers["Secret"] = account.secret
    else:
        challenge = (await ask("Challenge", {"AuthType": "MD5"})).get("Challenge")
        if not challenge:
            raise LoginRefusedError(
                f"{account.address} offers no MD5 login and the line is not encrypted; "
                "use TLS, so that the secret can be sent"
            )
        key = hashlib.md5((challenge + account.secret).encode(), usedforsecurity=False)
        headers |= {"AuthType": "MD5", "Key": key.hexdigest()}
    answer = await ask("Login", headers)
    if answer.get("Response") != "Success":
        raise LoginRefusedError(
            f'{account.address} refuses the login of "{account.username}" '
            f"({answer.get('Message', 'no reason given')}); "
            "check user, secret and permit in manager.conf, then `manager reload`"
        )
    return messages, came


def why_not(error: OSError) -> str:
    """Why there is no connection: asyncio puts a sentence of its own into `strerror`.

    A host that is not found has no `errno` of the system's.
    """
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)


def _broken(account: Account, error: OSError) -> str:
    return f"{account.address} broke the connection during login ({error.strerror or error})"
