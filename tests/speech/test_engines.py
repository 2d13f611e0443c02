"""Which engine is taken, and why."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import tiny_vosk

from agentbot.errors import RecognizerError
from agentbot.speech.engines import open_engine

pytestmark = pytest.mark.usefixtures("models")
needs_vosk = pytest.mark.skipif(
    importlib.util.find_spec("vosk") is None, reason="the vosk extra is not installed"
)


@pytest.mark.parametrize("name", ["", "kaldi", "auto:/x", "vosk:", ":x", "Vosk"])
def test_no_such_engine(name) -> None:
    with pytest.raises(RecognizerError, match=r"no engine '.*'; take auto, vosk"):
        open_engine(name)


@needs_vosk
@pytest.mark.parametrize("name", ["auto", "vosk"])
def test_a_chinese_vosk_model_is_taken(tmp_path: Path, name) -> None:
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-small-ko-1")
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-cn-1")
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-small-cn-1")

    recogniser, why = open_engine(name)

    assert recogniser.name == "vosk vosk-model-small-cn-1"
    assert (
        why
        == {
            "auto": "vosk vosk-model-small-cn-1: a Chinese Vosk model is there",
            "vosk": "vosk vosk-model-small-cn-1: asked for",
        }[name]
    )


@needs_vosk
def test_the_folder_as_given(tmp_path: Path) -> None:
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-small-cn-1")
    mine = tiny_vosk.build(tmp_path / "mine")

    assert open_engine(f"vosk:{mine}")[0].name == "vosk mine"


def test_no_chinese_vosk_model(tmp_path: Path) -> None:
    tiny_vosk.build(tmp_path / "vosk" / "vosk-model-small-ko-1")

    with pytest.raises(RecognizerError, match="agentbot models fetch vosk-model-small-cn"):
        open_engine("vosk")


def test_nothing_at_all_names_both(tmp_path: Path, monkeypatch) -> None:
    broken = tmp_path / "vosk" / "vosk-model-small-cn-1"
    broken.mkdir(parents=True)
    monkeypatch.setenv("AGENTBOT_MODELS", "/dev/null/models")

    with pytest.raises(
        RecognizerError, match=r"no Chinese Vosk model \(.*final.mdl is missing.*\), and"
    ) as caught:
        open_engine()

    assert "\n" not in str(caught.value)


def test_a_whisper_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(RecognizerError, match=r"model\.bin is missing"):
        open_engine(f"whisper:{tmp_path}")


def test_sherpa_needs_a_folder() -> None:
    with pytest.raises(RecognizerError, match="say which sherpa-onnx model"):
        open_engine("sherpa")


def test_the_one_sherpa_model_there_is_taken(models: Path) -> None:
    pytest.importorskip("sherpa_onnx", reason="the sherpa extra is not installed")
    tiny_sherpa = pytest.importorskip("tiny_sherpa", reason="onnx is not installed")
    models.mkdir()
    tiny_sherpa.transducer(models / "tones")

    assert open_engine("sherpa")[0].name == "sherpa tones"
    tiny_sherpa.transducer(models / "tones-2")
    with pytest.raises(RecognizerError, match=r"tones, .*tones-2"):
        open_engine("sherpa")
