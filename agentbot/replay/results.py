"""The folder of results: what is done stays, and is known again by its fingerprint.

Beside `CALL.json` and `CALL.html` lies `.agentbot/CALL`, written last: a digest of everything
that the verdict hangs on. A call whose digest is unchanged is not judged again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import agentbot
from agentbot.core.events import CallStarted
from agentbot.core.script import Script
from agentbot.core.verdict import CallVerdict
from agentbot.errors import RecordingError, ReportError
from agentbot.replay.call import Source
from agentbot.replay.judge import Judged
from agentbot.report.encode import from_json, to_json
from agentbot.report.files import write_atomically
from agentbot.report.overview import overview_page
from agentbot.report.page import call_page
from agentbot.report.sound import sound
from agentbot.report.summary import Failure, summary_json, summary_rows
from agentbot.report.table import write_csv

__all__ = ["OVERVIEW", "Results", "fingerprint"]

OVERVIEW = "overview.html"

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Results of a batch in `folder`; `pages`: with an HTML page for each call."""

    folder: Path
    pages: bool
    lang: str

    def json(self, call_id: str) -> Path:
        """File of the verdict."""
        return self.folder / f"{call_id}.json"

    def page(self, call_id: str) -> Path:
        """File of the page."""
        return self.folder / f"{call_id}.html"

    def _seal(self, call_id: str) -> Path:
        return self.folder / ".agentbot" / call_id

    def read(self, call_id: str) -> CallVerdict:
        """The verdict as it was written.

        Raises:
            ReportError: it cannot be read any more.
        """
        path = self.json(call_id)
        try:
            return from_json(path.read_bytes(), str(path))
        except OSError as error:
            raise ReportError(f"{path}: {error.strerror}; judge the call again") from None

    def holds(self, call_id: str, digest: str) -> bool:
        """Is there a verdict of an earlier run, made from the very same things?"""
        try:
            unchanged = self._seal(call_id).read_text(encoding="ascii") == digest
            self.read(call_id)
        except (OSError, ValueError, ReportError):
            return False
        return unchanged and (not self.pages or self.page(call_id).is_file())

    def keep(self, judged: Judged, digest: str) -> None:
        """Write one call; a crash leaves either all of it or a call that is judged again.

        Raises:
            ReportError: the disk is full or the folder cannot be written.
        """
        call_id = judged.verdict.call_id
        write_atomically(self.json(call_id), to_json(judged.verdict))
        if self.pages:
            packed = sound(judged.legs) if judged.legs else None
            page = call_page(judged.verdict, packed, self.lang)
            write_atomically(self.page(call_id), page.encode())
        write_atomically(self._seal(call_id), digest.encode("ascii"))

    def summarise(self, verdicts: Iterable[CallVerdict], broken: Sequence[Failure]) -> None:
        """Write `summary.csv`, `summary.json` and the overview over the whole batch.

        Raises:
            ReportError: the disk is full or the folder cannot be written.
        """
        rows = summary_rows(verdicts)
        links = {row.call_id: self.page(row.call_id).name for row in rows} if self.pages else {}
        write_csv(self.folder / "summary.csv", rows, broken)
        write_atomically(self.folder / "summary.json", summary_json(rows, broken))
        page = overview_page(rows, broken, links, self.lang)
        write_atomically(self.folder / OVERVIEW, page.encode())

    def drop(self, call_id: str) -> None:
        """Take away what an earlier run said of a call that can no longer be judged."""
        for path in (self._seal(call_id), self.json(call_id), self.page(call_id)):
            path.unlink(missing_ok=True)


def fingerprint(
    source: Source, script: Script, started: CallStarted, engine: str, lang: str
) -> str:
    """Digest of the call's bytes and of everything else that decides its verdict and page.

    Raises:
        RecordingError: a file of the call cannot be read.
    """
    digest = hashlib.sha256()
    # Dataclasses print all they hold, always in the same order.
    for part in (_program(), engine, lang, source.channels, source.lost, script, started):
        digest.update(f"{part!r}\n".encode())
    for path in source.files:
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror}; check the path") from None
        digest.update(path.suffix.encode())
    return digest.hexdigest()


@cache
def _program() -> str:
    """Digest of agentbot itself, so that a changed checkout counts as another version."""
    digest = hashlib.sha256(agentbot.__version__.encode())
    home = Path(agentbot.__file__).parent
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(home)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
