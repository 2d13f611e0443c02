"""`agentbot seat`: a seat's page in a terminal."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live

from agentbot.commands.options import Language
from agentbot.errors import ServiceError
from agentbot.settings import settings
from agentbot.web.reading import Picture, pictures
from agentbot.web.terminal import draw

__all__ = ["app", "seat"]

app = typer.Typer()


@app.command()
def seat(
    number: Annotated[str, typer.Argument(help="The seat, e.g. 1001.")],
    url: Annotated[
        str, typer.Option(envvar="AGENTBOT_URL", help="Where the service's pages are.")
    ] = "http://127.0.0.1:8080",
    user: Annotated[
        str | None, typer.Option(help="Name to log in with.", show_default="name of this user")
    ] = None,
    lang: Language = None,
    once: Annotated[bool, typer.Option("--once", help="Print one picture and end.")] = False,
) -> None:
    """Show a seat: the next line, steps, fields and alerts. Ctrl+C ends it.

    The password is asked for, or taken from AGENTBOT_PASSWORD.
    """
    name = user or getpass.getuser()
    password = os.environ.get("AGENTBOT_PASSWORD") or typer.prompt(
        f"Password of {name}", hide_input=True, err=True
    )
    language = lang or settings().lang
    console = Console()
    stream = pictures(url, number, name, password)
    with suppress(KeyboardInterrupt):
        if once:
            _once(console, url, stream, language)
            return
        shown: Picture | None = None
        with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
            for picture in stream:
                shown = picture or shown
                if shown is None:
                    live.update(f"{url}: …", refresh=True)
                else:
                    live.update(draw(shown, language, lost=picture is None), refresh=True)


def _once(console: Console, url: str, stream: Iterator[Picture | None], lang: str) -> None:
    picture = next(stream)
    if picture is None:
        raise ServiceError(f"{url} does not answer; is `agentbot serve` running there?")
    console.print(draw(picture, lang, lost=False))
