"""`agentbot serve`: follow live calls."""

from __future__ import annotations

import asyncio

import typer

from agentbot.commands.config import ConfigOption, use
from agentbot.commands.options import Engine, cores
from agentbot.logs import configure_logs
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.service.limits import allow_many_files
from agentbot.service.memory import few_heaps
from agentbot.settings import settings
from agentbot.speech.engines import open_engine

__all__ = ["app", "serve"]

app = typer.Typer()


@app.command()
def serve(file: ConfigOption = None, engine: Engine = None) -> None:
    """Follow the calls of the exchanges, show each seat its next line, keep the verdicts.

    Runs until SIGTERM or Ctrl-C; calls under way are then saved.
    """
    use(file)
    few_heaps()
    house = House.read()
    # Live legs and what can wait must not stand in each other's way.
    threads = max(2, cores(None))
    recogniser, why = open_engine(engine or settings().engine, threads)
    service = Service(settings(), recogniser, threads, house)
    if not settings().exchanges:
        typer.secho(
            "no exchange is set: nothing will come; see exchanges in agentbot.toml", err=True
        )
    typer.echo(f"engine: {why}", err=True)
    configure_logs(json=True)
    allow_many_files()

    def ready() -> None:
        typer.echo(f"pages: http://{settings().web.host}:{service.web_port}/", err=True)

    asyncio.run(service.serve(ready))
