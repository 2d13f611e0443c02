"""Talks on the floor: heard, shown, judged, kept; moved, held, paused, picked up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from talking import AT, Played, Told, began, ended, floor, lines, over, until

from agentbot.core.calls.events import (
    CallRinging,
    HoldBegan,
    HoldEnded,
    Role,
    Transfer,
    TransferKind,
)
from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import AudioLost, Leg, LossCause, Rescored
from agentbot.core.seat.view import SeatState, StepState
from agentbot.core.session import Session
from agentbot.core.verdict import FindingKind, StepVerdict
from agentbot.replay.batch import Batch, Outcome
from agentbot.replay.house import House
from agentbot.replay.results import Results
from agentbot.replay.sources import find_calls
from agentbot.report.encode import from_json, to_json
from agentbot.store.events import read_events
from agentbot.testing import ScriptedRecogniser

SECONDS = 75.0


def _perfect(samples: Path) -> list:
    return lines(samples / "repair-perfect.json")


def _is_over(view) -> bool:
    return view.state is SeatState.ENDED


async def _kept(folder: Path, ending: str, number: int = 1) -> list[Path]:
    """Files of calls, once there are so many."""
    async with asyncio.timeout(30):
        while len(found := _files(folder, ending)) < number:  # noqa: ASYNC110 - files tell nobody
            await asyncio.sleep(0.02)
    return found


def _files(folder: Path, ending: str) -> list[Path]:
    return sorted(folder.glob(f"*/*{ending}"))


async def test_a_talk_is_shown_judged_and_kept(house: House, samples: Path, tmp_path: Path) -> None:
    said, told = _perfect(samples), Told()
    async with floor(house, tmp_path, Played(SECONDS), said) as seats:
        seats.take(began(), told)
        first = await until(seats, "218", lambda v: v.state is SeatState.TALKING)
        assert first.prompt is not None
        assert "您好" in first.prompt.text
        await until(seats, "218", lambda v: all(s.state is StepState.DONE for s in v.steps[:4]))
        seats.take(ended(SECONDS), told)
        seats.take(over(SECONDS), told)
        shown = await until(seats, "218", lambda v: v.outcome is not None)
        assert shown.state is SeatState.ENDED
        assert shown.outcome is not None
        assert shown.outcome.provisional is not shown.outcome.whole
        [final] = await _kept(tmp_path, "-o1.json")
        shown = await until(seats, "218", lambda v: v.outcome is not None and v.outcome.whole)

    verdict = from_json(final.read_bytes(), "final")
    assert shown.outcome is not None
    assert not shown.outcome.provisional
    assert shown.outcome.score == verdict.score
    assert {s.verdict for s in verdict.steps} <= {StepVerdict.DONE, StepVerdict.NOT_APPLICABLE}
    assert len(verdict.transcript) == len(said)
    steps = told.named("AgentbotStep")
    assert {"done"} <= {event["State"] for event in steps}
    assert all("138" not in "".join(event.values()) for event in steps)


async def test_log_played_again_gives_the_live_verdict(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with floor(house, tmp_path, Played(SECONDS), _perfect(samples)) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: len(v.transcript) > 3)
        seats.take(HoldBegan(call="c1", talk="c1-o1", at=AT + 40, by=Role.OPERATOR), Told())
        seats.take(HoldEnded(call="c1", talk="c1-o1", at=AT + 44, by=Role.OPERATOR), Told())
        seats.take(ended(SECONDS), Told())
        [live] = await _kept(tmp_path, ".live.json")
        [log] = await _kept(tmp_path, ".events.jsonl")

    session = Session(house.scripts["heating-repair"])
    for event in read_events(log.read_bytes(), "log"):
        session.feed(event)

    assert to_json(session.verdict("scripted", {"source": "live"})) == live.read_bytes()


async def test_final_verdict_is_that_of_the_replayed_recording(
    house: House, samples: Path, tmp_path: Path
) -> None:
    said = _perfect(samples)
    async with floor(house, tmp_path / "calls", Played(SECONDS), said) as seats:
        seats.take(began(), Told())
        seats.take(ended(SECONDS), Told())
        await _kept(tmp_path / "calls", "-o1.json")
        [final] = _files(tmp_path / "calls", "-o1.json")
        [manifest] = _files(tmp_path / "calls", ".call.jsonl")
    results = Results(folder=tmp_path / "out", pages=False, lang="zh")
    batch = Batch(
        house=house, results=results, lang="zh", recogniser=ScriptedRecogniser(said), jobs=1
    )
    outcome = Outcome()

    batch.run(find_calls([manifest]).sources, outcome, lambda source: None)

    assert outcome.broken == []
    assert results.json("c1-o1").read_bytes() == final.read_bytes()


async def test_what_came_before_a_picked_up_talk_is_not_missed(
    house: House, samples: Path, tmp_path: Path
) -> None:
    late = [line for line in _perfect(samples) if line.start > 30]
    async with floor(house, tmp_path, Played(50.0), late) as seats:
        seats.take(began(picked_up=True), Told())
        await until(seats, "218", lambda v: v.notices != ())
        seats.take(ended(45.0), Told())
        [live] = await _kept(tmp_path, ".live.json")
        [final] = await _kept(tmp_path, f"-o1-from-{AT:.0f}.json")

    for file in (live, final):
        verdict = from_json(file.read_bytes(), "x")
        assert verdict.steps[0].verdict is StepVerdict.CANNOT_TELL, file.name


async def test_transfer_goes_on_where_the_other_seat_stopped(
    house: House, samples: Path, tmp_path: Path
) -> None:
    said = _perfect(samples)
    moved = Transfer(kind=TransferKind.BLIND, source="218", target="219", at=AT + 40)
    async with floor(house, tmp_path, Played(40.0), said) as seats:
        seats.take(began(), Told())
        before = await until(
            seats, "218", lambda v: any(s.state is StepState.DONE for s in v.steps[1:])
        )
        seats.take(ended(40.0, moved=moved), Told())
        await until(seats, "218", lambda v: v.state is SeatState.TRANSFERRED)
        seats.take(began("219", "c1-o2", at=AT + 41, transfer=moved), Told())
        after = await until(seats, "219", lambda v: v.state is SeatState.TALKING)
        seats.take(ended(45.0, "219", "c1-o2"), Told())
        kept = await _kept(tmp_path, ".live.json", 2)

    assert after.steps[0].state is StepState.DONE
    assert [f.value for f in after.fields if f.value][:1] == [
        f.value for f in before.fields if f.value
    ][:1]
    first, second = (from_json(path.read_bytes(), "x") for path in kept)
    assert (first.seat, second.seat) == ("218", "219")
    assert FindingKind.WRONG_WORDING not in {found.kind for found in second.findings}, (
        "it was 218 who greeted"
    )


async def test_paused_stretch_is_neither_recorded_nor_judged(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with floor(house, tmp_path, Played(SECONDS), _perfect(samples)) as seats:
        seats.take(began(), Told())
        talk = seats.talk_of("c1")
        assert talk is not None
        talk.pause()
        await until(seats, "218", lambda v: v.notices != ())
        seats.take(ended(SECONDS), Told())
        [live] = await _kept(tmp_path, ".live.json")
        [log] = await _kept(tmp_path, ".events.jsonl")

    assert from_json(live.read_bytes(), "x").transcript == ()
    assert StepVerdict.MISSED not in {s.verdict for s in from_json(live.read_bytes(), "x").steps}
    assert "not_tapped" in log.read_text()


async def test_talk_without_sound_is_shown_and_accuses_nobody(house: House, tmp_path: Path) -> None:
    async with floor(house, tmp_path, Played(fails="no ChanSpy")) as seats:
        seats.take(began(), Told())
        view = await until(seats, "218", lambda v: "untapped" in v.notices)
        assert view.prompt is not None
        seats.take(ended(30.0), Told())
        [live] = await _kept(tmp_path, ".live.json")

    assert StepVerdict.MISSED not in {s.verdict for s in from_json(live.read_bytes(), "x").steps}


async def test_swapped_legs_are_noticed_and_put_right(
    house: House, samples: Path, tmp_path: Path
) -> None:
    other = {"caller": "operator", "operator": "caller"}
    wrong = [
        type(line)(
            leg=type(line.leg)(other[line.leg]), start=line.start, end=line.end, text=line.text
        )
        for line in _perfect(samples)
    ]
    async with floor(house, tmp_path, Played(SECONDS), wrong) as seats:
        seats.take(began(), Told())
        view = await until(seats, "218", lambda v: "swapped" in v.notices)
        view = await until(seats, "218", lambda v: v.steps[3].state is StepState.DONE)
        seats.take(ended(SECONDS), Told())
        [final] = await _kept(tmp_path, "-o1.json")

    assert view.steps[0].state is StepState.DONE
    verdict = from_json(final.read_bytes(), "x")
    assert [s for s in verdict.steps if s.verdict is StepVerdict.MISSED] == []


@pytest.mark.parametrize("over", [frozenset(Leg), frozenset({Leg.OPERATOR})], ids=["both", "one"])
async def test_sound_that_breaks_off_is_asked_for_again_and_the_hole_is_told(
    house: House, samples: Path, tmp_path: Path, over: frozenset[Leg]
) -> None:
    route = Played(3.0, over=over)
    async with floor(house, tmp_path, route, _perfect(samples)) as seats:
        seats.take(began(), Told())
        async with asyncio.timeout(20):
            while len(route.opened) < 2:  # noqa: ASYNC110 - routes tell nobody
                await asyncio.sleep(0.02)
        route.over = frozenset()
        await asyncio.sleep(0.3)
        seats.take(ended(SECONDS), Told())
        [log] = await _kept(tmp_path, ".events.jsonl")

    lost = [e for e in read_events(log.read_bytes(), "log") if isinstance(e, AudioLost)]
    assert over <= {e.leg for e in lost if e.cause is LossCause.NOT_TAPPED}


async def test_what_comes_after_an_exchange_that_went_away_is_not_missed(
    house: House, samples: Path, tmp_path: Path
) -> None:
    early = [line for line in _perfect(samples) if line.end < 25]
    async with floor(house, tmp_path, Played(30.0), early) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: len(v.transcript) >= len(early))
        seats.take(replace(ended(30.0), lost=True), Told())
        [live] = await _kept(tmp_path, ".live.json")

    assert StepVerdict.MISSED not in {s.verdict for s in from_json(live.read_bytes(), "x").steps}


async def test_a_talk_picked_up_again_does_not_write_over_what_was_kept(
    house: House, samples: Path, tmp_path: Path
) -> None:
    for life in (began(), began(picked_up=True, at=AT + 60)):
        async with floor(house, tmp_path, Played(10.0), _perfect(samples)) as seats:
            seats.take(life, Told())
            await until(seats, "218", lambda v: v.transcript != ())

    assert len(_files(tmp_path, ".live.json")) == 2


async def test_marks_and_corrections_reach_their_own_talk_only(
    house: House, samples: Path, tmp_path: Path
) -> None:
    async with floor(house, tmp_path, Played(10.0), _perfect(samples)) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: v.state is SeatState.TALKING)
        step = seats.view("218").steps[2].step
        field = seats.view("218").fields[0].field

        assert seats.mark("218", "c1-o1", step, StepState.DONE)
        assert seats.correct("218", "c1-o1", field, "12345678")
        assert not seats.mark("219", "c1-o1", step, StepState.DONE)
        assert not seats.mark("218", "gone", step, StepState.DONE)
        assert not seats.mark("218", "c1-o1", "no such step", StepState.DONE)
        view = seats.view("218")
        assert (view.steps[2].state, view.steps[2].by_hand) == (StepState.DONE, True)
        assert view.fields[0].edited


async def test_seat_without_a_script_is_left_alone(house: House, tmp_path: Path) -> None:
    route = Played()
    async with floor(house, tmp_path, route, rules=()) as seats:
        seats.take(began(), Told())
        assert seats.talking == 0

        seats.take(began(talk="c1-o3", variables={"AGENTBOT_SCRIPT": "heating-repair"}), Told())
        assert seats.talking == 1


async def test_stop_saves_the_talks_under_way(house: House, samples: Path, tmp_path: Path) -> None:
    async with floor(house, tmp_path, Played(SECONDS), _perfect(samples)) as seats:
        seats.take(began(at=AT), Told())
        await until(seats, "218", lambda v: len(v.transcript) > 2)
        await seats.stop(20.0)

    [live] = _files(tmp_path, ".live.json")
    assert json.loads(live.read_bytes())["transcript"]


async def test_slow_watcher_gets_the_newest(house: House, samples: Path, tmp_path: Path) -> None:
    async with floor(house, tmp_path, Played(SECONDS), _perfect(samples)) as seats:
        watch = seats.watch("218")
        versions = [(await anext(watch)).version]
        seats.take(began(), Told())
        await until(seats, "218", lambda v: len(v.transcript) > 3)
        versions.append((await anext(watch)).version)
        assert versions[1] == seats.view("218").version > versions[0] + 1


async def test_what_comes_after_a_stop_is_not_missed(
    house: House, samples: Path, tmp_path: Path
) -> None:
    early = [line for line in _perfect(samples) if line.end < 25]
    async with floor(house, tmp_path, Played(30.0), early) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: len(v.transcript) >= len(early))
        await seats.stop(20.0)

    [live] = _files(tmp_path, ".live.json")
    verdict = from_json(live.read_bytes(), "x")
    assert verdict.steps[0].verdict is StepVerdict.DONE
    assert [s for s in verdict.steps if s.verdict is StepVerdict.MISSED] == []


class _Again(ScriptedRecogniser):
    """Says of every doubt that both legs said the same number."""

    def __init__(self, said: list) -> None:
        super().__init__(said)
        self.asked: list = []

    def rehear(self, legs, doubts) -> list:
        self.asked += doubts
        return [
            Rescored(field=d.field, at=60.0, scores=tuple((r, -n, -n) for n, r in enumerate(d.rivals)))
            for d in doubts
            if isinstance(d, ValueDoubt)
        ]  # fmt: skip


async def test_doubts_are_heard_again_before_the_call_ends(
    house: House, samples: Path, tmp_path: Path
) -> None:
    said = [replace(line, confidence=0.6) for line in lines(samples / "repair-wrong-digit.json")]
    again = _Again(said)
    async with floor(house, tmp_path, Played(SECONDS), recogniser=again) as seats:
        seats.take(began(), Told())
        await until(seats, "218", lambda v: v.transcript and v.transcript[-1].text == said[-1].text)
        clock = seats.talk_of("c1").clock
        object.__setattr__(clock, "origin", clock.origin - 90.0)
        async with asyncio.timeout(20):
            while not again.asked:  # noqa: ASYNC110 - a recogniser tells nobody
                await asyncio.sleep(0.02)
            await asyncio.sleep(1.2)
        seats.take(ended(SECONDS), Told())
        [log] = await _kept(tmp_path, ".events.jsonl")

    assert {d.field for d in again.asked if isinstance(d, ValueDoubt)} >= {"phone"}
    assert "Rescored" in log.read_text()


async def test_the_next_call_that_rings_is_not_drawn_over_by_the_one_before(
    house: House, samples: Path, tmp_path: Path
) -> None:
    told = Told()
    async with floor(house, tmp_path, Played(10.0), _perfect(samples)) as seats:
        seats.take(began(), told)
        await until(seats, "218", lambda v: v.state is SeatState.TALKING)
        seats.take(ended(10.0), told)
        seats.take(CallRinging(call="c2", seat="218", at=AT + 10.1), told)
        await _kept(tmp_path, ".live.json")

        view = seats.view("218")
        assert (view.state, view.call) == (SeatState.RINGING, "c2")
