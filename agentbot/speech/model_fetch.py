"""Vosk models from their maker, by the vosk library's own downloader.

Their maker publishes sizes but no SHA-256. The size is checked before the download goes
on; the SHA-256 of what came first is recorded (trust on first use), and a later fetch
that differs from it is refused.
"""

from __future__ import annotations

import http.client
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError

from agentbot.errors import RecognizerError
from agentbot.speech.model_files import (
    building,
    models_folder,
    one_line,
    sums_of,
    tree_digest,
    write_sums,
)
from agentbot.speech.vosk_folder import vosk_cache, vosk_folder_problem

__all__ = ["VOSK_MODELS", "fetch_vosk"]

VOSK_MODELS: Final = {"vosk-model-small-cn-0.22": 43_898_754}
"""What can be fetched: name to the size of its archive in bytes."""

_STALLED_SECONDS: Final = 60.0


def fetch_vosk(name: str) -> tuple[Path, str]:
    """Download a model of `VOSK_MODELS` into the library's cache.

    Returns its folder and a sentence on how far it could be checked.

    Raises:
        RecognizerError: no library, no network, wrong size, damaged archive, contents other
            than at the first fetch, or no room. What lay in the cache before stays then.
    """
    try:
        import vosk  # noqa: PLC0415 - an extra
    except (ImportError, OSError) as error:
        raise RecognizerError(
            f"the vosk library cannot be loaded ({one_line(error)}); "
            "run: pip install 'agentbot[vosk]'"
        ) from None
    place = vosk_cache() / name
    with building(place) as work:
        download = work / "download"
        download.mkdir()
        sized = _Sized(name, VOSK_MODELS[name], vosk.Model.download_progress_hook)
        with _no_endless_wait(), _plain_words(name):
            # Only the download of the class: its constructor would load the model as well.
            vosk.Model.download_model(sized, download / name)
        if problem := vosk_folder_problem(download / name):
            raise RecognizerError(f"{name}: the download is no whole model ({problem})")
        for item in (download / name).iterdir():
            item.rename(work / item.name)
        shutil.rmtree(download)
        sums = sums_of(work)
        said = _compare(name, tree_digest(sums))
        write_sums(work, sums)
    return place, said


class _Sized:
    """Stands in for the library's `Model` while it downloads; stops one of the wrong size."""

    def __init__(self, name: str, size: int, hook: Callable[..., Any]) -> None:
        self._name, self._size, self._hook = name, size, hook

    def download_progress_hook(self, bar: object) -> Callable[[int, int, int], Any]:
        show = self._hook(self, bar)

        def update(blocks: int, block_size: int, total: int) -> Any:
            if total != self._size:
                told = f"{total:,}" if total >= 0 else "an unknown number of"
                raise RecognizerError(
                    f"{self._name}: the server offers {told} bytes, {self._size:,} are expected; "
                    "not downloaded"
                )
            return show(blocks, block_size, total)

        return update


def _compare(name: str, digest: str) -> str:
    """Hold the digest against the one of the first fetch, or record it as that."""
    record = models_folder() / f"{name}.sha256"
    try:
        first = record.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(f"{digest}\n", encoding="ascii")
        return f"size right; its maker publishes no SHA-256, so the one that came was recorded: {digest}"
    if first != digest:
        raise RecognizerError(
            f"{name}: the download differs from the one fetched first (SHA-256 {digest}, "
            f"recorded {first}); if the change is meant, delete {record}"
        )
    return f"size right, SHA-256 as at the first fetch: {digest}"


@contextmanager
def _no_endless_wait() -> Iterator[None]:
    # The library's downloader sets no time limit of its own.
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_STALLED_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


@contextmanager
def _plain_words(name: str) -> Iterator[None]:
    try:
        yield
    except zipfile.BadZipFile:
        raise RecognizerError(f"{name}: the download is damaged; fetch it again") from None
    except (URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise RecognizerError(
            f"{name}: the download failed ({one_line(error)}); check the network and try again"
        ) from None
