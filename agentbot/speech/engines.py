"""Which recogniser to take: as named, or the best one that is there, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from agentbot.errors import RecognizerError
from agentbot.speech.base import Recogniser
from agentbot.speech.model_files import models_folder
from agentbot.speech.models import whisper_base_folder
from agentbot.speech.sherpa_folder import find_sherpa_models
from agentbot.speech.vosk_folder import find_vosk_models, vosk_folder_problem

__all__ = ["ENGINES", "open_engine"]

ENGINES: Final = ("auto", "vosk", "whisper", "sherpa")
_CHINESE_VOSK: Final = ("vosk-model-small-cn", "vosk-model-cn")
"""The small one first: it keeps pace with calls; a big one is taken when named."""


def open_engine(name: str = "auto", threads: int = 2) -> tuple[Recogniser, str]:
    """Load a recogniser; returns it with a sentence saying which and why.

    `name` is one of `ENGINES`, and but for `auto` may carry the folder of its model
    (`vosk:/models/vosk-model-cn-0.22`). `auto` takes a Chinese Vosk model that is there,
    else Whisper base; sherpa-onnx is taken only when named.

    Raises:
        RecognizerError: no such engine, or it or its model cannot be loaded.
    """
    engine, colon, folder = name.partition(":")
    if engine not in ENGINES or (colon and (not folder or engine == "auto")):
        raise RecognizerError(
            f"no engine {name!r}; take auto, vosk, whisper or sherpa, the last three with "
            ":PATH of a model folder if wanted"
        )
    if engine == "auto":
        return _auto(threads)
    place = Path(folder).expanduser() if folder else None
    openers: dict[str, Callable[[Path | None, int], Recogniser]] = {
        "vosk": _vosk,
        "whisper": _whisper,
        "sherpa": _sherpa,
    }
    recogniser = openers[engine](place, threads)
    return recogniser, f"{recogniser.name}: asked for"


def _auto(threads: int) -> tuple[Recogniser, str]:
    passed_over = ""
    if chinese := _chinese_vosk():
        try:
            recogniser = _vosk(chinese, threads)
        except RecognizerError as error:
            passed_over = f" ({error})"
        else:
            return recogniser, f"{recogniser.name}: a Chinese Vosk model is there"
    try:
        recogniser = _whisper(None, threads)
    except RecognizerError as error:
        raise RecognizerError(
            f"no speech engine: no Chinese Vosk model{passed_over}, and {error}"
        ) from None
    why = f"no usable Chinese Vosk model{passed_over}" if passed_over else "no Chinese Vosk model"
    return recogniser, f"{recogniser.name}: {why} is there, Whisper base is"


def _chinese_vosk() -> Path | None:
    found = find_vosk_models()
    whole_first = sorted(found, key=lambda folder: vosk_folder_problem(folder) is not None)
    for prefix in _CHINESE_VOSK:
        for folder in whole_first:
            if folder.name.startswith(prefix):
                return folder
    return None


def _vosk(folder: Path | None, threads: int) -> Recogniser:  # noqa: ARG001 - two legs, two threads, always
    from agentbot.speech.vosk import VoskRecogniser  # noqa: PLC0415 - an extra

    folder = folder or _chinese_vosk()
    if folder is None:
        raise RecognizerError(
            "no Chinese Vosk model is there; run: agentbot models fetch vosk-model-small-cn-0.22"
        )
    return VoskRecogniser(folder)


def _whisper(folder: Path | None, threads: int) -> Recogniser:
    place = folder or whisper_base_folder()
    if not (place / "model.bin").is_file():
        raise RecognizerError(f"{place}: no CTranslate2 model for Whisper (model.bin is missing)")
    from agentbot.speech.whisper import WhisperRecogniser  # noqa: PLC0415 - an extra

    return WhisperRecogniser(place, threads=threads)


def _sherpa(folder: Path | None, threads: int) -> Recogniser:
    from agentbot.speech.sherpa import SherpaRecogniser  # noqa: PLC0415 - an extra

    if folder is None:
        found = [model.folder for model in find_sherpa_models(models_folder()) if model.kind]
        if len(found) != 1:
            several = (
                ", ".join(str(place) for place in found) or f"there is none in {models_folder()}"
            )
            raise RecognizerError(
                f"say which sherpa-onnx model to take (sherpa:PATH of its folder); {several}"
            )
        folder = found[0]
    return SherpaRecogniser(folder, threads=threads)
