"""The Vosk engine, decoding for real with a model that knows two tones."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import tiny_vosk
from tones import say

from agentbot.core.events import Leg
from agentbot.errors import RecognizerError
from agentbot.speech.base import Partial, Signal, SpeechEnded, SpeechStarted, Utterance
from agentbot.speech.vosk_folder import vosk_folder_problem

pytest.importorskip("vosk", reason="the vosk extra is not installed")

from agentbot.speech.vosk import VoskRecogniser
from agentbot.speech.vosk_stream import VoskStream


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vosk.build(tmp_path_factory.mktemp("vosk") / "vosk-model-small-cn-tones")


@pytest.fixture(scope="module")
def vosk(folder: Path) -> VoskRecogniser:
    return VoskRecogniser(folder)


def _events(vosk: VoskRecogniser, samples: np.ndarray, rate: int, chunk: float = 0.1) -> list:
    stream = vosk.open(Leg.CALLER, rate)
    step = round(rate * chunk)
    found = [
        event
        for at in range(0, len(samples), step)
        for event in stream.accept(samples[at : at + step])
    ]
    return [*found, *stream.finish()]


@pytest.mark.parametrize("rate", [8_000, 16_000, 11_025])
def test_words_and_their_times(vosk, rate) -> None:
    events = _events(vosk, say(" 低高低  高 ", rate), rate)

    heard = [event.heard for event in events if isinstance(event, Utterance)]
    assert [item.text for item in heard] == ["低高低", "高"]
    times = [(word.text, word.start, word.end) for item in heard for word in item.words]
    wanted = [("低", 1.0, 1.5), ("高", 1.5, 2.0), ("低", 2.0, 2.5), ("高", 4.5, 5.0)]
    for (text, start, end), (want, from_, to) in zip(times, wanted, strict=True):
        assert text == want
        assert (start, end) == pytest.approx((from_, to), abs=0.1)
    assert all(0 <= item.confidence <= 1 for item in heard)


def test_the_course_of_an_utterance(vosk) -> None:
    kinds = [type(event) for event in _events(vosk, say(" 低高低  高低 ", 8_000), 8_000)]

    assert kinds.count(SpeechStarted) == kinds.count(Utterance) == kinds.count(SpeechEnded) == 2
    assert kinds[0] is SpeechStarted
    assert kinds[1] is Partial
    ends = [index for index, kind in enumerate(kinds) if kind is SpeechEnded]
    for index in ends:
        assert kinds[index - 1] is Utterance
    assert kinds[ends[0] + 1] is SpeechStarted


def test_partials_grow_and_are_not_repeated(vosk) -> None:
    partials = [
        event.heard
        for event in _events(vosk, say(" 低高低高低高 ", 8_000, 1.0), 8_000)
        if isinstance(event, Partial)
    ]

    texts = [heard.text for heard in partials]
    assert len(texts) >= 2
    assert all(one != two for one, two in pairwise(texts))
    assert all(two.startswith(one) for one, two in pairwise(texts))
    assert not any(heard.final for heard in partials)
    assert len({heard.start for heard in partials}) == 1


def test_what_began_and_came_to_nothing_has_ended() -> None:
    """A library that takes the words of its partial back at the end of the utterance."""

    class Kaldi:
        SetWords = SetPartialWords = staticmethod(lambda _: None)
        AcceptWaveform = staticmethod(lambda _: False)
        FinalResult = staticmethod(lambda: '{"text": ""}')

        @staticmethod
        def PartialResult() -> str:  # noqa: N802 - the library's name
            return '{"partial_result": [{"word": "低", "start": 0.1, "end": 0.4, "conf": 0.3}]}'

    stream = VoskStream(Leg.CALLER, 16_000, 16_000, Kaldi())

    assert stream.accept(np.zeros(3_200, np.float32))[0] == SpeechStarted(at=0.1)
    assert stream.finish() == [SpeechEnded(at=0.4)]


def test_silence_says_nothing(vosk) -> None:
    assert _events(vosk, np.zeros(40_000, np.float32), 8_000) == []
    assert _events(vosk, np.zeros(0, np.float32), 8_000) == []


def test_a_word_cut_off_by_the_end_is_heard(vosk) -> None:
    events = _events(vosk, say(" 低", 8_000), 8_000)

    assert [event.heard.text for event in events if isinstance(event, Utterance)] == ["低"]


@pytest.mark.parametrize("chunk", [0.02, 0.5, 60.0])
def test_the_size_of_chunks_does_not_matter(vosk, chunk) -> None:
    said = say(" 低高 ", 8_000)

    texts = [
        event.heard.text
        for event in _events(vosk, said, 8_000, chunk)
        if isinstance(event, Utterance)
    ]

    assert "".join(texts) == "低高"


def test_both_legs_of_a_recording(vosk) -> None:
    legs = {
        Leg.CALLER: Signal(samples=say("    低高  ", 8_000), rate=8_000),
        Leg.OPERATOR: Signal(samples=say(" 高  低低 ", 8_000), rate=8_000),
    }

    heard = vosk.transcribe(legs, ["低"])

    assert [item.start for item in heard] == sorted(item.start for item in heard)
    assert {item.leg for item in heard} == set(Leg)
    assert heard == vosk.transcribe(legs, ["低"])
    assert vosk.name == "vosk vosk-model-small-cn-tones"


def test_streams_do_not_mix(vosk) -> None:
    one, two = vosk.open(Leg.CALLER, 8_000), vosk.open(Leg.OPERATOR, 16_000)
    low, high = say(" 低", 8_000), say(" 高", 16_000)
    for at in range(10):
        one.accept(low[at * 1_200 : (at + 1) * 1_200])
        two.accept(high[at * 2_400 : (at + 1) * 2_400])

    assert [(e.heard.leg, e.heard.text) for e in one.finish() if isinstance(e, Utterance)] == [
        ("caller", "低")
    ]
    assert [(e.heard.leg, e.heard.text) for e in two.finish() if isinstance(e, Utterance)] == [
        ("operator", "高")
    ]


def test_a_fixed_graph_takes_no_grammar(folder) -> None:
    with pytest.raises(RecognizerError, match="takes no grammar"):
        VoskRecogniser(folder, grammar=["低"])


@pytest.mark.parametrize(
    "name",
    ["am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/HCLG.fst", "graph/words.txt"],
)
@pytest.mark.parametrize("how", ["missing", "empty"])
def test_an_incomplete_folder_is_one_line(tmp_path: Path, name, how) -> None:
    folder = tiny_vosk.build(tmp_path / "model")
    (folder / name).unlink()
    if how == "empty":
        (folder / name).touch()

    with pytest.raises(RecognizerError, match=f"no usable Vosk model .*(missing|{how})") as caught:
        VoskRecogniser(folder)

    assert "\n" not in str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    assert vosk_folder_problem(tmp_path / "none") == "there is no such folder"


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLG.fst"])
def test_damaged_files_are_one_line(tmp_path: Path, name) -> None:
    folder = tiny_vosk.build(tmp_path / "model")
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(RecognizerError, match="vosk cannot load this model"):
        VoskRecogniser(folder)
