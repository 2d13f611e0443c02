"""`agentbot demo`: the whole product on this machine, with a simulated exchange and sample calls."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from pydantic import SecretStr

from agentbot.commands.options import Engine, Language, cores
from agentbot.errors import ConfigError
from agentbot.logs import configure_logs
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.settings import Settings, house, settings
from agentbot.settings_form import AgiForm, ExchangeForm, StoreForm, WebForm
from agentbot.settings_sound import SoundForm
from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.exchange import Placed, SimulatedExchange
from agentbot.simulate.samples import bundled_calls, simulated_calls
from agentbot.speech.engines import open_engine
from agentbot.web.accounts import Accounts, Position

__all__ = ["app", "demo"]

app = typer.Typer()

_FIRST_SEAT: Final = 1001
_NAME: Final = "demo"
_LOOKED_AT: Final = 30.0
"""Seconds for which the first call waits for somebody to look."""
_APART: Final = 5.0
"""Seconds between the first calls of two seats."""
_PAUSE: Final = 4.0
"""Seconds between two calls of a seat: time to read the verdict."""
_JUDGED: Final = 60.0
"""Seconds that a verdict may take after the call."""


@app.command()
def demo(
    recordings: Annotated[
        list[Path] | None,
        typer.Argument(help="Recordings, folders, manifests. Default: the bundled samples."),
    ] = None,
    script: Annotated[
        str | None, typer.Option(help="Script of recordings that no manifest tells.")
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            min=1, help="Calls at each seat.", show_default="no end in a terminal, else 1"
        ),
    ] = None,
    seats: Annotated[
        int | None,
        typer.Option(
            min=1, max=20, help="Seats that take calls.", show_default="3; on a single core 1"
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the pages; 0: any.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page where a browser is.")] = True,
    engine: Engine = None,
    lang: Language = None,
) -> None:
    """Sample calls, good and bad, in real time: heard, prompted and judged as in service.

    Everything is on 127.0.0.1 and gone when it ends. Ctrl-C ends it.
    """
    watched = sys.stdout.isatty()
    configure_logs(quiet=True)
    calls = [
        _with_script(call, script) for call in simulated_calls(recordings or [bundled_calls()])
    ]
    bundled = None if recordings else house()
    rules = House.read(bundled and bundled / "scripts", bundled and bundled / "greetings")
    threads = max(2, cores(None))
    seats = seats or (3 if cores(None) > 1 else 1)
    names = [str(_FIRST_SEAT + number) for number in range(seats)]
    recogniser, why = open_engine(engine or settings().engine, threads)
    typer.echo(f"engine: {why}")
    with TemporaryDirectory(prefix="agentbot-demo-", ignore_cleanup_errors=True) as folder:
        exchange = SimulatedExchange(secret=secrets.token_urlsafe(16))

        async def show() -> bool:
            async with exchange:
                own = _settings(Path(folder), port, exchange, names, lang or settings().lang)
                service = Service(own, recogniser, threads, rules)
                async with service.running():
                    _invite(service, Accounts(own.accounts), names, browser=browser and watched)
                    stage = _Stage(exchange, service, names, calls)
                    return await stage.play(rounds or (None if watched else 1), wait=watched)

        judged = asyncio.run(show())
    sys.stdout.flush()
    sys.stderr.flush()
    # Not waiting for what is still being heard again: nobody will ask for it.
    os._exit(0 if judged else 1)


def _with_script(call: SimulatedCall, script: str | None) -> SimulatedCall:
    if "AGENTBOT_SCRIPT" in call.variables:
        return call
    if script is None:
        raise ConfigError("which script? give --script, or a manifest that tells it")
    return replace(call, variables={"AGENTBOT_SCRIPT": script})


def _settings(
    folder: Path, port: int, exchange: SimulatedExchange, seats: Sequence[str], lang: str
) -> Settings:
    """Nothing of this machine's settings but those of its house."""
    account = exchange.account()
    form = ExchangeForm(name=account.name, port=account.port, secret=SecretStr(account.secret))
    return settings().model_copy(
        update={
            "lang": lang, "exchanges": (form,), "rules": (), "seats": {seat: seat for seat in seats},
            "accounts": folder / "accounts.json", "stop_seconds": 0.3,
            "store": StoreForm(folder=folder / "calls", sound=True),
            "web": WebForm(port=port), "sound": SoundForm(), "agi": AgiForm(enabled=False),
        }
    )  # fmt: skip


