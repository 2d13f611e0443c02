"""`agentbot schema`: what the JSON of a verdict holds."""

from __future__ import annotations

import json

import typer

from agentbot.report.encode import schema as verdict_schema

__all__ = ["app", "schema"]

app = typer.Typer()


@app.command()
def schema() -> None:
    """Print the JSON Schema (draft 2020-12) of the verdict that `replay` writes per call."""
    typer.echo(json.dumps(verdict_schema(), ensure_ascii=False, indent=2))
