"""`agentbot greeting`: what must be said at the beginning of a call, and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from agentbot.authoring.greetings import load_greetings
from agentbot.authoring.places import greetings_folder
from agentbot.errors import ConfigError
from agentbot.settings import settings

__all__ = ["app", "greeting"]

app = typer.Typer()

_LABELS = {
    "zh": ("应说", "原因", "提醒"),
    "en": ("say", "why", "warning"),
}


@app.command()
def greeting(
    *,
    at: Annotated[
        str | None,
        typer.Option(help="When the call is answered: 2026-09-25T09:00+08:00; default: now."),
    ] = None,
    seat: Annotated[str | None, typer.Option(help="The operator's number.")] = None,
    greeting_set: Annotated[
        str | None, typer.Option("--greeting", help="Only this greeting set; default: all.")
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Queue of the call, for its notices.")] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the reason.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--greetings", help="Folder of the greeting sets.")
    ] = None,
) -> None:
    """Print which greeting is due at a moment, with the words and the reason."""
    moment = _moment(at)
    language = lang or settings().lang
    say, why, warning = _LABELS[language]
    greetings = load_greetings(folder or greetings_folder())
    for name in [greeting_set] if greeting_set else list(greetings.sets):
        due = greetings.due(name, moment, seat, queue, lang=language)
        text = next(one.text for one in due.variants if one.id == due.variant)
        typer.echo(f"{name}: {due.variant}")
        typer.echo(f"  {say}: {text}")
        typer.echo(f"  {why}: {due.why}")
        if due.warning:
            typer.echo(f"  {warning}: {due.warning}")
    ahead = greetings.outlook(moment.date(), lang=language)
    if ahead:
        typer.echo(f"{warning}: {ahead}")


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now().astimezone()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--at {text}: no date and time; write 2026-09-25T09:00+08:00") from None
