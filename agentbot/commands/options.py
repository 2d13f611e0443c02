"""Options that several commands share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import Annotated, Literal

import typer

from agentbot.replay.recognisers import Recognisers
from agentbot.settings import settings
from agentbot.speech.engines import open_engine

__all__ = ["Engine", "Jobs", "Language", "cores", "recognisers", "threads_each"]

Engine = Annotated[
    str | None,
    typer.Option(
        help="auto, vosk, whisper or sherpa; with :PATH for a model folder.", show_default="auto"
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Calls at once.", show_default="one for each core"),
]
Language = Annotated[
    Literal["zh", "en"] | None,
    typer.Option(help="Language of reasons, messages and pages.", show_default="zh"),
]


def cores(jobs: int | None) -> int:
    """Calls to judge at once: as asked, as set, or one for each core of this process."""
    return jobs or settings().jobs or len(os.sched_getaffinity(0))


def threads_each(jobs: int) -> int:
    """Threads of each of `jobs` recognisers, so that together they use each core once."""
    return max(1, cores(None) // jobs)


def recognisers(engine: str | None, jobs: int) -> Callable[[], Recognisers]:
    """Recognisers for `jobs` threads that together use each core once, loaded when asked for.

    Which engine it is, and why, is then said on the error stream.
    """
    name = engine or settings().engine
    loading = threading.Lock()

    @cache
    def load() -> Recognisers:
        loaded = Recognisers(lambda: open_engine(name, threads_each(jobs)))
        typer.echo(f"engine: {loaded.why}", err=True)
        return loaded

    def once() -> Recognisers:
        with loading:
            return load()

    return once
