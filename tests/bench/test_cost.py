"""Replay against the bare recogniser, with a real engine and a model of a few kilobytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from replay.calls import GOOD, write_recording
from shell import Command
from speech.tiny_vosk import build

from agentbot.bench.replay import Run, compare


def _run(name: str, wall: float, peak: float, judging: float = 0.0) -> Run:
    return Run(name=name, wall=wall, peak_mb=peak, sound=100.0, judging=judging)


def test_medians_are_compared() -> None:
    figures = compare(
        [
            _run("recogniser", 10, 400),
            _run("replay", 10.5, 440, 0.02),
            _run("replay", 99, 430, 0.05),
            _run("recogniser", 10, 300),
            _run("recogniser", 50, 400),
            _run("replay", 10.4, 440, 0.05),
        ]
    )

    assert figures["wall_ratio"] == 1.05
    assert figures["memory_ratio"] == 1.1
    assert figures["replay_of_real_time"] == 0.105
    assert figures["engine_times_real_time"] == 2000


def test_the_parts_of_replay_are_shares_of_recognising() -> None:
    parts = {"recognising": 20.0, "second_looks": 4.0, "judging": 0.5, "pages": 0.1}
    replay = replace(_run("replay", 12, 440), parts=parts)

    figures = compare([_run("recogniser", 10, 400), replay])

    assert figures["second_looks_of_recognising"] == 0.2
    assert figures["judging_of_recognising"] == 0.025
    assert figures["pages_of_recognising"] == 0.005


def test_both_are_run_as_often_on_the_same_calls(agentbot: Command, tmp_path: Path) -> None:
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    model = build(tmp_path / "vosk-model-small-cn-tones")
    (tmp_path / "calls").mkdir()
    write_recording(tmp_path / "calls/a.wav", lines=GOOD[:5])
    write_recording(tmp_path / "calls/b.wav", lines=GOOD[:3])

    said = agentbot(
        *("bench", "replay", tmp_path / "calls", "--script", "heating-repair"),
        *("--engine", f"vosk:{model}", "--rounds", "1", "--json", tmp_path / "cost.json"),
    )

    assert said.code == 0, said.err
    figures = json.loads((tmp_path / "cost.json").read_bytes())
    assert figures["rounds"] == 1
    assert figures["call_seconds"] > 20
    assert figures["wall_ratio"] > 0
    assert figures["recogniser_peak_mb"] > 10
    assert "wall ratio" in said.out
    assert 0 < figures["judging_of_recognising"] < 1
    assert 0 < figures["pages_of_recognising"] < 1
    assert figures["second_looks_of_recognising"] == 0  # this engine takes none


def test_broken_recording_is_one_line(agentbot: Command, tmp_path: Path) -> None:
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    model = build(tmp_path / "vosk-model-small-cn-tones")
    (tmp_path / "broken.wav").write_bytes(b"no sound")

    said = agentbot(
        *("bench", "replay", tmp_path / "broken.wav", "--script", "heating-repair"),
        *("--engine", f"vosk:{model}", "--rounds", "1"),
    )

    assert said.code == 1
    assert "broken.wav" in said.err
    assert "Traceback" not in said.err
