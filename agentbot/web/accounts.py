"""Who may see which seat: a small file of accounts, passwords as argon2 hashes."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agentbot.errors import ConfigError

__all__ = ["Account", "Accounts", "Position"]

_HASHER = PasswordHasher()
_NAME = re.compile(r"[\w.@-]{1,64}")
_SHORTEST, _LONGEST = 8, 1024
"""Signs of a password."""
_LARGEST = 4_000_000
"""Bytes of a file of accounts."""


class Position(StrEnum):
    """What somebody is in the call centre."""

    OPERATOR = "operator"
    """Sees and marks their own seats."""
    SUPERVISOR = "supervisor"
    """Sees all seats and touches none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person."""

    name: str
    position: Position
    seats: frozenset[str]

    def sees(self, seat: str) -> bool:
        """Whether a seat's page may be shown to them."""
        return self.position is Position.SUPERVISOR or seat in self.seats

    def works_at(self, seat: str) -> bool:
        """Whether their keys count there."""
        return seat in self.seats


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str
    position: Position = Position.OPERATOR
    seats: list[str] = []


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    accounts: Annotated[dict[str, _Row], Field(max_length=10_000)] = {}


class Accounts:
    """The accounts of a JSON file, read again whenever the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._rows: dict[str, _Row] = {}
        self._dummy = _HASHER.hash("nobody's password")

    def find(self, name: str) -> Account | None:
        """The account of that name.

        Raises:
            ConfigError: the file cannot be read or is no file of accounts.
        """
        row = self._read().get(name)
        return _account(name, row) if row else None

    def verify(self, name: str, password: str) -> Account | None:
        """The account, if the password is its own; takes as long for a name that there is not."""
        row = self._read().get(name)
        try:
            _HASHER.verify(row.password if row else self._dummy, password[:_LONGEST])
        except (Argon2Error, InvalidHashError):
            return None
        return _account(name, row) if row else None

    def add(self, name: str, password: str, position: Position, seats: frozenset[str]) -> bool:
        """Add an account or replace it; True: it is new.

        Raises:
            ConfigError: the name or password cannot be used, or the file cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"no account name: {name!r}; use letters, digits and . _ @ -, 64 at most"
            )
        if not _SHORTEST <= len(password) <= _LONGEST:
            raise ConfigError(
                f"the password has {len(password)} signs; use {_SHORTEST} to {_LONGEST}"
            )
        rows = dict(self._read())
        new = name not in rows
        rows[name] = _Row(
            password=_HASHER.hash(password), position=position, seats=sorted(seats)
        )  # fmt: skip
        self._write(rows)
        return new

    def remove(self, name: str) -> bool:
        """Remove an account; False: there is none of that name."""
        rows = dict(self._read())
        if rows.pop(name, None) is None:
            return False
        self._write(rows)
        return True

    def all(self) -> tuple[Account, ...]:
        """All accounts by name."""
        return tuple(_account(name, row) for name, row in sorted(self._read().items()))

    def _read(self) -> dict[str, _Row]:
        try:
            known = self._path.stat()
        except FileNotFoundError:
            self._stamp, self._rows = None, {}
            return self._rows
        except OSError as error:
            raise ConfigError(
                f"{self._path}: {error.strerror}; check the accounts file's folder"
            ) from None
        stamp = (known.st_mtime_ns, known.st_size)
        if stamp == self._stamp:
            return self._rows
        if known.st_size > _LARGEST:
            raise ConfigError(f"{self._path}: too large for a file of accounts; name the right one")
        try:
            text = self._path.read_text(encoding="utf-8")
            self._rows = _File.model_validate_json(text).accounts
        except OSError as error:
            raise ConfigError(
                f"{self._path}: {error.strerror}; make it readable for this user"
            ) from None
        except (ValidationError, UnicodeDecodeError):
            raise ConfigError(
                f"{self._path}: no file of accounts; write it with `agentbot user add`"
            ) from None
        self._stamp = stamp
        return self._rows

    def _write(self, rows: dict[str, _Row]) -> None:
        told = {n: r.model_dump(mode="json") for n, r in sorted(rows.items())}
        beside = self._path.with_name(self._path.name + ".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"accounts": told}, file, ensure_ascii=False, indent=1)
            beside.replace(self._path)
        except OSError as error:
            raise ConfigError(
                f"{self._path}: {error.strerror}; name a file that can be written"
            ) from None
        self._stamp = None


def _account(name: str, row: _Row) -> Account:
    return Account(name=name, position=row.position, seats=frozenset(row.seats))
