"""The sherpa-onnx engine, decoding for real with models that know two tones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agentbot.core.events import Leg
from agentbot.errors import RecognizerError
from agentbot.speech.base import Partial, Signal, SpeechEnded, SpeechStarted, Utterance
from agentbot.speech.sherpa_folder import find_sherpa_models, look_into
from agentbot.speech.sherpa_words import words_of

pytest.importorskip("sherpa_onnx", reason="the sherpa extra is not installed")
pytest.importorskip("onnx", reason="onnx, which writes the tiny models, is not installed")

import onnx
import tiny_sherpa
from tones import say

from agentbot.speech.sherpa import SherpaRecogniser


@pytest.fixture(scope="module")
def transducer(tmp_path_factory: pytest.TempPathFactory) -> SherpaRecogniser:
    return SherpaRecogniser(tiny_sherpa.transducer(tmp_path_factory.mktemp("sherpa") / "tones"))


def _events(sherpa: SherpaRecogniser, samples: np.ndarray, hot_words=(), rate: int = 8_000) -> list:
    stream = sherpa.open(Leg.OPERATOR, rate, hot_words)
    found = [
        event
        for at in range(0, len(samples), 800)
        for event in stream.accept(samples[at : at + 800])
    ]
    return [*found, *stream.finish()]


def test_words_and_their_times(transducer) -> None:
    events = _events(transducer, say(" 低高低  高 ", 8_000))

    heard = [event.heard for event in events if isinstance(event, Utterance)]
    assert [item.text for item in heard] == ["低高低", "高"]
    starts = [word.start for item in heard for word in item.words]
    assert starts == pytest.approx([1.0, 1.5, 2.0, 4.5], abs=0.15)
    assert all(0 < item.confidence <= 1 for item in heard)
    assert all(item.leg is Leg.OPERATOR for item in heard)


def test_the_course_of_an_utterance(transducer) -> None:
    kinds = [type(event) for event in _events(transducer, say(" 低高  高 ", 8_000))]

    assert kinds == [
        *(SpeechStarted, Partial, Partial, Utterance, SpeechEnded),
        *(SpeechStarted, Partial, Utterance, SpeechEnded),
    ]


def test_silence_says_nothing(transducer) -> None:
    assert _events(transducer, np.zeros(40_000, np.float32)) == []
    assert _events(transducer, np.zeros(0, np.float32)) == []


def test_a_word_cut_off_by_the_end_is_heard(transducer) -> None:
    events = _events(transducer, say(" 低高", 8_000))

    assert [event.heard.text for event in events if isinstance(event, Utterance)] == ["低高"]


def test_hot_words_lift_what_is_hardly_heard(transducer) -> None:
    faint = 0.001 * say(" 高 ", 8_000)

    assert _events(transducer, faint) == []
    events = _events(transducer, faint, ["高"])
    assert [event.heard.text for event in events if isinstance(event, Utterance)] == ["高"]


@pytest.mark.parametrize("hot_words", [["您好"], ["高/低"], [""], ["高", "地址"]])
def test_hot_words_the_model_cannot_take_do_no_harm(transducer, hot_words) -> None:
    events = _events(transducer, say(" 低 ", 8_000), hot_words)

    assert [event.heard.text for event in events if isinstance(event, Utterance)] == ["低"]


def test_both_legs_of_a_recording(transducer) -> None:
    legs = {
        Leg.CALLER: Signal(samples=say("    低高  ", 8_000), rate=8_000),
        Leg.OPERATOR: Signal(samples=say(" 高  低 ", 16_000), rate=16_000),
    }

    heard = transducer.transcribe(legs)

    assert [(item.leg, item.text) for item in heard] == [
        (Leg.OPERATOR, "高"),
        (Leg.OPERATOR, "低"),
        (Leg.CALLER, "低高"),
    ]
    assert heard == transducer.transcribe(legs)


def test_sense_voice_by_utterance(tmp_path: Path, korean) -> None:
    rate = 8_000
    speech = korean("안녕하세요. 저는 학생입니다.", rate)
    pause = np.zeros(2 * rate, np.float32)
    sherpa = SherpaRecogniser(tiny_sherpa.sense_voice(tmp_path / "sense"))

    events = _events(sherpa, np.concatenate([pause, speech, pause, speech]), rate=rate)

    heard = [event.heard for event in events if isinstance(event, Utterance)]
    kinds = [type(event) for event in events]
    assert kinds.count(SpeechStarted) == kinds.count(SpeechEnded) >= 2
    assert heard[0].start == pytest.approx(2.0, abs=0.5)
    assert heard[-1].end == pytest.approx(4 + 2 * len(speech) / rate, abs=0.8)
    assert {char for item in heard for char in item.text} <= set("低高")
    assert all(item.confidence is None for item in heard)


@pytest.mark.parametrize(
    ("files", "kind", "problem"),
    [
        (["encoder.onnx", "decoder.onnx", "joiner.onnx", "tokens.txt"], "transducer", None),
        (
            [
                "encoder-epoch-99.int8.onnx",
                "decoder-epoch-99.onnx",
                "joiner-epoch-99.onnx",
                "tokens.txt",
            ],
            "transducer",
            None,
        ),
        (["encoder.int8.onnx", "decoder.int8.onnx", "tokens.txt"], "paraformer", None),
        (["model.onnx", "tokens.txt"], "zipformer-ctc", None),
        (["encoder.onnx", "decoder.onnx", "joiner.onnx"], None, "tokens.txt is missing"),
        (["encoder.onnx", "joiner.onnx", "tokens.txt"], None, r"decoder\*.onnx is missing"),
        (["joiner.onnx", "tokens.txt"], None, r"encoder\*.onnx is missing"),
        (["tokens.txt", "README.md"], None, "no .onnx file"),
        ([], None, "no .onnx file"),
    ],
)
def test_the_kind_is_told_by_the_files(tmp_path: Path, files, kind, problem) -> None:
    for name in files:
        (tmp_path / name).write_text("x")

    found = look_into(tmp_path)

    assert found.kind == kind
    if problem:
        with pytest.raises(RecognizerError, match=problem):
            SherpaRecogniser(tmp_path)


def test_the_8_bit_file_is_taken_where_both_are(tmp_path: Path) -> None:
    for name in ("model.onnx", "model.int8.onnx", "tokens.txt"):
        (tmp_path / name).write_text("x")

    assert look_into(tmp_path).parts["model"].name == "model.int8.onnx"


def test_an_empty_file(tmp_path: Path) -> None:
    tiny_sherpa.transducer(tmp_path / "m")
    (tmp_path / "m" / "joiner.onnx").write_bytes(b"")

    assert look_into(tmp_path / "m").problem == "joiner.onnx is empty"
    assert [model.problem for model in find_sherpa_models(tmp_path)] == ["joiner.onnx is empty"]


def _drop_description(file: Path) -> None:
    model = onnx.load(str(file))
    del model.metadata_props[:]
    onnx.save(model, str(file))


def _halve(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize(
    ("name", "spoil", "said"),
    [
        ("encoder.onnx", _drop_description, "online transducer"),
        ("decoder.onnx", _drop_description, "does not exist in the metadata"),
        ("joiner.onnx", _halve, "Protobuf parsing failed"),
        ("tokens.txt", lambda file: file.write_text("a b c\n"), "Error: a b c"),
    ],
)
def test_what_would_end_the_process_is_one_line(tmp_path: Path, name, spoil, said) -> None:
    folder = tiny_sherpa.transducer(tmp_path / "m")
    spoil(folder / name)

    with pytest.raises(RecognizerError, match=said) as caught:
        SherpaRecogniser(folder)

    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_parts_of_latin_words_are_joined() -> None:
    words = words_of(
        ["▁HE", "LLO", "▁WORLD", "您", "好"],
        [0.0, 0.2, 0.6, 1.0, 2.0],
        offset=10.0,
        chances=[0.9, 0.5, 0.8, 1.0, 1.0],
    )

    assert [(word.text, word.start, word.end, word.confidence) for word in words] == [
        ("HELLO", 10.0, 10.6, 0.5),
        ("WORLD", 10.6, 11.0, 0.8),
        ("您", 11.0, 11.5, 1.0),
        ("好", 12.0, 12.2, 1.0),
    ]


def test_tokens_without_times_are_no_words() -> None:
    assert words_of(["您"], [], offset=0.0, chances=[]) == ()
