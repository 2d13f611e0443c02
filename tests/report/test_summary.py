"""A batch: rows, the table for Excel, the counts, the overview."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import examples
import pytest

from agentbot.errors import ConfigError, ReportError
from agentbot.report.overview import overview_page
from agentbot.report.summary import Failure, score_bands, summary_json, summary_rows
from agentbot.report.table import write_csv

BATCH = (examples.perfect(), examples.bad(), examples.unsure(), examples.unheard())
FAILURES = (
    Failure(call_id="torn", source="calls/torn.wav", reason="the file ends after 12 of 73 s"),
)


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def test_a_row_says_what_a_table_needs() -> None:
    row = summary_rows(BATCH)[1]

    assert (row.call_id, row.seat, row.score, row.tone) == ("bad-call", "563", 23.5, "bad")
    assert row.worst == "电话号码复述有误：第 7 位客户说 4，坐席说 7"
    assert row.points == 69.0
    assert row.unknown == 1
    assert len(row.kinds) == 13


def test_the_csv_opens_in_excel(tmp_path: Path) -> None:
    path = tmp_path / "summary.csv"

    write_csv(path, summary_rows(BATCH), FAILURES)
    lines = _read(path)

    assert path.read_bytes().startswith(b"\xef\xbb\xbfcall_id,script,seat,")
    assert [line["call_id"] for line in lines] == [
        "perfect-call", "bad-call", "unsure-call", "unheard-call", "torn",
    ]  # fmt: skip
    assert lines[1]["step:ask_phone"] == "done;out_of_order"
    assert lines[1]["step:greeting"] == "wrong;late"
    assert lines[1]["field:phone"] == "mismatched"
    assert lines[0]["field:score"] == ""
    assert lines[2]["field:score"] == "answered"
    assert lines[3]["score"] == ""
    assert lines[4]["failed"] == "the file ends after 12 of 73 s"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1", '="a","b"']
)
def test_no_cell_is_a_formula(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "summary.csv"
    rows = summary_rows([replace(examples.perfect(), call_id=cell, seat=cell, warnings=(cell,))])

    write_csv(path, rows, [Failure(call_id=cell, source=cell, reason=cell)])
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))

    assert [lines[0][name] for name in ("call_id", "seat", "warnings")] == ["'" + cell] * 3
    assert [lines[1][name] for name in ("call_id", "failed", "source")] == ["'" + cell] * 3
    assert lines[0]["duration"] == "60.5"


def test_a_csv_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "summary.csv").mkdir()

    with pytest.raises(ReportError, match=r"summary\.csv: cannot write"):
        write_csv(tmp_path / "summary.csv", [])


def test_the_counts_of_a_batch() -> None:
    data = summary_json(summary_rows(BATCH), FAILURES)
    counts = json.loads(data)

    assert data == summary_json(summary_rows(BATCH), FAILURES)
    assert (counts["calls"], counts["failed"], counts["unscored"]) == (4, 1, 1)
    assert counts["score"]["mean"] == 74.5
    assert counts["score"]["median"] == 100.0
    assert counts["score"]["bands"]["20-29"] == 1
    assert counts["score"]["bands"]["90-100"] == 2
    assert counts["findings"]["missed_step"] == {"findings": 1, "calls": 1}
    script = counts["scripts"]["heating-repair"]
    assert script["steps"]["greeting"] == {
        "done": 2, "missed": 0, "wrong": 1, "cannot_tell": 0, "not_applicable": 0,
        "out_of_order": 0, "late": 1,
    }  # fmt: skip
    assert script["fields"]["phone"]["mismatched"] == 1
    assert counts["failures"] == [
        {
            "call_id": "torn",
            "source": "calls/torn.wav",
            "reason": "the file ends after 12 of 73 s",
        }
    ]


def test_the_counts_of_nothing() -> None:
    counts = json.loads(summary_json([]))

    assert counts["calls"] == 0
    assert counts["score"]["mean"] is None
    assert counts["scripts"] == {}


@pytest.mark.parametrize(
    ("score", "band"), [(0.0, 0), (9.99, 0), (10.0, 1), (89.9, 8), (90.0, 9), (100.0, 9)]
)
def test_the_bands_of_scores(score: float, band: int) -> None:
    bands = score_bands(summary_rows([replace(examples.perfect(), score=score)]))

    assert bands == [int(place == band) for place in range(10)]


def test_the_overview_links_each_call_and_lists_each_failure() -> None:
    rows = summary_rows(BATCH)

    page = overview_page(rows, FAILURES, {"bad-call": "calls/bad call#1.html"})

    assert '<a href="./calls/bad%20call%231.html">bad-call</a>' in page
    assert page.count("<a href=") == 2  # the other goes to the list of failures
    assert "the file ends after 12 of 73 s" in page
    assert page == overview_page(rows, FAILURES, {"bad-call": "calls/bad call#1.html"})


def test_the_overview_says_why_a_call_has_no_score() -> None:
    why = "the same signal on both channels: nothing is judged"
    call = replace(examples.perfect(), findings=(), score=None, warnings=(why,))
    assert why in overview_page(summary_rows([call]))


def test_the_overview_names_a_broken_file_once() -> None:
    torn = Failure(call_id="torn", source="calls/torn.wav", reason="calls/torn.wav: empty")
    assert overview_page([], [torn]).count("calls/torn.wav") == 1


def test_hostile_text_is_text_in_the_overview() -> None:
    call = examples.hostile()
    rows = summary_rows([call])
    failures = [Failure(call_id=examples.HOSTILE, source=examples.HOSTILE, reason=examples.HOSTILE)]

    page = overview_page(rows, failures, {call.call_id: "javascript:alert(1)"})

    assert page.count("<script") == 1
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert 'href="./javascript%3Aalert%281%29"' in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_overview_of_nothing(lang: str) -> None:
    page = overview_page([], (), {}, lang)

    assert {"zh": "没有评判任何通话。", "en": "No call was judged."}[lang] in page


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="no report language"):
        overview_page([], lang="de")
