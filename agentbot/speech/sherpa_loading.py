"""Loads sherpa-onnx models, after a trial in a process of its own.

The library ends or crashes the whole process on many a model it cannot use (a description
that lacks a key, a wrong line in tokens.txt). So a child tries first, and what it said last
becomes our one line. Run as a module, this file is that child.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from agentbot.errors import RecognizerError
from agentbot.speech.model_files import one_line
from agentbot.speech.sherpa_folder import Kind, SherpaFolder, look_into

__all__ = ["load"]

_TRIAL_SECONDS: Final = 300.0
_PLACE_IN_SOURCE: Final = re.compile(r"^\S+:\d+ ")
_ENDPOINTS: Final[dict[str, Any]] = {
    "enable_endpoint_detection": True,
    # Nothing said yet; something said; an utterance may last so long (seconds).
    "rule1_min_trailing_silence": 2.4,
    "rule2_min_trailing_silence": 0.8,
    "rule3_min_utterance_length": 25.0,
}


def load(found: SherpaFolder, threads: int) -> Any:
    """The library's recogniser for a folder of a known kind.

    Raises:
        RecognizerError: the library is not installed or cannot use the model.
    """
    _import()
    try:
        trial = subprocess.run(  # noqa: S603 - this very module in this very interpreter
            [sys.executable, "-m", __name__, str(found.folder)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TRIAL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RecognizerError(
            f"{found.folder}: sherpa-onnx does not finish loading this model"
        ) from None
    if trial.returncode != 0:
        said = [line for line in trial.stderr.splitlines() if line.strip()] or ["it crashed"]
        reason = one_line(ValueError(_PLACE_IN_SOURCE.sub("", said[-1])))
        raise RecognizerError(f"{found.folder}: sherpa-onnx cannot load this model ({reason})")
    return _load(found, threads)


def _import() -> Any:
    try:
        import sherpa_onnx  # noqa: PLC0415 - an extra
    except (ImportError, OSError) as error:
        raise RecognizerError(
            f"the sherpa-onnx library cannot be loaded ({one_line(error)}); "
            "run: pip install 'agentbot[sherpa]'"
        ) from None
    return sherpa_onnx


def _load(found: SherpaFolder, threads: int) -> Any:
    library = _import()
    parts = {name: str(path) for name, path in found.parts.items()}
    bpe = parts.pop("bpe", "")
    common = {**parts, "num_threads": threads}
    loaders: dict[Kind | None, Callable[[], Any]] = {
        "transducer": lambda: library.OnlineRecognizer.from_transducer(
            **common,
            **_ENDPOINTS,
            # The one search that can lean towards hot words.
            decoding_method="modified_beam_search",
            modeling_unit="cjkchar+bpe" if bpe else "cjkchar",
            bpe_vocab=bpe,
        ),
        "paraformer": lambda: library.OnlineRecognizer.from_paraformer(**common, **_ENDPOINTS),
        "zipformer-ctc": lambda: library.OnlineRecognizer.from_zipformer2_ctc(
            **common, **_ENDPOINTS
        ),
        "sense-voice": lambda: library.OfflineRecognizer.from_sense_voice(
            **common, language="zh", use_itn=False
        ),
    }
    return loaders[found.kind]()


if __name__ == "__main__":
    try:
        _load(look_into(Path(sys.argv[1])), 1)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent tells it
        sys.exit(one_line(error))
