"""Transcripts of other recognisers."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentbot.core.events import Heard, Leg
from agentbot.errors import RecordingError
from agentbot.replay.transcript import read_transcript


def _write(folder: Path, text: str) -> Path:
    path = folder / "call.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_utterances_come_by_start_time(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        '{"utterances": ['
        '{"channel": "operator", "start": 3, "end": 4.5, "text": "您贵姓", "confidence": 0.5},'
        '{"channel": "caller", "start": 1, "end": 2, "text": "喂"}], "model": "other"}',
    )

    transcript = read_transcript(path)

    assert transcript.heard() == [
        Heard(leg=Leg.CALLER, start=1, end=2, text="喂"),
        Heard(leg=Leg.OPERATOR, start=3, end=4.5, text="您贵姓", confidence=0.5),
    ]
    assert transcript.seconds == 4.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Invalid JSON"),
        ("[]", "Input should be"),
        ("{}", "utterances: Field required"),
        ('{"utterances": [{"channel": "left", "start": 0, "end": 1, "text": ""}]}', "channel"),
        ('{"utterances": [{"channel": "caller", "start": 2, "end": 1, "text": ""}]}', "before"),
        ('{"utterances": [{"channel": "caller", "start": -1, "end": 1, "text": ""}]}', "0.start"),
        ('{"utterances": [{"channel": "caller", "start": 0, "end": 1}]}', "utterances.0.text"),
        (
            '{"utterances": [{"channel": "caller", "start": 0, "end": 1, "text": "", "confidence": 7}]}',
            "confidence",
        ),
        (
            '{"utterances": [{"channel": "caller", "start": 500, "end": 2100, "text": "喂"}]}',
            "lasts 1600 s; times are seconds",
        ),
    ],
)
def test_what_is_no_transcript_gives_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = _write(tmp_path, text)

    with pytest.raises(RecordingError) as caught:
        read_transcript(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"none\.json: No such file"):
        read_transcript(tmp_path / "none.json")


def test_a_byte_order_mark_is_no_fault_and_another_encoding_is_named(tmp_path: Path) -> None:
    text = '{"utterances": [{"channel": "caller", "start": 0, "end": 1, "text": "您好"}]}'
    path = tmp_path / "call.json"
    path.write_bytes(text.encode("utf-8-sig"))
    assert len(read_transcript(path).heard()) == 1
    path.write_bytes(text.encode("gb18030"))
    with pytest.raises(RecordingError, match=r"call\.json: not UTF-8; save"):
        read_transcript(path)


def test_an_utterance_without_words_is_not_heard(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        '{"utterances": [{"channel": "operator", "start": 0, "end": 1, "text": " "}]}',
    )
    assert read_transcript(path).heard() == []
