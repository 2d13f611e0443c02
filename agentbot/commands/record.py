"""`agentbot record`: what an exchange says, with made-up names and numbers, for bug reports."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from agentbot.core.calls.events import TalkBegan
from agentbot.errors import ConfigError, PbxError
from agentbot.logs import configure_logs
from agentbot.pbx.ami import Exchange
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.sound import Route
from agentbot.service.app import account, rules_of
from agentbot.service.recording import Recording
from agentbot.service.sound import Taps
from agentbot.service.tape import Room
from agentbot.service.tapes import MANIFEST, Tapes
from agentbot.settings import settings
from agentbot.settings_form import ExchangeForm

__all__ = ["app", "record"]

app = typer.Typer()
_SOUND = (
    "The recordings hold the voices of both parties and all that they say: names, addresses, "
    "numbers. Sound cannot be pseudonymised: give it only to those who may hear the calls."
)


@app.command()
def record(
    log: Annotated[Path, typer.Argument(help="File to write; read it with `agentbot calls`.")],
    exchange: Annotated[
        str | None, typer.Option(help="Name of the exchange in the settings. Default: the first.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="How long. Default: until Ctrl-C.")
    ] = None,
    megabytes: Annotated[
        int, typer.Option(min=1, max=5000, help="End when all that is written is as large as this.")
    ] = 100,
    audio: Annotated[
        bool,
        typer.Option(
            "--audio",
            help="Record both legs of each talk as well, into LOG.audio with a manifest for "
            "`agentbot replay`. Voices and what they say stay as they are.",
        ),
    ] = False,
) -> None:
    """Write down what an exchange says, with made-up names and numbers.

    The same number becomes the same other one of the same length, wherever it stands, and so does
    every word that is not the exchange's own. Numbers of two to six digits stay: seats, queues,
    extensions. Read the log through before it leaves the house.
    """
    configure_logs(quiet=True)
    form = _exchange(exchange)
    taps = Taps(settings().sound, settings().exchanges) if audio else None
    folder = log.with_name(f"{log.name}.audio")
    recording = _recording(form, Room(megabytes * 1_000_000), taps, folder)
    try:
        with log.open("xb") as file:
            if audio:
                folder.mkdir(mode=0o700)
                typer.echo(_SOUND, err=True)
            with contextlib.suppress(KeyboardInterrupt):
                asyncio.run(_run(recording, taps, file, seconds))
    except FileExistsError as error:
        if error.filename == str(folder):
            log.unlink()
        raise ConfigError(f"{error.filename}: is there already; name a new file") from None
    except OSError as error:
        raise ConfigError(f"{log}: {error.strerror}; name a file that can be written") from None
    except (PbxError, ConfigError):
        log.unlink(missing_ok=True)
        if audio:
            folder.rmdir()
        raise
    typer.echo(f"{recording.messages} messages in {log}")
    if recording.tapes is not None:
        number = recording.tapes.written
        typer.echo(f"{number} talk{'' if number == 1 else 's'} in {folder / MANIFEST}")


def _exchange(name: str | None) -> ExchangeForm:
    exchanges = settings().exchanges
    if not exchanges:
        raise ConfigError(
            "no exchange is set; put [[exchanges]] with host and secret into agentbot.toml"
        )
    if name is None:
        return exchanges[0]
    for form in exchanges:
        if form.name == name:
            return form
    known = ", ".join(form.name for form in exchanges)
    raise ConfigError(f"--exchange {name}: not in the settings, which have {known}")


def _recording(form: ExchangeForm, room: Room, taps: Taps | None, folder: Path) -> Recording:
    exchange, pseudonyms = Exchange(account(form)), Pseudonyms()
    return Recording(
        exchange, room, pseudonyms, seats=form.seats,
        tapes=None if taps is None else Tapes(
            folder=folder, route=lambda: _route(taps, exchange), pseudonyms=pseudonyms, room=room,
            script=_script, number=lambda seat: settings().seats.get(seat, seat),
            tell=lambda text: typer.echo(text, err=True),
        ),
    )  # fmt: skip


def _route(taps: Taps, exchange: Exchange) -> Route:
    route = taps.route(exchange)
    if route is None:
        raise ConfigError("sound.route is none; set another route, or record without --audio")
    return route


def _script(talk: TalkBegan) -> str | None:
    """What the settings say; no script need be there."""
    rules = rules_of(settings())
    named = talk.variables.get("AGENTBOT_SCRIPT", "")
    if named in {rule.script for rule in rules}:
        return named
    return next((rule.script for rule in rules if rule.fits(talk)), None)


async def _run(
    recording: Recording, taps: Taps | None, file: BinaryIO, seconds: float | None
) -> None:
    if taps is None:
        await recording.run(file, seconds)
        return
    try:
        await taps.open()
        await recording.run(file, seconds)
    finally:
        await taps.close()
