"""Logging in: who is asking, from a signed cookie or a password, slowly for those who guess."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from agentbot.errors import ConfigError
from agentbot.web.accounts import Account, Accounts

__all__ = ["Doorman"]

_FREE, _FREE_ADDRESS = 5, 50
"""Wrong passwords that cost nothing: for a name, and from an address that a whole room may share."""
_LONGEST = 60.0
"""Seconds that the next attempt has to wait at most."""
_FORGET = 900.0
"""Seconds after which failures are forgotten."""
_REMEMBERED = 4096
"""Names and addresses kept in mind."""
_AT_ONCE = 2
"""Passwords verified at the same time; each takes tens of megabytes for tens of milliseconds."""


class Doorman:
    """Lets people in. `clock`: seconds that never run back."""

    def __init__(self, accounts: Accounts, clock: Callable[[], float] = time.monotonic) -> None:
        self._accounts = accounts
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._verifying = CapacityLimiter(_AT_ONCE)

    async def enter(self, connection: HTTPConnection, name: str, password: str) -> Account | None:
        """The account, if name and password are right; 429 for those who try too often."""
        address = _address(connection)
        keys = {f"{address} {name[:64]}": _FREE, address: _FREE_ADDRESS}
        wait = max(self._wait(key, free) for key, free in keys.items())
        if wait > 0:
            raise HTTPException(429, headers={"Retry-After": str(int(wait) + 1)})
        for key in keys:  # counted before it is verified, so that many at once gain nothing
            self._fail(key)
        account = await to_thread.run_sync(
            self._accounts.verify, name, password, limiter=self._verifying
        )
        if account:
            self._forgive(keys)
        return account

    def _wait(self, key: str, free: int) -> float:
        count, at = self._failed.get(key, (0, 0.0))
        if count < free:
            return 0.0
        return float(at + min(_LONGEST, 2.0 ** min(count - free, 10)) - self._clock())

    def _forgive(self, keys: Iterable[str]) -> None:
        """It was right: that attempt does not count, nor what this name got wrong before."""
        mine, address = keys
        self._failed.pop(mine, None)
        count, at = self._failed.get(address, (0, 0.0))
        if count:
            self._failed[address] = (count - 1, at)

    def _fail(self, key: str) -> None:
        now = self._clock()
        count, at = self._failed.pop(key, (0, now))
        self._failed[key] = (1 if now - at > _FORGET else count + 1, now)
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    async def who(self, connection: HTTPConnection) -> Account | None:
        """Whose request this is; None: nobody has logged in."""
        basic = connection.headers.get("authorization", "")
        if basic[:6].lower() == "basic ":
            try:
                name, _, password = base64.b64decode(basic[6:]).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return await self.enter(connection, name, password)
        kept = connection.session.get("name")
        return self._accounts.find(kept) if isinstance(kept, str) else None

    def known(self, name: str) -> Account | None:
        """The account of that name."""
        return self._accounts.find(name)

    def stays(self, name: str, seat: str) -> Callable[[], bool]:
        """Whether somebody may still see a seat, to be asked again and again."""

        def ask() -> bool:
            try:
                account = self._accounts.find(name)
            except ConfigError:
                return False
            return account is not None and account.sees(seat)

        return ask

    @staticmethod
    def token(connection: HTTPConnection) -> str:
        """The secret that every form of this session must carry."""
        session = connection.session
        if not isinstance(session.get("token"), str):
            session["token"] = secrets.token_urlsafe(24)
        return str(session["token"])

    @staticmethod
    def meant(connection: HTTPConnection, token: str) -> bool:
        """Whether a form comes from our own page."""
        if "authorization" in connection.headers:
            return True  # no browser sends it by itself, as we never ask for it
        known = connection.session.get("token")
        return isinstance(known, str) and hmac.compare_digest(known.encode(), token.encode())

    @staticmethod
    def admit(connection: HTTPConnection, account: Account) -> None:
        """Begin a new session, with nothing of the old one but its language."""
        kept = connection.session.get("lang")
        connection.session.clear()
        connection.session["name"] = account.name
        if kept:
            connection.session["lang"] = kept


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""
