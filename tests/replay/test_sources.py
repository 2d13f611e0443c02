"""Which calls are found at which inputs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentbot.core.events import Leg
from agentbot.errors import RecordingError
from agentbot.replay.call import Source
from agentbot.replay.sources import find_calls


def _lay(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def _ids(*inputs: Path, leave_out: Path | None = None) -> list[str]:
    return [source.call_id for source in find_calls(inputs, leave_out=leave_out).sources]


def test_folder_is_walked_in_order_and_other_files_are_left(tmp_path: Path) -> None:
    _lay(tmp_path, "b.wav", "a.FLAC", "2026/c.mp3", "notes.txt", "picture.png")

    assert _ids(tmp_path) == ["c", "a", "b"]


def test_mixmonitor_halves_are_one_call_from_folder_and_from_either_half(tmp_path: Path) -> None:
    _lay(tmp_path, "1700-in.wav", "1700-out.wav", "lone-in.wav")
    pair = (tmp_path / "1700-in.wav", tmp_path / "1700-out.wav")

    whole = find_calls([tmp_path]).sources
    assert [(s.call_id, s.audio) for s in whole] == [
        ("1700", pair),
        ("lone-in", (tmp_path / "lone-in.wav",)),
    ]
    assert find_calls([pair[1]]).sources[0].audio == pair


def test_json_beside_a_recording_is_no_call_of_its_own(tmp_path: Path) -> None:
    _lay(tmp_path, "a.wav", "a.json", "a.other.json", "b.json", "sub/a2.json")

    assert _ids(tmp_path) == ["a", "b", "a2"]


def test_results_inside_the_input_are_not_judged_again(tmp_path: Path) -> None:
    _lay(tmp_path, "a.wav", "out/a.json", "out/summary.json")

    assert _ids(tmp_path, leave_out=tmp_path / "out") == ["a"]


def test_second_call_of_one_id_is_broken_and_names_the_first(tmp_path: Path) -> None:
    _lay(tmp_path, "x/a.wav", "y/a.wav")

    found = find_calls([tmp_path])

    assert [s.listed for s in found.sources] == [str(tmp_path / "x/a.wav")]
    assert len(found.broken) == 1
    assert str(tmp_path / "x/a.wav") in found.broken[0].reason
    assert found.broken[0].source == str(tmp_path / "y/a.wav")


@pytest.mark.parametrize("call_id", ["summary", "Overview", "../up", "a/b", ".hidden", "长" * 90])
def test_id_that_cannot_name_a_result_is_broken(tmp_path: Path, call_id: str) -> None:
    (tmp_path / "m.jsonl").write_text(
        json.dumps({"call_id": call_id, "audio": "a.wav"}), encoding="utf-8"
    )

    found = find_calls([tmp_path / "m.jsonl"])

    assert not found.sources
    assert found.broken[0].source == f"{tmp_path / 'm.jsonl'}:1"
    assert "call id" in found.broken[0].reason


def test_manifest_says_all_and_wins_over_the_command_line(tmp_path: Path) -> None:
    entry = {
        "call_id": "k1",
        "audio": ["k1-in.wav", "k1-out.wav"],
        "script": "own",
        "seat": 563,
        "started_at": "2026-10-01T09:00:00+08:00",
        "channels": ["operator", "caller"],
        "queue": "north",
        "ring_seconds": 4.5,
    }
    (tmp_path / "m.jsonl").write_text(
        f"{json.dumps(entry)}\n\n" + json.dumps({"call_id": "k2", "transcript": "t/k2.json"})
    )
    known = Source(call_id="", listed="", script="common", seat="1")

    one, two = find_calls([tmp_path / "m.jsonl"], known).sources

    assert one.audio == (tmp_path / "k1-in.wav", tmp_path / "k1-out.wav")
    assert one.channels == (Leg.OPERATOR, Leg.CALLER)
    assert (one.script, one.seat, one.queue, one.ring_seconds) == ("own", "563", "north", 4.5)
    assert one.started_at is not None
    assert one.started_at.isoformat() == "2026-10-01T09:00:00+08:00"
    assert two.transcript == tmp_path / "t/k2.json"
    assert (two.script, two.seat) == ("common", "1")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Invalid JSON"),
        ('{"call_id": "a"}', "give either audio or transcript"),
        ('{"call_id": "a", "audio": "a.wav", "transcript": "a.json"}', "give either"),
        ('{"call_id": "a", "audio": "a.wav", "sript": "x"}', "sript: there is no such key"),
        ('{"call_id": "a", "audio": "a.wav", "started_at": "yesterday"}', "started_at"),
        ('{"call_id": "a", "audio": "a.wav", "channels": ["caller", "caller"]}', "channels must"),
        ('{"call_id": "a", "audio": "a.wav", "ring_seconds": -1}', "ring_seconds"),
        ('{"call_id": "", "audio": "a.wav"}', "call_id"),
        ('{"call_id": "a", "audio": ["a.wav", "b.wav", "c.wav"]}', "audio: write one file"),
        ('{"call_id": "a", "audio": {}}', "audio: write one file"),
    ],
)
def test_wrong_manifest_line_is_one_broken_call_and_the_rest_goes_on(
    tmp_path: Path, line: str, said: str
) -> None:
    manifest = tmp_path / "m.jsonl"
    manifest.write_text(f'{line}\n{{"call_id": "fine", "audio": "f.wav"}}\n')

    found = find_calls([manifest])

    assert [s.call_id for s in found.sources] == ["fine"]
    assert len(found.broken) == 1
    assert found.broken[0].source == f"{manifest}:1"
    assert said in found.broken[0].reason
    assert "\n" not in found.broken[0].reason


@pytest.mark.parametrize("name", ["gone", "gone.wav", "notes.txt"])
def test_input_that_is_nothing_of_ours_is_refused(tmp_path: Path, name: str) -> None:
    _lay(tmp_path, "notes.txt")

    with pytest.raises(RecordingError, match=name):
        find_calls([tmp_path / name])


def test_a_manifest_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "m.jsonl").write_bytes('{"call_id": "a", "audio": "a.wav"}'.encode("utf-8-sig"))
    assert _ids(tmp_path / "m.jsonl") == ["a"]


def test_nothing_to_judge_is_said(tmp_path: Path) -> None:
    _lay(tmp_path, "notes.txt", "m.jsonl")
    for nothing in (tmp_path, tmp_path / "m.jsonl"):
        with pytest.raises(RecordingError, match=f"{nothing}: no call to judge there"):
            find_calls([nothing])


def test_a_link_that_leads_nowhere_is_a_call_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "gone.wav").symlink_to("nowhere.wav")
    assert _ids(tmp_path) == ["gone"]
