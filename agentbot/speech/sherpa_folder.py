"""What kind of sherpa-onnx model lies in a folder, told by its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

__all__ = ["Kind", "SherpaFolder", "find_sherpa_models", "look_into"]

Kind = Literal["transducer", "paraformer", "zipformer-ctc", "sense-voice"]

_LAYOUTS: Final = """a sherpa-onnx folder holds tokens.txt and either encoder, decoder and joiner \
(.onnx: streaming zipformer), or encoder and decoder (streaming paraformer), or one model.onnx \
(SenseVoice; streaming zipformer CTC)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SherpaFolder:
    """The files of one model."""

    folder: Path
    kind: Kind | None
    """None: `problem` says why."""
    parts: dict[str, Path]
    """`tokens` and, by kind, `encoder`, `decoder`, `joiner` or `model`; maybe `bpe`."""
    problem: str | None = None


def find_sherpa_models(place: Path) -> list[SherpaFolder]:
    """The sherpa-onnx folders right below `place`, whole or not."""
    if not place.is_dir():
        return []
    folders = sorted(
        folder
        for folder in place.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and any(folder.glob("*.onnx"))
    )
    return [look_into(folder) for folder in folders]


def look_into(folder: Path) -> SherpaFolder:
    """Tell the kind of model by names and sizes of files; nothing is loaded.

    The two kinds of a single `model.onnx` are told apart by the file's own description.
    """
    if not folder.is_dir():
        return _broken(folder, "there is no such folder")
    names = ("encoder", "decoder", "joiner", "model")
    parts = {name: file for name in names if (file := _onnx(folder, name))}
    if not parts:
        return _broken(folder, f"no .onnx file of a known name; {_LAYOUTS}")
    for name in ("encoder", "decoder"):
        if "model" not in parts and name not in parts:
            return _broken(folder, f"{name}*.onnx is missing; {_LAYOUTS}")
    texts = {"tokens": folder / "tokens.txt", "bpe": folder / "bpe.vocab"}
    parts |= {name: file for name, file in texts.items() if file.is_file()}
    if "tokens" not in parts:
        return _broken(folder, f"tokens.txt is missing; {_LAYOUTS}")
    if empty := [file.name for file in parts.values() if file.stat().st_size == 0]:
        return _broken(folder, f"{empty[0]} is empty")
    if "encoder" in parts:
        kind: Kind = "transducer" if "joiner" in parts else "paraformer"
    else:
        # SenseVoice names itself in its description; nothing else of the two kinds does.
        kind = "sense-voice" if _mentions(parts["model"], b"lfr_window_size") else "zipformer-ctc"
    return SherpaFolder(folder=folder, kind=kind, parts=parts)


def _onnx(folder: Path, name: str) -> Path | None:
    files = sorted(folder.glob(f"{name}*.onnx"))
    # The 8-bit file is the one for a CPU where a folder holds both.
    return next((file for file in files if ".int8." in file.name), files[0] if files else None)


def _mentions(file: Path, word: bytes) -> bool:
    """Is the word in the last stretch of the file, where ONNX keeps a model's description?"""
    with file.open("rb") as source:
        source.seek(max(0, file.stat().st_size - (1 << 20)))
        return word in source.read()


def _broken(folder: Path, problem: str) -> SherpaFolder:
    return SherpaFolder(folder=folder, kind=None, parts={}, problem=problem)
