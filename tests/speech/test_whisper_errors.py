"""Models that are not whole and libraries that are not there: one line that says what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("faster_whisper", reason="the whisper extra is not installed")

from agentbot.errors import RecognizerError
from agentbot.speech.models import whisper_base_folder
from agentbot.speech.whisper import WhisperRecogniser

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")


def _model(folder: Path, without: str) -> Path:
    folder.mkdir()
    for name in FILES:
        if name != without:
            (folder / name).symlink_to(whisper_base_folder() / name)
    return folder


def _error(folder: Path) -> str:
    with pytest.raises(RecognizerError) as caught:
        WhisperRecogniser(folder)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(f"{folder}: ")
    assert "agentbot models fetch whisper-base" in line
    return line


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_missing(tmp_path: Path, name: str) -> None:
    assert name.removesuffix(".json") in _error(_model(tmp_path / "m", name))


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_cut_off(tmp_path: Path, name: str) -> None:
    folder = _model(tmp_path / "m", name)
    whole = whisper_base_folder() / name
    with whole.open("rb") as source:
        (folder / name).write_bytes(source.read(min(100_000, whole.stat().st_size // 2)))

    assert "cannot be loaded" in _error(folder)


def test_there_is_no_such_folder(tmp_path: Path) -> None:
    assert "no Whisper model" in _error(tmp_path / "nowhere")


@pytest.mark.parametrize("library", ["faster_whisper", "opencc"])
def test_a_library_is_missing(library: str) -> None:
    code = f"""
import sys
sys.modules[{library!r}] = None  # as if it were not installed
from pathlib import Path
from agentbot.errors import RecognizerError
from agentbot.speech.whisper import WhisperRecogniser
try:
    WhisperRecogniser(Path("any"))
except RecognizerError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert said.stdout == (
        f"Whisper needs the library {library}; run: pip install 'agentbot[whisper]'\n"
    )
