"""Model folders on disk: checked by size and SHA-256, and never seen half-written.

A folder is built beside its place under a temporary name and renamed when it is whole.
Each carries a `SHA256SUMS` in the format of `sha256sum`, against which it is verified.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agentbot.errors import RecognizerError

__all__ = [
    "SUMS",
    "building",
    "models_folder",
    "one_line",
    "read_sums",
    "sha256_of",
    "sums_of",
    "tree_digest",
    "write_sums",
]

SUMS = "SHA256SUMS"
_STALE_SECONDS = 6 * 3600.0


def models_folder() -> Path:
    """Where agentbot keeps models: `$AGENTBOT_MODELS`, else `agentbot/models` in the user's cache."""
    chosen = os.environ.get("AGENTBOT_MODELS", "").strip()
    if chosen:
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(cache) if cache else Path.home() / ".cache") / "agentbot" / "models"


def one_line(error: BaseException) -> str:
    """The message of a foreign error as one bounded line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else text[:199] + "…"


def sha256_of(file: Path) -> str:
    """SHA-256 of a file, as 64 hex digits."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def sums_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`, by its path with slashes, sums file aside."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    sums = {file.relative_to(folder).as_posix(): file for file in files}
    return {name: sha256_of(file) for name, file in sums.items() if name != SUMS}


def write_sums(folder: Path, sums: dict[str, str]) -> None:
    """Write `folder/SHA256SUMS`."""
    lines = (f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def read_sums(folder: Path) -> dict[str, str] | None:
    """What `folder/SHA256SUMS` says; None where there is none or it is no such list."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    pairs = [line.partition("  ") for line in lines if line]
    if not pairs or any(len(digest) != 64 or not name for digest, _, name in pairs):
        return None
    return {name: digest for digest, _, name in pairs}


def tree_digest(sums: dict[str, str]) -> str:
    """One SHA-256 that stands for a whole folder: that of its sums file."""
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


@contextmanager
def building(place: Path) -> Iterator[Path]:
    """A temporary folder beside `place` that takes its name when the block ends well.

    What stood at `place` is replaced. Left-overs of runs that were killed are swept.

    Raises:
        RecognizerError: the disk is full or the folder cannot be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        _sweep(place)
        work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        work.chmod(0o755)  # mkdtemp makes it private; a shared folder of models is not
    except OSError as error:
        raise _not_written(place, error) from None
    try:
        yield work
        if place.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
            place.replace(old / place.name)
            work.replace(place)
            shutil.rmtree(old, ignore_errors=True)
        else:
            work.replace(place)
    except OSError as error:
        raise _not_written(place, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(place: Path) -> None:
    for left in place.parent.glob(f".{place.name}-*"):
        # The folder of another run at work now is young; a dead one's is not.
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _not_written(place: Path, error: OSError) -> RecognizerError:
    reason = "the disk is full" if error.errno == errno.ENOSPC else one_line(error)
    return RecognizerError(
        f"cannot write the model to {place}: {reason}; make room or set AGENTBOT_MODELS "
        "to a folder that can be written"
    )
