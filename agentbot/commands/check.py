"""`agentbot check`: is everything the house wrote in order?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from agentbot.authoring.house import check_house
from agentbot.authoring.places import greetings_folder, scripts_folder
from agentbot.settings import settings

__all__ = ["app", "check"]

app = typer.Typer()


@app.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files or folders; default: scripts/ and greetings/ here, else the house's own."
        ),
    ] = None,
) -> None:
    """Check scripts, greetings, notices and holidays; one line for each problem."""
    today = datetime.now().astimezone().date()
    checked = check_house(
        paths or [scripts_folder(), greetings_folder()], today, lang=settings().lang
    )
    for problem in checked.problems:
        typer.echo(str(problem))
    for warning in checked.warnings:
        typer.echo(warning)
    if checked.problems:
        raise typer.Exit(1)
    counts = Counter(checked.kinds.values())
    told = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in sorted(counts.items()))
    typer.echo(f"In order: {told}.")
