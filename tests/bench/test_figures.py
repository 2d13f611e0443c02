"""Counting marks."""

from __future__ import annotations

import pytest

from agentbot.bench.figures import detection, figures
from agentbot.bench.marks import Mark, Measure


def _mark(
    expected: bool, claimed: bool, measure: Measure = Measure.MISSED, **other: object
) -> Mark:
    values = {"of": "step", "truth": "", "verdict": "", "fits": expected == claimed, **other}
    return Mark(call="c", measure=measure, expected=expected, claimed=claimed, **values)  # type: ignore[arg-type]


def test_detection_counts_hits_false_claims_and_what_was_overlooked() -> None:
    marks = [
        *[_mark(True, True)] * 6,
        *[_mark(False, True)] * 2,
        *[_mark(True, False)] * 4,
        *[_mark(False, False)] * 50,
    ]

    assert detection(marks, calls=40) == {
        "true": 6,
        "false": 2,
        "overlooked": 4,
        "precision": 0.75,
        "recall": 0.6,
        "f1": pytest.approx(2 / 3, abs=1e-4),
        "false_per_100_calls": 5.0,
    }


def test_where_nothing_is_to_be_found_there_is_no_figure() -> None:
    none = detection([_mark(False, False)])

    assert (none["precision"], none["recall"], none["f1"]) == (None, None, None)


def test_false_alarms_are_counted_over_right_readbacks_only() -> None:
    marks = [
        _mark(True, True, Measure.READBACK, truth="wrong_readback", of="phone"),
        _mark(True, False, Measure.READBACK, truth="wrong_readback", of="phone", open=True),
        _mark(False, True, Measure.READBACK, truth="done", of="phone"),
        *[_mark(False, False, Measure.READBACK, truth="done", of="phone")] * 3,
        _mark(False, True, Measure.READBACK, truth="skipped", of="phone"),
        _mark(False, False, Measure.READBACK, truth="done", of="name"),
    ]

    phone = figures(marks, 1)["readback"]["each"]["phone"]

    assert phone == {
        "wrong": 2,
        "caught": 1,
        "caught_share": 0.5,
        "right": 4,
        "false_alarms": 1,
        "false_alarm_rate": 0.25,
        "claimed_without_readback": 1,
        "cannot_tell": 1,
    }


def test_coverage_is_the_share_of_steps_of_which_something_is_said() -> None:
    marks = [_mark(False, False, open=True), *[_mark(False, False)] * 3]

    assert figures(marks, 1)["coverage"]["all"] == {"steps": 4, "told": 3, "share": 0.75}


def test_answers_are_exact_open_or_wrong() -> None:
    marks = [
        _mark(True, True, Measure.ANSWER, of="score"),
        _mark(True, False, Measure.ANSWER, of="score", open=True),
        _mark(True, False, Measure.ANSWER, of="score"),
        _mark(False, False, Measure.ANSWER, of="score"),
    ]

    assert figures(marks, 1)["answers"]["all"] == {
        "answers": 4,
        "exact": 2,
        "cannot_tell": 1,
        "wrong": 1,
        "exact_share": 0.5,
    }
