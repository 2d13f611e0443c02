"""`agentbot seat`: a seat's page in a terminal."""

from __future__ import annotations

import getpass
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from agentbot.commands.options import Language
from agentbot.errors import ServiceError
from agentbot.settings import settings
from agentbot.speech.devices import RATE, Devices
from agentbot.web.reading import Picture, pictures
from agentbot.web.render import words
from agentbot.web.sending import Sending
from agentbot.web.terminal import draw

__all__ = ["app", "seat"]

app = typer.Typer()


def _list(wanted: bool) -> None:
    if not wanted:
        return
    for one in Devices().all():
        note = " (loopback)" if one.loopback else " (default)" if one.default else ""
        typer.echo(f"{one.number:3} {one.name}{note}")
    raise typer.Exit


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
    headset: Annotated[
        bool,
        typer.Option(
            "--headset",
            help="Send the sound of this machine's headset, for PBXs that cannot be tapped.",
        ),
    ] = False,
    microphone: Annotated[
        str, typer.Option(help="Input that hears the operator: number or part of its name.")
    ] = "",
    caller_device: Annotated[
        str, typer.Option(help="Input that repeats what the operator hears: a monitor or loopback.")
    ] = "",
    list_devices: Annotated[  # noqa: ARG001 - its callback does it
        bool,
        typer.Option(
            "--list-devices",
            callback=_list,
            is_eager=True,
            help="List this machine's inputs and end.",
        ),
    ] = False,
) -> None:
    """Show a seat: the next line, steps, fields and alerts. Ctrl+C ends it.

    The password is asked for, or taken from AGENTBOT_PASSWORD. With --headset and no exchange that
    tells of calls, Enter begins a call and ends it.
    """
    devices = Devices() if headset else None
    chosen = devices.chosen(microphone, caller_device) if devices else {}
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
        if devices is None:
            _show(console, url, stream, language)
            return
        sending = Sending(url, number, name, password, rate=RATE)
        stop = devices.listen(chosen, sending.hear)
        threading.Thread(target=_keys, args=[sending], daemon=True).start()
        try:
            names = ", ".join(
                f"{words(language)['page'][leg.value]} {one.name}" for leg, one in chosen.items()
            )
            _show(console, url, stream, language, lambda: _below(sending, names, language))
        finally:
            stop()
            sending.close()


def _show(
    console: Console, url: str, stream: Iterator[Picture | None], lang: str,
    below: Callable[[], Text] = Text,
) -> None:  # fmt: skip
    shown: Picture | None = None
    with Live(console=console, screen=console.is_terminal, auto_refresh=False) as live:
        for picture in stream:
            shown = picture or shown
            if shown is None:
                live.update(f"{url}: …", refresh=True)
                continue
            drawn = draw(shown, lang, lost=picture is None)
            live.update(Group(drawn, below()), refresh=True)


def _below(sending: Sending, names: str, lang: str) -> Text:
    said = words(lang)["page"]
    line = Text(f"\n{said['headset'].format(names=names)}", "dim")
    if sending.state in {"lost", "busy"}:
        line.append(f"\n{said[f'headset_{sending.state}']}", "yellow")
    return line


def _keys(sending: Sending) -> None:
    """Enter begins a call and ends it."""
    for _ in sys.stdin:
        sending.turn()


def _once(console: Console, url: str, stream: Iterator[Picture | None], lang: str) -> None:
    picture = next(stream)
    if picture is None:
        raise ServiceError(f"{url} does not answer; is `agentbot serve` running there?")
    console.print(draw(picture, lang, lost=False))
