"""`agentbot bench`: how well and how fast."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from agentbot.bench.accuracy import Bench, Listening, from_audio, from_files, from_truth, report
from agentbot.bench.ami import compare as compare_ami
from agentbot.bench.live.figures import table
from agentbot.bench.live.run import Part
from agentbot.bench.live.run import Task as LiveTask
from agentbot.bench.live.run import run as run_live
from agentbot.bench.replay import Task, compare, runs
from agentbot.bench.tables import error_table, pairs, tables
from agentbot.bench.tracking import compare_tracking
from agentbot.bench.truth import read_truths
from agentbot.commands.options import Engine, Jobs, cores, recognisers, threads_each
from agentbot.commands.progress import progress_bar
from agentbot.errors import RecordingError
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.sources import find_calls
from agentbot.report.files import write_atomically
from agentbot.settings import settings

__all__ = ["app"]

app = typer.Typer(name="bench", help="How well and how fast.", no_args_is_help=True)


@app.command()
def accuracy(
    calls: Annotated[Path, typer.Argument(help="Folder, or JSON Lines file, of calls with truth.")],
    transcripts: Annotated[
        str,
        typer.Option(
            help="truth: the true texts; audio: recognise; or files beside the calls, "
            "as *.other.json with * for the call id."
        ),
    ] = "audio",
    script: Annotated[
        str | None, typer.Option(help="Script of calls whose truth names none: id or YAML file.")
    ] = None,
    engine: Engine = None,
    jobs: Jobs = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many calls.")] = None,
    heard: Annotated[
        Path | None, typer.Option(help="Keep what was heard in this folder, and use it again.")
    ] = None,
    errors: Annotated[bool, typer.Option(help="List every difference.")] = False,
    out: Annotated[Path | None, typer.Option("--json", help="Write all figures there.")] = None,
) -> None:
    """Hold verdicts against the truth: precision, recall, coverage, error rates, speed."""
    truths = read_truths(calls)[:limit]
    workers = cores(jobs)
    hear: Listening
    match transcripts:
        case "truth":
            hear = from_truth
        case "audio":
            if silent := [truth.id for truth in truths if not truth.sound]:
                raise RecordingError(
                    f"{calls}: {silent[0]} has no recording; take --transcripts truth"
                )
            hear = from_audio(recognisers(engine, workers), heard)
        case _:
            hear = from_files(transcripts)
    house, script_id = House.read().with_script(script)
    bench = Bench(house=house, hear=hear, script=script_id, lang="en", jobs=workers)
    began = time.perf_counter()
    with progress_bar() as bar:
        task = bar.add_task("judging", total=len(truths))
        measured = bench.run(truths, lambda: bar.advance(task))
    figures = report(measured, time.perf_counter() - began, workers)
    console = Console()
    console.print(tables(figures))
    if errors:
        console.print(error_table(figures["errors"]))
    if out is not None:
        text = json.dumps(figures, ensure_ascii=False, indent=1)
        write_atomically(out, f"{text}\n".encode())


@app.command()
def replay(
    calls: Annotated[list[Path], typer.Argument(help="Recordings, folders, manifests.")],
    script: Annotated[str | None, typer.Option(help="Id of the script, or a YAML file.")] = None,
    engine: Engine = None,
    jobs: Jobs = None,
    rounds: Annotated[int, typer.Option(min=1, max=99, help="Runs of each.")] = 3,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures there.")] = None,
) -> None:
    """Time and memory of `agentbot replay` against the bare recogniser on the same sound."""
    house, script_id = House.read().with_script(script)
    found = find_calls(calls, Source(call_id="", listed="", script=script_id))
    for broken in found.broken:
        raise RecordingError(f"{broken.source}: {broken.reason}")
    sources = tuple(source for source in found.sources if source.audio)
    if not sources:
        raise RecordingError(f"{calls[0]}: no recordings are there; name a folder of them")
    workers = cores(jobs)
    task = Task(
        house=house,
        sources=sources,
        engine=engine or settings().engine,
        threads=threads_each(workers),
        jobs=workers,
    )
    done = []
    with progress_bar() as bar:
        line = bar.add_task("running", total=2 * rounds)
        for run in runs(task, rounds):
            done.append(run)
            bar.advance(line)
    figures = compare(done)
    Console().print(pairs("replay against the bare recogniser", figures))
    if out is not None:
        write_atomically(out, f"{json.dumps(figures, indent=1)}\n".encode())


@app.command()
def ami(
    events: Annotated[int, typer.Option(min=1000, max=5_000_000, help="Events of a round.")] = (
        100_000
    ),
    calls: Annotated[int, typer.Option(min=1, max=100_000, help="Calls under way at once.")] = 200,
    rounds: Annotated[int, typer.Option(min=1, max=99, help="Runs of each.")] = 3,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures there.")] = None,
) -> None:
    """Events of the exchange read, and followed as calls, in a second of CPU, beside bare panoramisk."""
    console = Console()
    read = compare_ami(events, calls, rounds)
    console.print(pairs("AMI events", read))
    followed = compare_tracking(events, (10, 200, 2_000), rounds)
    console.print(pairs("AMI events through full tracking", followed))
    if out is not None:
        write_atomically(out, f"{json.dumps({**read, 'tracking': followed}, indent=1)}\n".encode())


@app.command()
def live(
    calls: Annotated[
        Path | None,
        typer.Argument(help="Calls with truth and sound. Default: the bundled samples."),
    ] = None,
    only: Annotated[
        list[Part] | None, typer.Option(help="Only this part; may be given again.")
    ] = None,
    engine: Engine = None,
    answers: Annotated[int, typer.Option(min=4, help="Calls answered in the browser.")] = 120,
    seats: Annotated[int, typer.Option(min=1, max=500, help="Calls under way for events.")] = 200,
    talks: Annotated[int, typer.Option(min=1, help="Calls played from beginning to end.")] = 8,
    lines: Annotated[int, typer.Option(min=1, max=500, help="So many of them at once.")] = 2,
    legs: Annotated[int, typer.Option(min=2, max=200, help="Legs heard side by side.")] = 8,
    seconds: Annotated[float, typer.Option(min=10, max=600, help="Length of each leg.")] = 120.0,
    events: Annotated[int, typer.Option(min=1000, help="AMI events of a round.")] = 100_000,
    out: Annotated[Path | None, typer.Option("--json", help="Write the figures there.")] = None,
) -> None:
    """How fast the live service is, beside what it should be; takes some ten minutes.

    Leave the machine alone meanwhile. Parts: page, events, talks, verdicts, vosk, ami, legs.
    """
    task = LiveTask(
        calls=calls, engine=engine or "auto", answers=answers, seats=seats, talks=talks, lines=lines,
        legs=legs, seconds=seconds, events=events,
    )  # fmt: skip
    parts = only or list(Part)
    with progress_bar() as bar:
        line = bar.add_task("measuring", total=len(parts))

        def tell(part: str) -> None:
            bar.update(line, description=f"measuring: {part}", advance=0)

        with _leaving_nothing_behind():
            figures = run_live(task, parts, tell)
    Console().print(table(figures))
    if out is not None:
        text = json.dumps([figure.as_data() for figure in figures], ensure_ascii=False, indent=1)
        write_atomically(out, f"{text}\n".encode())


@contextmanager
def _leaving_nothing_behind() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does, so that the service being measured is stopped with us.

    Ctrl-C too is set anew: a shell has background jobs ignore it.
    """
    stop = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: lambda *_: signal.raise_signal(signal.SIGINT),
    }
    before = {number: signal.signal(number, handler) for number, handler in stop.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
