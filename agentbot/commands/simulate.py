"""`agentbot simulate`: an exchange that is none, for trying things out."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from agentbot.simulate.call import SimulatedCall
from agentbot.simulate.exchange import SimulatedExchange
from agentbot.simulate.samples import bundled_calls, play, simulated_calls

__all__ = ["app", "simulate"]

app = typer.Typer()


@app.command()
def simulate(
    calls: Annotated[
        list[Path] | None,
        typer.Argument(help="Recordings, folders, manifests. Default: the bundled samples."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of AMI; 0: any that is free.")
    ] = 15038,
    secret: Annotated[str, typer.Option(help="Secret of the AMI user agentbot.")] = "simulated",  # noqa: S107
    speed: Annotated[
        float, typer.Option(min=0.1, max=100, help="How much faster than real.")
    ] = 1.0,
    lines: Annotated[int, typer.Option(min=1, max=500, help="Calls at once.")] = 1,
    number: Annotated[
        int | None, typer.Option(min=1, help="End after so many calls. Default: go on.")
    ] = None,
    queue: Annotated[
        str | None, typer.Option(help="Let the calls come through this queue.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Send this recorded AMI log instead, once.")
    ] = None,
) -> None:
    """Be a small exchange: AMI and AudioSocket over real sockets, calls from recordings.

    The first call comes in when somebody has logged in.
    """
    chosen: list[SimulatedCall] = []
    if log is None:
        chosen = simulated_calls(calls or [bundled_calls()], queue)
    queues = {queue or "repair", *(call.queue for call in chosen if call.queue)}
    exchange = SimulatedExchange(host, port, secret=secret, speed=speed, queues=sorted(queues))
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(exchange, chosen, lines, number, log))


async def _run(
    exchange: SimulatedExchange,
    calls: list[SimulatedCall],
    lines: int,
    number: int | None,
    log: Path | None,
) -> None:
    async with exchange:
        account = exchange.account()
        typer.echo(
            f"AMI at {account.address}, user {account.username}, secret {account.secret}; "
            "Ctrl-C ends it"
        )
        if log is not None:
            await exchange.replay(log)
            return
        async for call, placed in play(exchange, calls, lines=lines, number=number):
            typer.echo(f"call {placed.id} for seat {call.seat}")
