"""The small parts of a page: cells, pins, ticks, the outline, the talk."""

from __future__ import annotations

from itertools import pairwise

import examples
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.verdict import Finding, FindingKind, Line, Severity
from agentbot.report.compare import cells
from agentbot.report.glance import glance, worst_first
from agentbot.report.talk import talk
from agentbot.report.wave import outline, spread, ticks


@pytest.mark.parametrize(
    ("said", "read_back", "pairs"),
    [
        ("13812345678", "13812375678", "11 33 88 11 22 33 47 55 66 77 88"),
        ("1381234", "138124", "11 33 88 11 22 3. 44"),
        ("1381234", "13812334", "11 33 88 11 22 33 .3 44"),
        ("138 1234", "1381234", "11 33 88 11 22 33 44"),
        ("1381234", None, "1. 3. 8. 1. 2. 3. 4."),
        ("张三", "章三", "张章 三三"),
        ("张", "张三", "张张 .三"),
    ],
)
def test_digits_and_characters_are_aligned(said: str, read_back: str | None, pairs: str) -> None:
    made = [f"{cell.said or '.'}{cell.read_back or '.'}" for cell in cells(said, read_back)]

    assert sorted(" ".join(made)) == sorted(pairs)
    assert [pair for pair in made if "." in pair or pair[0] != pair[1]] == [
        pair for pair in made if pair in pairs.split() and pair[0] != pair[1]
    ]


@pytest.mark.parametrize(
    ("said", "read_back", "wrong"),
    [
        ("翠湖小区3号楼2单元501室", "翠湖小区5号楼2单元501室", [("3号楼", "5号楼")]),
        ("翠湖小区3号楼2单元501", "翠湖小区3号楼501", [("2单元", None)]),
        ("翠湖小区3号楼2单元501", "翠云小区3号楼2单元501", [("翠湖小区", "翠云小区")]),
        ("光明街十二号院8号楼1单元1501", "光明街十二号院8号楼1单元1501", []),
        ("暖气片漏水", "暖气不热", [("暖气片漏水", "暖气不热")]),
        ("8-9", "8", [("8-9", "8")]),
        (None, "翠湖小区3号楼1单元", [(None, "翠湖小区"), (None, "3号楼"), (None, "1单元")]),
        (None, None, []),
        ("", "", []),
    ],
)
def test_the_parts_that_differ(
    said: str | None, read_back: str | None, wrong: list[tuple[str | None, str | None]]
) -> None:
    made = cells(said, read_back)

    assert [(cell.said, cell.read_back) for cell in made if not cell.same] == wrong


@given(st.text("0123456789", min_size=5), st.text("0123456789", min_size=5))
def test_no_digit_is_lost(said: str, read_back: str) -> None:
    made = cells(said, read_back)

    assert "".join(cell.said or "" for cell in made) == said
    assert "".join(cell.read_back or "" for cell in made) == read_back


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.001, 0.1))
def test_pins_stay_inside_in_order_and_apart(shares: list[float], apart: float) -> None:
    moved = spread(shares, apart)
    inside = sorted(moved)

    assert all(0 <= pin <= 1 for pin in moved)
    least = min(apart, 1 / (len(shares) + 1))
    assert all(b - a >= least - 1e-9 for a, b in pairwise(inside))
    assert sorted(range(len(moved)), key=lambda n: (moved[n], n)) == sorted(
        range(len(moved)), key=lambda n: (shares[n], n)
    )


@given(st.floats(0, 40_000))
def test_ticks_are_round_and_few(seconds: float) -> None:
    made = ticks(seconds)

    assert len(made) <= 9
    assert all(0 < tick < max(seconds, 1) for tick in made)
    assert seconds < 2 or made


@pytest.mark.parametrize(
    ("peaks", "path"),
    [
        ([], ""),
        ([(0, 0)], "M0 -1L0 1Z"),
        ([(-50, 25), (0, 0)], "M0 -50L1 -1L1 1L0 100Z"),
        ([(-2, 2)], "M0 -12L0 12Z"),
    ],
)
def test_a_quiet_leg_is_drawn_larger_but_not_its_noise(
    peaks: list[tuple[int, int]], path: str
) -> None:
    assert outline(peaks) == path


def test_findings_by_weight_then_time() -> None:
    order = [finding.kind for finding in worst_first(examples.bad().findings)]

    assert order[:4] == [
        FindingKind.READBACK_MISMATCH,
        FindingKind.FORBIDDEN_PHRASE,
        FindingKind.MISSED_STEP,
        FindingKind.WRONG_GREETING,
    ]
    assert order[-1] is FindingKind.FOLLOW_UP


def test_a_call_in_one_look() -> None:
    tones = {
        verdict.call_id: glance(verdict).tone
        for verdict in (
            examples.perfect(), examples.bad(), examples.unsure(), examples.unheard(),
        )
    }  # fmt: skip
    look = glance(examples.bad())

    assert tones == {
        "perfect-call": "good",
        "bad-call": "bad",
        "unsure-call": "unknown",
        "unheard-call": "unknown",
    }
    assert (look.missed, look.wrong, look.mismatched, look.unknown) == (1, 2, 2, 1)


def _finding(at: float | None, evidence: str) -> Finding:
    return Finding(
        kind=FindingKind.FORBIDDEN_PHRASE,
        step=None,
        field=None,
        at=at,
        severity=Severity.MAJOR,
        points=1.0,
        evidence=evidence,
        message="",
    )


def _line(channel: str, start: float, text: str, confidence: float | None = 0.9) -> Line:
    return Line(channel=channel, start=start, end=start + 2, text=text, confidence=confidence)


def test_the_evidence_is_marked_where_it_was_said_and_by_whom() -> None:
    lines = [_line("operator", 1.0, "这个我不知道啊"), _line("caller", 1.5, "我也不明白")]

    made = talk(lines, (), [_finding(1.6, "不知道"), _finding(None, "不明白")])

    assert [[(piece.text, piece.marked) for piece in said.pieces] for said in made] == [
        [("这个我", False), ("不知道", True), ("啊", False)],
        [("我也不明白", False)],
    ]
    assert [said.findings for said in made] == [(1,), ()]


def test_lines_come_in_time_and_steps_stand_where_they_begin() -> None:
    verdict = examples.perfect()

    made = talk(verdict.transcript[::-1], verdict.steps, ())

    assert [said.line for said in made] == list(verdict.transcript)
    assert [step.step for said in made for step in said.steps] == [
        step.step for step in verdict.steps
    ]


@pytest.mark.parametrize(("confidence", "unsure"), [(None, False), (0.6, False), (0.59, True)])
def test_when_a_line_is_called_unclear(confidence: float | None, unsure: bool) -> None:
    made = talk([_line("caller", 0.0, "喂", confidence)], (), ())

    assert made[0].unsure is unsure
