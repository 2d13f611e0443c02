"""Many calls: nothing done is lost, nothing is done twice, nothing broken stops the rest."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import structlog
from replay.calls import GOOD, Listed, heard, write_recording, write_transcript
from shell import Command
from speech.tiny_vosk import build

from agentbot.core.events import AudioLost, Heard, Leg
from agentbot.errors import ReportError
from agentbot.logs import configure_logs
from agentbot.replay.batch import Batch, Outcome, State
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.listening import Listener
from agentbot.replay.results import Results
from agentbot.speech.base import Signal

Tree = dict[str, bytes]


def _tree(folder: Path) -> Tree:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _source(path: Path, **known: object) -> Source:
    kind = {"transcript": path} if path.suffix == ".json" else {"audio": (path,)}
    values = {"script": "heating-repair", "seat": "108", **kind, **known}
    return Source(call_id=path.stem, listed=str(path), **values)  # type: ignore[arg-type]


def _run(
    house: House,
    sources: Sequence[Source],
    out: Path,
    recogniser: Listener | None = None,
    jobs: int = 1,
    pages: bool = True,
) -> Outcome:
    batch = Batch(
        house=house,
        results=Results(folder=out, pages=pages, lang="zh"),
        lang="zh",
        recogniser=recogniser,
        jobs=jobs,
    )
    outcome = Outcome()
    batch.run(sources, outcome, lambda _: None)
    batch.summarise(sources, outcome)
    return outcome


def test_same_bytes_whatever_the_jobs(tmp_path: Path, house: House) -> None:
    sources = [_source(write_recording(tmp_path / f"r{n}.wav")) for n in range(3)]
    sources += [
        _source(write_transcript(tmp_path / f"t{n}.json", GOOD[: 5 + 2 * n])) for n in range(5)
    ]

    _run(house, sources, tmp_path / "one", Listed(heard()), jobs=1)
    _run(house, sources, tmp_path / "many", Listed(heard()), jobs=4)

    one = _tree(tmp_path / "one")
    assert len(one) == 3 * len(sources) + 3
    assert one == _tree(tmp_path / "many")


def test_good_call_is_judged_good_from_sound_and_from_text(tmp_path: Path, house: House) -> None:
    sources = [
        _source(write_recording(tmp_path / "sound.wav")),
        _source(write_transcript(tmp_path / "text.json")),
    ]

    _run(house, sources, tmp_path / "out", Listed(heard()))

    for call_id in ("sound", "text"):
        verdict = json.loads((tmp_path / f"out/{call_id}.json").read_bytes())
        assert {step["verdict"] for step in verdict["steps"]} == {"done"}, verdict["steps"]
        assert {f["verdict"] for f in verdict["fields"].values()} == {"matched"}
        assert "<html" in (tmp_path / f"out/{call_id}.html").read_text()


def test_what_is_done_is_not_done_again(tmp_path: Path, house: House) -> None:
    sources = [_source(write_transcript(tmp_path / f"{n}.json")) for n in range(3)]
    _run(house, sources, tmp_path / "out")
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "out").glob("[0-9]*")}

    again = _run(house, sources, tmp_path / "out")

    assert again.count(State.KEPT) == 3
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "out").glob("[0-9]*")}


def _other_words(tmp_path: Path, source: Source) -> Source:
    write_transcript(tmp_path / "c.json", GOOD[:6])
    return source


@pytest.mark.parametrize(
    "change",
    [
        _other_words,
        lambda _, source: _source(source.transcript, seat="109"),
        lambda _, source: _source(source.transcript, script="gas-order"),
        lambda _, source: _source(source.transcript, ring_seconds=20.0),
        lambda tmp_path, source: (tmp_path / "out/c.json").unlink() or source,
        lambda tmp_path, source: (tmp_path / "out/c.html").unlink() or source,
        lambda tmp_path, source: (tmp_path / "out/c.json").write_bytes(b"{") and source,
    ],
    ids=["words", "seat", "script", "ringing", "no json", "no page", "half a json"],
)
def test_what_has_changed_is_judged_again(
    tmp_path: Path, house: House, change: Callable[[Path, Source], Source]
) -> None:
    source = _source(write_transcript(tmp_path / "c.json"))
    _run(house, [source], tmp_path / "out")

    again = _run(house, [change(tmp_path, source)], tmp_path / "out")

    assert again.finished == {"c": State.JUDGED}
    json.loads((tmp_path / "out/c.json").read_bytes())


def test_other_engine_judges_recordings_again(tmp_path: Path, house: House) -> None:
    sources = [_source(write_recording(tmp_path / "c.wav"))]
    first, second = Listed(heard()), Listed(heard())
    second.name = "another"
    _run(house, sources, tmp_path / "out", first)

    assert _run(house, sources, tmp_path / "out", first).finished == {"c": State.KEPT}
    assert _run(house, sources, tmp_path / "out", second).finished == {"c": State.JUDGED}


def test_broken_calls_are_listed_with_their_reason_and_the_rest_is_judged(
    tmp_path: Path, house: House
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "words.json").write_text("{}")
    soundfile.write(tmp_path / "silence.wav", [[0.0, 0.0]] * 80_000, 8_000)
    sources = [
        _source(tmp_path / name)
        for name in ("empty.wav", "gone.wav", "words.json", "lost.json", "silence.wav")
    ]
    sources.append(_source(write_transcript(tmp_path / "no-script.json"), script="unheard-of"))
    sources.append(_source(write_transcript(tmp_path / "fine.json")))

    outcome = _run(house, sources, tmp_path / "out", Listed(heard()), jobs=2)

    assert outcome.finished.pop("fine") is State.JUDGED
    assert set(outcome.finished.values()) == {State.BROKEN}
    summary = json.loads((tmp_path / "out/summary.json").read_bytes())
    assert (summary["calls"], summary["failed"]) == (1, 6)
    assert [failure["call_id"] for failure in summary["failures"]] == [
        "empty", "gone", "words", "lost", "silence", "no-script",
    ]  # fmt: skip
    assert all("\n" not in failure["reason"] for failure in summary["failures"])
    with (tmp_path / "out/summary.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [row["call_id"] for row in rows if row["failed"]] == [
        failure["call_id"] for failure in summary["failures"]
    ]
    assert "no-script" in (tmp_path / "out/overview.html").read_text()


class Failing(Listed):
    """Has a fault of its own on calls of one length."""

    def transcribe(
        self, legs: dict[Leg, Signal], hot_words: Sequence[str] = ()
    ) -> list[Heard | AudioLost]:
        if legs[Leg.CALLER].seconds < 20:
            raise ZeroDivisionError("a fault of ours")
        return super().transcribe(legs, hot_words)


def test_fault_of_ours_costs_one_call_only(
    tmp_path: Path, house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    sources = [
        _source(write_recording(tmp_path / "short.wav", lines=GOOD[:4])),
        _source(write_recording(tmp_path / "long.wav")),
    ]

    configure_logs()

    outcome = _run(house, sources, tmp_path / "out", Failing(heard()))

    log = capfd.readouterr().err
    assert outcome.finished == {"short": State.BROKEN, "long": State.JUDGED}
    assert "ZeroDivisionError" in outcome.broken[0].reason
    assert "a fault of ours" in log
    assert "short" in log


def test_log_shows_no_values_of_variables(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logs()

    def judge_somebody(number: str) -> None:
        raise KeyError("field")

    try:
        judge_somebody("138" + "00138000")
    except KeyError as error:
        structlog.get_logger().error("call failed", call_id="c", exc_info=error)

    log = capfd.readouterr().err
    assert "judge_somebody" in log
    assert "13800138000" not in log


def test_verdict_of_a_call_that_became_broken_is_taken_away(tmp_path: Path, house: House) -> None:
    source = _source(write_transcript(tmp_path / "c.json"))
    _run(house, [source], tmp_path / "out")
    (tmp_path / "c.json").write_text("{}")

    outcome = _run(house, [source], tmp_path / "out")

    assert outcome.finished == {"c": State.BROKEN}
    assert not (tmp_path / "out/c.json").exists()
    assert not (tmp_path / "out/c.html").exists()


def test_folder_that_cannot_be_written_ends_the_batch_at_once(tmp_path: Path, house: House) -> None:
    (tmp_path / "out").write_text("a file")
    sources = [_source(write_transcript(tmp_path / f"{n}.json")) for n in range(20)]
    told: list[Source] = []
    batch = Batch(
        house=house,
        results=Results(folder=tmp_path / "out", pages=True, lang="zh"),
        lang="zh",
        recogniser=None,
        jobs=2,
    )

    with pytest.raises(ReportError, match="out"):
        batch.run(sources, Outcome(), told.append)

    assert told == []


def test_without_pages_there_are_none(tmp_path: Path, house: House) -> None:
    source = _source(write_transcript(tmp_path / "c.json"))

    _run(house, [source], tmp_path / "out", pages=False)

    assert [p.name for p in (tmp_path / "out").glob("*.html")] == ["overview.html"]
    assert 'href="./c.html"' not in (tmp_path / "out/overview.html").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "killed"])
def test_stopped_run_keeps_what_is_done_and_the_next_goes_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    calls = 80
    for n in range(calls):
        write_transcript(tmp_path / f"calls/{n:02}.json")
    command = [
        *(sys.executable, "-m", "agentbot", "replay", str(tmp_path / "calls")),
        *("--out", str(tmp_path / "out"), "--script", "heating-repair", "--jobs", "2"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out/.agentbot").glob("*")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=60)

    sealed = {path.name for path in (tmp_path / "out/.agentbot").glob("*") if "." not in path.name}
    assert 0 < len(sealed) < calls, output
    for call_id in sealed:
        assert json.loads((tmp_path / f"out/{call_id}.json").read_bytes())["call_id"] == call_id
        assert (tmp_path / f"out/{call_id}.html").is_file()
    if number is signal.SIGINT:
        assert process.returncode == 130
        assert b"goes on from here" in output
        summary = json.loads((tmp_path / "out/summary.json").read_bytes())
        assert summary["calls"] == len(sealed)

    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)

    assert f"{calls - len(sealed)} judged, {len(sealed)} unchanged, 0 broken" in again.stdout
    assert len(list((tmp_path / "out").glob("[0-9]*.json"))) == calls


def test_real_engine_hears_and_second_run_need_not(agentbot: Command, tmp_path: Path) -> None:
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    model = build(tmp_path / "vosk-model-small-cn-tones")
    tone = np.sin(np.arange(12_000) * 2 * np.pi * 2_500 / 16_000) * 0.3
    rests = np.zeros(24_000)
    legs = [
        np.concatenate([rests, tone, rests, rests]),
        np.concatenate([rests, rests, tone, rests]),
    ]
    soundfile.write(tmp_path / "tones.wav", np.stack(legs, axis=1), 16_000)
    arguments = (
        *("replay", tmp_path / "tones.wav", "--out", tmp_path / "out", "--operator", "right"),
        *("--script", "heating-repair", "--engine", f"vosk:{model}"),
    )

    first, second = agentbot(*arguments), agentbot(*arguments)

    assert "1 judged, 0 unchanged" in first.out
    assert "0 judged, 1 unchanged" in second.out
    assert f"engine: vosk {model.name}: asked for" in first.err
    verdict = json.loads((tmp_path / "out/tones.json").read_bytes())
    assert verdict["engine"] == f"vosk {model.name}"
    assert {(line["channel"], line["text"]) for line in verdict["transcript"]} == {
        ("caller", "高"),
        ("operator", "高"),
    }
    assert "audio/flac" in (tmp_path / "out/tones.html").read_text()
