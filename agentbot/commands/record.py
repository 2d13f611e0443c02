"""`agentbot record`: what an exchange says, with made-up names and numbers, for bug reports."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from agentbot.errors import ConfigError, PbxError
from agentbot.logs import configure_logs
from agentbot.pbx.ami import Account, Connected, Exchange, Lost
from agentbot.pbx.amilog import remark_line, told_lines
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.service.app import account
from agentbot.settings import settings

__all__ = ["app", "record"]

app = typer.Typer()
_NOISE = frozenset({"RTCPSent", "RTCPReceived", "TestEvent"})
_FIRST_LOGIN = 10.0


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
        int, typer.Option(min=1, max=500, help="End when the log is as large as this.")
    ] = 100,
) -> None:
    """Write down what an exchange says, with made-up names and numbers.

    The same number becomes the same other one of the same length, wherever it stands, and so does
    every word that is not the exchange's own. Numbers of two to six digits stay: seats, queues,
    extensions. Read the log through before it leaves the house.
    """
    configure_logs(quiet=True)
    recording = _Recording(Exchange(_account(exchange)), megabytes * 1_000_000)
    try:
        with log.open("xb") as file, contextlib.suppress(KeyboardInterrupt):
            asyncio.run(recording.run(file, seconds))
    except FileExistsError:
        raise ConfigError(f"{log}: is there already; name a new file") from None
    except OSError as error:
        raise ConfigError(f"{log}: {error.strerror}; name a file that can be written") from None
    except PbxError:
        log.unlink(missing_ok=True)
        raise
    typer.echo(f"{recording.messages} messages in {log}")


def _account(name: str | None) -> Account:
    exchanges = settings().exchanges
    if not exchanges:
        raise ConfigError(
            "no exchange is set; put [[exchanges]] with host and secret into agentbot.toml"
        )
    if name is None:
        return account(exchanges[0])
    for form in exchanges:
        if form.name == name:
            return account(form)
    known = ", ".join(form.name for form in exchanges)
    raise ConfigError(f"--exchange {name}: not in the settings, which have {known}")


class _Recording:
    """From the first login until its time or its room is up."""

    def __init__(self, exchange: Exchange, room: int) -> None:
        self.messages = 0
        self._exchange = exchange
        self._room = room
        self._pseudonyms = Pseudonyms()
        self._began = time.time()

    async def run(self, file: BinaryIO, seconds: float | None) -> None:
        """Record into `file`.

        Raises:
            PbxError: no login within ten seconds.
        """
        working = asyncio.create_task(self._exchange.run())
        writing = asyncio.create_task(self._write(file))
        try:
            await self._login()
            await asyncio.wait([writing], timeout=seconds)
        finally:
            writing.cancel()
            await self._exchange.close()
            await asyncio.wait([working, writing])
        if not writing.cancelled():
            writing.result()

    async def _login(self) -> None:
        until = time.monotonic() + _FIRST_LOGIN
        while not self._exchange.connected:
            problem = self._exchange.problem
            if problem or time.monotonic() > until:
                raise PbxError(problem or f"{self._exchange.account.address} does not answer")
            await asyncio.sleep(0.02)

    async def _write(self, file: BinaryIO) -> None:
        asking: asyncio.Task[None] | None = None
        try:
            async for event in self._exchange:
                match event:
                    case Connected():
                        file.write(remark_line("logged in", event.at - self._began))
                        asking = asyncio.create_task(self._ask(file))
                    case Lost():
                        file.write(remark_line("the connection was lost", event.at - self._began))
                    case Message():
                        self._tell(file, event)
                file.flush()
                if file.tell() > self._room:
                    return
        finally:
            if asking is not None:
                asking.cancel()

    async def _ask(self, file: BinaryIO) -> None:
        """What goes on already, so that the log can be read from its first line."""
        try:
            found = await self._exchange.snapshot()
        except PbxError:
            # Why not is left out: what the exchange answers may name somebody.
            file.write(remark_line("running calls are not known", time.time() - self._began))
            return
        for message in (*found.channels, *found.bridges, *found.queues):
            self._tell(file, message)

    def _tell(self, file: BinaryIO, message: Message) -> None:
        if message.event not in _NOISE:
            file.write(told_lines(self._pseudonyms.message(message), message.at - self._began))
            self.messages += 1