def _invite(service: Service, accounts: Accounts, seats: Sequence[str], *, browser: bool) -> None:
    """Print how to get in, and open the page where there is a browser."""
    password = secrets.token_urlsafe(9)
    accounts.add(_NAME, password, Position.SUPERVISOR, frozenset(seats))
    address = f"http://127.0.0.1:{service.web_port}"
    link = f"{address}{service.keys.issue(_NAME)}?to=/seat/{seats[0]}"
    typer.echo(f"page (this link lets you in once): {link}")
    typer.echo(f"or {address}/ as {_NAME}, password {password}")
    typer.echo("Ctrl-C ends it, and nothing is kept")
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    # Without a screen a browser of the terminal would come up, in the way of Ctrl-C.
    if browser and (screen or sys.platform in {"darwin", "win32"}):
        # Some browsers come back only when they are closed.
        threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()


@dataclass(frozen=True, slots=True)
class _Stage:
    """The calls of all seats, each after the other."""

    exchange: SimulatedExchange
    service: Service
    seats: Sequence[str]
    calls: Sequence[SimulatedCall]

    async def play(self, rounds: int | None, *, wait: bool) -> bool:
        """Play so many calls at each seat (None: no end), or until Ctrl-C.

        `wait`: the first one comes when somebody looks. False: a call was not judged.
        """
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        playing = asyncio.create_task(self._all(rounds, _LOOKED_AT if wait else 0.0))
        await asyncio.wait({stopping, playing}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            return playing.result()
        playing.cancel()
        return True

    async def _all(self, rounds: int | None, wait: float) -> bool:
        await self.exchange.somebody()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.service.keys.used.wait(), wait)
        turns = [self._seat(number, rounds) for number in range(len(self.seats))]
        return all(await asyncio.gather(*turns))

    async def _seat(self, number: int, rounds: int | None) -> bool:
        """Each seat begins with another call, a bad one first."""
        await asyncio.sleep(number * _APART)
        first = (number + 1) % len(self.calls)
        order = [*self.calls[first:], *self.calls[:first]]
        judged = True
        telling: asyncio.Task[bool] | None = None
        for turn, call in enumerate(islice(cycle(order), rounds)):
            await asyncio.sleep(_PAUSE if turn else 0.0)
            placed = self._place(self.seats[number], call)
            await placed.over()
            judged &= telling is None or await telling
            telling = asyncio.create_task(self._tell(self.seats[number], placed.id))
        return judged and (telling is None or await telling)

    def _place(self, seat: str, call: SimulatedCall) -> Placed:
        number = {"AGENTBOT_OPERATOR": call.seat}
        return self.exchange.place(replace(call, seat=seat, variables={**call.variables, **number}))

    async def _tell(self, seat: str, call: str) -> bool:
        """Print the verdict on the whole call when it is there; False: it never was."""
        floor, loop = self.service.floor, asyncio.get_running_loop()
        until = loop.time() + _JUDGED
        verdict = None
        while loop.time() < until:
            verdict = floor.verdict_of(call)
            if verdict is not None and floor.settled(call):
                break
            await asyncio.sleep(0.1)
        if verdict is None:
            typer.secho(f"seat {seat}: a call was not judged", err=True)
            return False
        score = "-" if verdict.score is None else f"{verdict.score:g}"
        told = "; ".join(finding.message for finding in verdict.findings)
        typer.echo(f"seat {seat}: {score} points{told and f' ({told})'}")
        return True
