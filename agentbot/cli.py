"""The command `agentbot`: mounts the command groups, turns errors into one line."""

from __future__ import annotations

import errno
import sys
from typing import Annotated

import typer

from agentbot import __version__
from agentbot.commands import (
    bench,
    calls,
    check,
    config,
    demo,
    doctor,
    greeting,
    models,
    record,
    replay,
    schema,
    seat,
    serve,
    simulate,
    user,
)
from agentbot.errors import AgentbotError
from agentbot.logs import configure_logs
from agentbot.settings import Settings
from agentbot.settings_names import unknown_variables

__all__ = ["app", "main"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

app = typer.Typer(
    name="agentbot",
    help="Judges call-centre calls against a written script.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (
    *(replay, check, greeting, models, bench, schema),
    *(demo, serve, doctor, config, seat, user, simulate, calls, record),
):
    app.add_typer(group.app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"agentbot {__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Judges call-centre calls against a written script."""
    configure_logs()
    for line in unknown_variables(Settings):
        typer.secho(line, err=True, fg=typer.colors.YELLOW)


def main() -> None:
    """Run the command line; whatever a user can mend is one line and exit code 1."""
    try:
        app()
    except AgentbotError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        sys.exit(1)
    except OSError as error:
        if error.errno not in _NO_ROOM or error.filename:
            raise
        typer.secho(f"the output cannot be written: {error.strerror}; make room", err=True)
        sys.exit(1)
