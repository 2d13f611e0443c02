"""What a Vosk model folder must hold; the library itself fails without saying why."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from agentbot.speech.model_files import models_folder

__all__ = [
    "find_vosk_models",
    "has_dynamic_graph",
    "model_rate",
    "vosk_folder_problem",
    "vosk_folders",
]

_STATIC: Final = ("graph/HCLG.fst", "graph/words.txt")
_DYNAMIC: Final = ("graph/HCLr.fst", "graph/Gr.fst")
_ALWAYS: Final = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_IVECTOR: Final = ("final.dubm", "final.ie", "final.mat", "global_cmvn.stats", "splice.conf")


def vosk_folders() -> list[Path]:
    """Where Vosk models may lie: the same places, in the same order, as for the library."""
    own = os.environ.get("VOSK_MODEL_PATH", "").strip()
    places = [Path("/usr/share/vosk"), Path.home() / "AppData/Local/vosk", vosk_cache()]
    return [Path(own), *places] if own else places


def vosk_cache() -> Path:
    """The library's own folder for what it downloads."""
    return Path.home() / ".cache/vosk"


def find_vosk_models() -> list[Path]:
    """Every folder named like a Vosk model in ours and the library's places, whole or not."""
    return [
        folder
        for place in (models_folder(), *vosk_folders())
        if place.is_dir()
        for folder in sorted(place.glob("vosk-model-*"))
        if folder.is_dir()
    ]


def has_dynamic_graph(folder: Path) -> bool:
    """Can words be limited to a grammar? (Small models can, big ones have one fixed graph.)"""
    return not (folder / _STATIC[0]).exists()


def model_rate(folder: Path) -> int:
    """The sample rate (Hertz) that a whole model wants; Kaldi's options in `conf/mfcc.conf`."""
    options = (folder / "conf/mfcc.conf").read_text(encoding="utf-8", errors="replace")
    given = re.search(r"^--sample[-_]frequency=(\d+)", options, re.MULTILINE)
    # Kaldi's own default; every published Vosk model says 16000 or 8000.
    return int(given.group(1)) if given else 16_000


def vosk_folder_problem(folder: Path) -> str | None:
    """What keeps this folder from being a whole Vosk model; None: nothing."""
    if not folder.is_dir():
        return "there is no such folder"
    graph = _DYNAMIC if has_dynamic_graph(folder) else _STATIC
    ivector = [f"ivector/{name}" for name in _IVECTOR] if (folder / "ivector").exists() else []
    for name in (*_ALWAYS, *graph, *ivector):
        file = folder / name
        if not file.is_file():
            return f"{name} is missing"
        if file.stat().st_size == 0:
            return f"{name} is empty"
    return None
