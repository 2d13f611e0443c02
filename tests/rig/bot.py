"""agentbot itself, as a process of its own: started, killed, halted; what it kept, and replay's word on it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rig.asterisk import ROOT, SECRET, Asterisk
from rig.phone import PATIENCE

from agentbot.core.verdict import CallVerdict
from agentbot.replay.batch import Batch, Outcome
from agentbot.replay.house import House
from agentbot.replay.listening import Listener
from agentbot.replay.results import Results
from agentbot.replay.sources import find_calls
from agentbot.report.encode import from_json

__all__ = ["Bot", "Judgement"]

FESTIVAL: Final = "festival"
"""The queue whose calls are greeted as on a holiday, whatever the day."""
_PARTING: Final = 60.0
"""Seconds in which calls are judged again after they ended."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one talk: live as it ended, on its recording at once, and by replay."""

    live: CallVerdict
    again: CallVerdict | None
    replayed: CallVerdict | None


class Bot:
    """One agentbot, its settings and its store under `folder`."""

    def __init__(
        self, folder: Path, exchanges: Iterable[Asterisk], numbers: dict[str, str], book: Sequence[str] = (), behind: int = 10,
    ) -> None:  # fmt: skip
        """`numbers`: what each seat says in the greeting; without a `book` Whisper listens."""
        self.folder, self.book = folder, book
        folder.mkdir(parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None
        greetings = folder / "greetings"
        shutil.copytree(ROOT / "greetings", greetings, dirs_exist_ok=True)
        today = datetime.now().astimezone().date()
        day = timedelta(days=1)
        (greetings / "notices.yaml").write_text(
            f"notices:\n  - {{from: {today - day}, until: {today + day}, variant: national-day, "
            f"greeting: heating-repair, queue: {FESTIVAL}}}\n"
        )
        (folder / "book.json").write_text(json.dumps(list(book)))
        lines = [
            f'scripts = "{ROOT}/scripts"',
            f'greetings = "{greetings}"',
            f'accounts = "{folder}/accounts.json"',
            'engine = "whisper"',
        ]
        for number, asterisk in enumerate(exchanges):
            lines += [
                "[[exchanges]]",
                f'name = "pbx{number}"',
                f"port = {asterisk.ami}",
                f'secret = "{SECRET}"',
            ]
        lines += ["[[rules]]", 'script = "heating-repair"', "[web]", "port = 0"]
        lines += ["[sound]", f"behind = {behind}"]
        lines += ["[agi]", "port = 0", "[store]", f'folder = "{folder}/calls"', "sound = true"]
        lines += ["[seats]", *(f'"{seat}" = "{said}"' for seat, said in numbers.items())]
        (folder / "agentbot.toml").write_text("\n".join(lines) + "\n")
        self._exchanges = len(list(exchanges))

    @property
    def log(self) -> str:
        """All it has said, in all its lives."""
        return (self.folder / "log").read_text(encoding="utf-8")

    async def start(self) -> None:
        """Returns once it has logged in everywhere."""
        settings = str(self.folder / "agentbot.toml")
        command = ["-m", "agentbot", "serve", "--config", settings]
        if self.book:
            serve = str(Path(__file__).with_name("serve.py"))
            command = [serve, settings, str(self.folder / "book.json")]
        # After the phones, which `ahead` may have put before everything else.
        command = ["nice", "-n", str(max(0, -os.nice(0))), sys.executable, *command]
        # Its own modules, wherever the tests are run from.
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (self.folder / "log").open("ab") as log:
            start = log.tell()
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=env)  # noqa: ASYNC220
        async with asyncio.timeout(3 * PATIENCE):
            while self.log[start:].count('"exchange connected"') < self._exchanges:
                assert self.process.poll() is None, self.log
                await asyncio.sleep(0.05)

    def send(self, number: signal.Signals) -> None:
        """SIGKILL, SIGSTOP, SIGCONT ..."""
        assert self.process is not None
        self.process.send_signal(number)
        if number is signal.SIGKILL:
            self.process.wait()

    async def stop(self) -> int:
        """As systemd would; says its exit code."""
        assert self.process is not None
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, _PARTING)

    def close(self) -> None:
        """Whatever state it is in."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def talks(self) -> list[Path]:
        """Live verdicts kept."""
        return sorted(self.folder.glob("calls/*/*.live.json"))

    async def closed(self, number: int) -> None:
        """So many talks that were heard have been kept and judged again."""
        async with asyncio.timeout(_PARTING):
            while sum(_again(talk).exists() for talk in self.talks()) < number:  # noqa: ASYNC110 (files tell nobody)
                await asyncio.sleep(0.1)

    def judgements(self, recogniser: Listener) -> dict[str, list[Judgement]]:
        """By the number the seat says; the recordings go through replay."""
        manifests = sorted(self.folder.glob("calls/*/*.call.jsonl"))
        results = Results(folder=self.folder / "replayed", pages=False, lang="zh")
        house = House.read(ROOT / "scripts", self.folder / "greetings")
        outcome = Outcome()
        batch = Batch(house=house, results=results, lang="zh", recogniser=recogniser, jobs=2)
        batch.run(find_calls(manifests).sources, outcome, lambda source: None)
        found: dict[str, list[Judgement]] = {}
        for path in self.talks():
            live = _read(path)
            assert live is not None
            judged = Judgement(live, _read(_again(path)), _read(results.json(live.call_id)))
            found.setdefault(live.seat or "", []).append(judged)
        for talks in found.values():
            talks.sort(key=lambda judged: (judged.live.started_at, judged.live.duration))
        return found


def _again(live: Path) -> Path:
    return live.with_name(live.name.removesuffix(".live.json") + ".json")


def _read(path: Path) -> CallVerdict | None:
    return from_json(path.read_bytes(), str(path)) if path.exists() else None
