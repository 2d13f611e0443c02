"""`agentbot doctor`: what a live call needs, looked at one by one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Annotated, Final

import typer

from agentbot.commands.config import ConfigOption, use
from agentbot.commands.options import Engine, cores
from agentbot.doctor.check import Check, State
from agentbot.doctor.examine import examine
from agentbot.doctor.waiting import left_behind
from agentbot.doctor.words import catalogue, line
from agentbot.logs import configure_logs
from agentbot.settings import settings

__all__ = ["app", "doctor"]

app = typer.Typer()

_COLOURS: Final = {
    State.OK: typer.colors.GREEN,
    State.WARNING: typer.colors.YELLOW,
    State.FAILED: typer.colors.RED,
}


@app.command()
def doctor(
    file: ConfigOption = None,
    engine: Engine = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of lines.")
    ] = False,
) -> None:
    """Try everything `agentbot serve` needs: exchange, sound, recogniser, ports, disk, house.

    Takes a minute at most and changes nothing. A call to itself is made at each exchange; it
    rings no phone. Exit code 1 where something has to be mended.
    """
    use(file)
    configure_logs(quiet=True)
    began = time.monotonic()
    found = asyncio.run(_examine(engine or settings().engine, show=not as_json))
    worst = any(check.state is State.FAILED for check in found)
    if as_json:
        seconds = round(time.monotonic() - began, 1)
        whole = {"ok": not worst, "seconds": seconds, "checks": [_told(c) for c in found]}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        _sum_up(found)
    if left_behind():
        # A disk that hangs or an engine that is still loading would hold up the end, or break it.
        sys.stdout.flush()
        os._exit(int(worst))
    if worst:
        raise typer.Exit(1)


async def _examine(engine: str, *, show: bool) -> list[Check]:
    found = []
    async for check in examine(settings(), engine, max(2, cores(None))):
        found.append(check)
        if show:
            _show(check)
    return found


def _show(check: Check) -> None:
    words, lang = line(check, settings().lang), settings().lang
    mark = typer.style(catalogue(lang)["states"][check.state], fg=_COLOURS[check.state])
    where = f" [{check.exchange}]" if check.exchange else ""
    mend = f" → {words.mend}" if words.mend else ""
    typer.echo(f"{mark}  {words.title}{where}: {' '.join((words.found + mend).split())}")


def _sum_up(found: list[Check]) -> None:
    counts = {state.value: sum(check.state is state for check in found) for state in State}
    typer.echo(catalogue(settings().lang)["sum"]["text"].format_map(counts))


def _told(check: Check) -> dict[str, object]:
    words = line(check, settings().lang)
    return {
        "subject": check.subject, "state": check.state, "said": check.said,
        "exchange": check.exchange or None, "title": words.title, "found": words.found,
        "mend": words.mend or None, "values": dict(check.values),
    }  # fmt: skip
