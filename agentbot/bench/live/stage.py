"""A service as users start it, in a process of its own, behind a simulated exchange in ours.

All moments are of one clock: `time.monotonic`, which the event loop also goes by.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from agentbot.bench.live.reader import PageStream, get, log_in
from agentbot.errors import ServiceError
from agentbot.simulate.exchange import SimulatedExchange
from agentbot.web.accounts import Accounts, Position

__all__ = ["NAME", "PASSWORD", "Stage", "stage"]

NAME, PASSWORD = "bench", "only for this measurement"
_START: Final = 120.0
"""Seconds until a service must be up, its model loaded."""
_ADDRESS = re.compile(r"pages: http://[^:]+:(\d+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running service and its exchange."""

    exchange: SimulatedExchange
    port: int
    """Of the pages."""
    engine: str
    """What the service says of its recogniser."""
    cookies: str
    """Of somebody who works at all seats."""
    kept: Path
    """Where the service keeps its calls."""

    @property
    def url(self) -> str:
        """Of the pages."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def watching(
        self, seats: Iterable[str], *, pictures: bool
    ) -> AsyncIterator[list[PageStream]]:
        """The streams of these seats, as pages take them (`pictures`: whole views instead)."""
        streams = [PageStream(self.port, seat, self.cookies, pictures=pictures) for seat in seats]
        tasks = [asyncio.create_task(stream.run()) for stream in streams]
        try:
            async with asyncio.timeout(_START):
                await asyncio.gather(*(stream.begun.wait() for stream in streams))
            yield streams
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def counts(self) -> dict[str, float]:
        """The service's own figures (`/metrics`), those without labels."""
        text = await get(self.port, "/metrics", self.cookies)
        return {
            sample.name: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if not sample.labels
        }


@asynccontextmanager
async def stage(
    seats: Mapping[str, str], *, engine: str, script: str, scripts: Path | None = None,
    route: str = "audiosocket",
) -> AsyncIterator[Stage]:  # fmt: skip
    """Exchange and service, joined; every talk is judged by `script` unless the call names one.

    `seats`: each with the number that its operator says in the greeting.

    Raises:
        ServiceError: the service did not start; its last words are in the message.
    """
    with TemporaryDirectory(prefix="agentbot-bench-") as name:
        folder = Path(name)
        Accounts(folder / "accounts.json").add(NAME, PASSWORD, Position.OPERATOR, frozenset(seats))
        async with SimulatedExchange() as exchange:
            settings = folder / "agentbot.toml"
            settings.write_text(
                _settings(folder, exchange.port, seats, script=script, scripts=scripts, route=route)
            )
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "agentbot", "serve", "--config", str(settings),
                "--engine", engine, stderr=asyncio.subprocess.PIPE, env=_environment(),
            )  # fmt: skip
            said: deque[str] = deque(maxlen=5)
            try:
                port, told = await _started(process, said)
                draining = asyncio.create_task(_drain(process, said))
                await exchange.somebody()
                cookies = await asyncio.to_thread(log_in, port, NAME, PASSWORD)
                yield Stage(
                    exchange=exchange, port=port, engine=told, cookies=cookies, kept=folder / "calls"
                )  # fmt: skip
                draining.cancel()
            finally:
                await _stopped(process)


def _settings(
    folder: Path,
    port: int,
    seats: Mapping[str, str],
    *,
    script: str,
    scripts: Path | None,
    route: str,
) -> str:
    lines = [
        f'accounts = "{folder}/accounts.json"',
        f'scripts = "{scripts}"' if scripts else "",
        "[[exchanges]]", f"port = {port}", 'secret = "simulated"',
        "[[rules]]", f'script = "{script}"',
        "[web]", "port = 0", "[agi]", "enabled = false",
        "[sound]", f'route = "{route}"', "[store]", f'folder = "{folder}/calls"',
        "[seats]", *(f'"{seat}" = "{number}"' for seat, number in seats.items()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _environment() -> dict[str, str]:
    """Ours without settings: what is measured is the default."""
    kept = {"AGENTBOT_MODELS"}
    return {k: v for k, v in os.environ.items() if k in kept or not k.startswith("AGENTBOT_")}


async def _started(process: asyncio.subprocess.Process, said: deque[str]) -> tuple[int, str]:
    assert process.stderr is not None  # noqa: S101 - asked for above
    engine = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(_START):
            async for raw in process.stderr:
                line = raw.decode(errors="replace").strip()
                said.append(line)
                if line.startswith("engine: "):
                    engine = line.removeprefix("engine: ").partition(":")[0]
                if found := _ADDRESS.search(line):
                    return int(found[1]), engine
    raise ServiceError(f"the service to be measured did not start: {' / '.join(said)}")


async def _drain(process: asyncio.subprocess.Process, said: deque[str]) -> None:
    assert process.stderr is not None  # noqa: S101 - asked for above
    async for raw in process.stderr:
        said.append(raw.decode(errors="replace").strip())


async def _stopped(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(30):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
