"""`agentbot user`: who may log in to the live pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from agentbot.errors import ConfigError
from agentbot.settings import settings
from agentbot.web.accounts import Accounts, Position

__all__ = ["app"]

app = typer.Typer()
users = typer.Typer(no_args_is_help=True, help="Who may log in to the live pages.")
app.add_typer(users, name="user")

_File = Annotated[
    Path | None,
    typer.Option("--accounts", help="File of accounts.", show_default="AGENTBOT_ACCOUNTS"),
]


def _accounts(file: Path | None) -> Accounts:
    return Accounts(file or settings().accounts)


@users.command()
def add(
    name: str,
    seat: Annotated[
        list[str] | None, typer.Option(help="A seat they work at; may be given again.")
    ] = None,
    supervisor: Annotated[bool, typer.Option("--supervisor", help="Sees all seats.")] = False,
    accounts: _File = None,
) -> None:
    """Add somebody, or change their password, seats and position.

    The password is asked for, or taken from AGENTBOT_PASSWORD.
    """
    seats = frozenset(seat or ())
    if not seats and not supervisor:
        raise ConfigError(f"{name} would see nothing; add --seat NUMBER or --supervisor")
    password = os.environ.get("AGENTBOT_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    position = Position.SUPERVISOR if supervisor else Position.OPERATOR
    new = _accounts(accounts).add(name, password, position, seats)
    typer.echo(f"{name} {'added' if new else 'changed'}.")


@users.command("list")
def show(accounts: _File = None) -> None:
    """List the accounts."""
    for account in _accounts(accounts).all():
        typer.echo(f"{account.name}\t{account.position}\t{' '.join(sorted(account.seats))}")


@users.command()
def remove(name: str, accounts: _File = None) -> None:
    """Remove somebody; they are logged out at once."""
    if not _accounts(accounts).remove(name):
        raise ConfigError(f"there is no account {name}; `agentbot user list` shows all")
    typer.echo(f"{name} removed.")
