"""Recorded AMI logs read back, in each of their forms, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentbot.errors import PbxError
from agentbot.pbx.amilog import read_log

LOG = Path(__file__).parent / "logs" / "pickup.log"


@pytest.mark.parametrize("form", ["list", "lines"])
def test_json_says_the_same_as_the_raw_log(form: str, tmp_path: Path) -> None:
    raw = list(read_log(LOG))
    events = [message.headers for message in raw]
    path = tmp_path / "log.json"
    path.write_text(
        json.dumps(events) if form == "list" else "\n".join(json.dumps(event) for event in events)
    )

    assert [message.headers for message in read_log(path)] == events


def test_a_list_in_json_is_a_header_that_came_more_than_once(tmp_path: Path) -> None:
    path = tmp_path / "log.json"
    path.write_text(
        '[{"Event": "Newchannel", "ChanVariable": ["A=1", "B=2"], "Exten": null, "Priority": 1}]'
    )

    (message,) = read_log(path)

    assert message.all("ChanVariable") == ("A=1", "B=2")
    assert (message.get("Exten"), message.get("Priority")) == ("", "1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"RIFF\x00\x01 some sound", "no AMI log"),
        (b"[1, 2]", "item 1 is no event"),
        (b'{"Event": "Hangup"', "no JSON"),
        (b'["\xff\xfe"]', "not UTF-8"),
        (b'{"score": 90}', "no event"),
        (b"[]", "no event"),
    ],
)
def test_what_is_no_log_is_said_in_one_line(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.log"
    path.write_bytes(content)

    with pytest.raises(PbxError, match=said) as caught:
        list(read_log(path))

    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_log_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(PbxError, match="No such file"):
        read_log(tmp_path / "none.log")


def test_a_log_cut_anywhere_is_read(tmp_path: Path) -> None:
    raw, path = LOG.read_bytes(), tmp_path / "cut.log"
    whole = len(list(read_log(LOG)))
    for cut in range(200, len(raw), 997):
        path.write_bytes(raw[:cut])
        assert len(list(read_log(path))) <= whole
