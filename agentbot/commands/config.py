"""`agentbot config`: every setting, its value and where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel, SecretStr

from agentbot.settings import CONFIG, Settings, settings, where_set

__all__ = ["ConfigOption", "app", "config", "rows", "use"]

app = typer.Typer()

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file (TOML).", show_default="agentbot.toml"),
]


@app.command()
def config(file: ConfigOption = None) -> None:
    """Print each setting with its value, where that comes from, and what it is for."""
    use(file)
    for key, value, source, help_ in rows(settings()):
        typer.echo(f"{'.'.join(map(str, key))} = {value}")
        typer.echo(f"    {source}: {help_}")


def use(file: Path | None) -> None:
    """Take the settings from this file."""
    if file is not None:
        os.environ[CONFIG] = str(file)
        settings.cache_clear()


def rows(of: Settings) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    """Key, value (secrets masked), source and help of each setting."""
    yield from _rows(of, ())


def _rows(
    model: BaseModel, above: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    for name, field in type(model).model_fields.items():
        key, value, help_ = (*above, name), getattr(model, name), field.description or ""
        if isinstance(value, BaseModel):
            yield from _rows(value, key)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for number, item in enumerate(value):
                yield from _rows(item, (*key, number))
        else:
            yield key, _text(value), where_set(key), help_


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return "****" if value.get_secret_value() else "(none)"
    if isinstance(value, dict):
        return ", ".join(f"{k} says {v}" for k, v in value.items()) or "(none)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    return "(none)" if value is None or value == "" else str(value)
