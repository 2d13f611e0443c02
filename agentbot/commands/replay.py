"""`agentbot replay`: judge recordings and transcripts."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from agentbot.commands.options import Engine, Jobs, Language, cores, recognisers
from agentbot.commands.progress import progress_bar
from agentbot.core.events import Leg
from agentbot.errors import ConfigError
from agentbot.replay.batch import Batch, Outcome, State
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.results import OVERVIEW, Results
from agentbot.replay.sources import find_calls
from agentbot.settings import settings

__all__ = ["app"]

app = typer.Typer()

INTERRUPTED = 130


class Side(StrEnum):
    """Which channel (or file of a pair) is the operator."""

    LEFT = "left"
    RIGHT = "right"
    AUTO = "auto"


_CHANNELS = {
    Side.LEFT: (Leg.OPERATOR, Leg.CALLER),
    Side.RIGHT: (Leg.CALLER, Leg.OPERATOR),
    Side.AUTO: None,
}


@app.command()
def replay(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            help="Recordings, folders of them, X-in/X-out pairs, transcripts (.json), "
            "manifests (.jsonl).",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the results.", show_default=False)],
    script: Annotated[str | None, typer.Option(help="Id of the script, or a YAML file.")] = None,
    seat: Annotated[str | None, typer.Option(help="The operator's number.")] = None,
    started_at: Annotated[
        str | None,
        typer.Option(help="When the calls were answered, as 2026-09-25T09:00+08:00."),
    ] = None,
    operator: Annotated[
        Side, typer.Option(help="Channel of the operator; -in is left, -out is right.")
    ] = Side.AUTO,
    engine: Engine = None,
    jobs: Jobs = None,
    lang: Language = None,
    pages: Annotated[bool, typer.Option(help="Write an HTML page for each call.")] = True,
) -> None:
    """Judge recordings and transcripts; what is done already is not done again."""
    house, script_id = House.read().with_script(script)
    known = Source(
        call_id="",
        listed="",
        script=script_id,
        seat=seat,
        started_at=moment(started_at),
        channels=_CHANNELS[operator],
    )
    found = find_calls(inputs, known, leave_out=out)
    language = lang or settings().lang
    workers = cores(jobs)
    load = recognisers(engine, workers)
    batch = Batch(
        house=house,
        results=Results(folder=out, pages=pages, lang=language),
        lang=language,
        recogniser=load() if any(source.audio for source in found.sources) else None,
        jobs=workers,
    )
    outcome = Outcome(broken=list(found.broken))
    stopped = False
    with progress_bar() as bar, _finishing_on_interrupt():
        task = bar.add_task("judging", total=sum(source.size for source in found.sources))
        try:
            batch.run(found.sources, outcome, lambda source: bar.advance(task, source.size))
        except KeyboardInterrupt:
            stopped = True
    batch.summarise(found.sources, outcome)
    _say(outcome, out, len(found.sources) if stopped else None)
    if stopped:
        raise typer.Exit(INTERRUPTED)
    if outcome.broken:
        raise typer.Exit(1)


def _say(outcome: Outcome, out: Path, of: int | None) -> None:
    """One line for each broken call, and one with the counts; `of`: stopped before the end."""
    for broken in outcome.broken:
        typer.secho(f"{broken.source}: {broken.short}", err=True, fg=typer.colors.RED)
    judged, kept = outcome.count(State.JUDGED), outcome.count(State.KEPT)
    typer.echo(f"{judged} judged, {kept} unchanged, {len(outcome.broken)} broken")
    if of is not None:
        left = of - len(outcome.finished)
        typer.echo(f"stopped with {left} calls left; the same command goes on from here", err=True)
    typer.echo((out / OVERVIEW).resolve().as_uri())


def moment(text: str | None) -> datetime | None:
    """A date and time with its zone (without one: the house's local time)."""
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--started-at {text}: no date and time; write 2026-09-25T09:00+08:00"
        ) from None


@contextmanager
def _finishing_on_interrupt() -> Iterator[None]:
    """On the first Ctrl-C say that calls under way are finished, on the second leave at once.

    Leaving at once is safe: every file is written whole or not at all.
    """
    asked = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            os._exit(INTERRUPTED)
        asked = True
        sys.stderr.write("\nfinishing the calls under way; press again to drop them\n")
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
