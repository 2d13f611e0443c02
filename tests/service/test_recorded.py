"""Talks that are only recorded: silent at the seat, judged from their files when they are over."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import soundfile
from talking import AT, RATE, Told, began, ended, floor, lines, until

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg
from agentbot.core.seat.view import SeatState
from agentbot.core.verdict import StepVerdict
from agentbot.errors import PbxError
from agentbot.pbx.files import FilesRoute
from agentbot.pbx.message import Message
from agentbot.pbx.sound import Recorded
from agentbot.replay.house import House
from agentbot.report.encode import from_json

SECONDS = 75.0


@dataclass
class Exchange:
    """Writes what MixMonitor would, at once."""

    folder: Path
    asked: list[tuple[str, dict[str, str]]]
    lead: float = 0.0
    """Seconds of something else before the talk."""

    async def ask(self, action: str, headers: Mapping[str, str]) -> Message:
        self.asked.append((action, dict(headers)))
        if action == "MixMonitor":
            self.write(headers["Options"][2:].split("-out.wav")[0])
        return Message({"Response": "Success"}, {})

    def write(self, name: str) -> None:
        random = np.random.default_rng(3)
        for side in ("in", "out"):
            level = np.repeat(random.choice([40, 2_000], round(self.lead + SECONDS)), RATE)
            sound = random.normal(0, 1, len(level)) * level
            soundfile.write(self.folder / f"{name}-{side}.wav", sound.astype(np.int16), RATE)


def _found(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*/*{ending}"))


async def _end(folder: Path, ending: str) -> Path:
    async with asyncio.timeout(30):
        while not (found := _found(folder, ending)):  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0.02)
    return found[0]


def _started(uniqueid: str, at: float) -> Message:
    return Message(
        {"Event": "MixMonitorStart", "Uniqueid": uniqueid, "Timestamp": f"{at:.6f}"}, {}, at
    )


async def test_talk_is_judged_from_its_recording(
    house: House, samples: Path, tmp_path: Path
) -> None:
    calls, monitor = tmp_path / "calls", tmp_path / "monitor"
    monitor.mkdir()
    exchange = Exchange(monitor, [])
    route = FilesRoute(exchange, monitor)
    route.notice(_started("o-c1-o1", AT))
    said = lines(samples / "repair-perfect.json")
    told = Told()
    async with floor(house, calls, route, said, hear_again=False) as seats:
        seats.take(began(), told)
        view = await until(seats, "218", lambda v: v.notices != ())
        seats.take(ended(SECONDS), told)
        live = await _end(calls, ".live.json")
        final = await _end(calls, "-o1.json")

    assert view.notices == ("after",)
    assert view.state is SeatState.TALKING
    assert view.alerts == ()
    verdicts = from_json(live.read_bytes(), "x"), from_json(final.read_bytes(), "x")
    assert StepVerdict.MISSED not in {s.verdict for s in verdicts[0].steps}
    assert verdicts[0].transcript == ()
    assert len(verdicts[1].transcript) > 10
    assert {s.verdict for s in verdicts[1].steps} <= {StepVerdict.DONE, StepVerdict.NOT_APPLICABLE}
    assert [action for action, _ in exchange.asked] == ["MixMonitor", "StopMixMonitor"]
    assert list(monitor.iterdir()) == []
    # The dialplan is told when it is judged, as it would have been told meanwhile.
    states = {event["Step"]: event["State"] for event in told.named("AgentbotStep")}
    assert states == {step.step: step.verdict.value for step in verdicts[1].steps}
    assert told.named("AgentbotAlert") == []


async def test_what_a_recording_shows_is_told_to_the_exchange(
    house: House, samples: Path, tmp_path: Path
) -> None:
    monitor, told = tmp_path / "monitor", Told()
    monitor.mkdir()
    route = FilesRoute(Exchange(monitor, []), monitor)
    route.notice(_started("o-c1-o1", AT))
    said = lines(samples / "repair-wrong-digit.json")
    async with floor(house, tmp_path / "calls", route, said, hear_again=False) as seats:
        seats.take(began(), told)
        await until(seats, "218", lambda v: v.notices != ())
        seats.take(ended(SECONDS), told)
        await _end(tmp_path / "calls", "-o1.json")

    assert "readback_mismatch" in {alert["Kind"] for alert in told.named("AgentbotAlert")}


async def test_recording_of_the_dialplan_is_cut_to_the_talk_and_left_where_it_is(
    house: House, samples: Path, tmp_path: Path
) -> None:
    calls, monitor = tmp_path / "calls", tmp_path / "monitor"
    (monitor / "2026").mkdir(parents=True)
    exchange = Exchange(monitor, [], lead=12.0)
    exchange.write("2026/x-c1")
    route = FilesRoute(exchange, monitor, pattern="2026/*-{linkedid}")
    route.notice(_started("c1", AT - 12.0))
    async with floor(
        house, calls, route, lines(samples / "repair-perfect.json"), keep_sound=True
    ) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: v.notices != ())
        talk = seats.talk_of("c1")
        assert talk is not None
        talk.pause()
        seats.take(ended(SECONDS), Told())
        await _end(calls, "-o1.json")
        flac = await _end(calls, ".flac")

    sound, rate = soundfile.read(flac)
    assert len(sound) / rate == pytest.approx(SECONDS, abs=0.1)
    assert not sound[round(3.5 * rate) :].any(), "what was paused is not in it"
    assert exchange.asked == []
    assert len(list((monitor / "2026").iterdir())) == 2


async def test_recording_that_does_not_come_leaves_the_live_verdict(
    house: House, tmp_path: Path
) -> None:
    route = FilesRoute(Exchange(tmp_path, []), tmp_path, pattern="{uniqueid}", patience=0.5)
    async with floor(house, tmp_path / "calls", route) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: v.notices != ())
        seats.take(ended(SECONDS), Told())
        await _end(tmp_path / "calls", ".live.json")

    assert _found(tmp_path / "calls", "-o1.json") == []


async def test_a_recording_is_a_tap_that_brings_nothing(tmp_path: Path) -> None:
    recording = await FilesRoute(Exchange(tmp_path, []), tmp_path).open(began())
    assert isinstance(recording, Recorded)
    assert [sound async for sound in recording] == []
    await recording.mute(on=True)
    assert {leg.value for leg in (await recording.files())[0]} == {leg.value for leg in Leg}


async def test_files_that_do_not_come_are_named(tmp_path: Path) -> None:
    talk: TalkBegan = began()
    route = FilesRoute(Exchange(tmp_path, []), tmp_path, pattern="x-{operator}", patience=0.5)
    recording = await route.open(talk)
    with pytest.raises(PbxError, match=r"x-o-c1-o1-in and -out did not come within 0.5 s"):
        await recording.files()


async def test_what_was_made_for_us_and_never_read_does_not_stay(tmp_path: Path) -> None:
    names = [f"agentbot-{uuid4()}-in.wav" for _ in range(2)] + ["agentbot-meeting-in.wav", "x.wav"]
    for name in names:
        (tmp_path / name).touch()
    for name in names[1:]:
        os.utime(tmp_path / name, (0, 0))
    await FilesRoute(Exchange(tmp_path, []), tmp_path, pattern="{uniqueid}").check()
    assert [(tmp_path / name).exists() for name in names] == [True, False, True, True]
