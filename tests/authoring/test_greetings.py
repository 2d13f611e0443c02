"""What must be said on which call: notice, holiday, hour, plain day."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agentbot.authoring.greetings import check_greetings, load_greetings
from agentbot.errors import ConfigError

HOUSE = load_greetings(Path(__file__).parents[2] / "greetings")

SET = """\
greeting: house
title: 公司
variants:
  plain: {say: "您好，{% if seat %}{{ seat }}号{% endif %}为您服务"}
  morning: {say: 早上好, hours: 06:00-11:00, marks: [早上好]}
  night: {say: 夜里好, hours: 22:00-06:00}
  new-year: {say: 新年好, holidays: [new-year, spring-festival], marks: [新年好]}
  own-day: {say: 店庆快乐, holidays: founding-day}
"""


@pytest.fixture
def house(tmp_path):
    """Writes greeting files and loads them."""
    (tmp_path / "house.yaml").write_text(SET, "utf-8")

    def load(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        return load_greetings(tmp_path)

    return load


@pytest.mark.parametrize(
    ("day", "variant", "text"),
    [
        ("2026-03-10", "plain", "您好，大龙供暖报修，563号为您服务，请问您有什么问题？"),
        ("2026-01-01", "new-year", "新年好！大龙报修563为您服务，请问您有什么问题！"),
        ("2026-02-17", "new-year", "新年好！大龙报修563为您服务，请问您有什么问题！"),
        ("2026-05-01", "labour-day", "劳动节快乐！大龙报修563为您服务，请问您有什么问题！"),
        ("2026-09-25", "mid-autumn", "中秋节快乐！大龙报修563为您服务，请问您有什么问题！"),
        ("2026-10-01", "national-day", "国庆节快乐！大龙报修563为您服务，请问您有什么问题！"),
        ("2026-04-05", "plain", "您好，大龙供暖报修，563号为您服务，请问您有什么问题？"),
    ],
)
def test_the_repair_line(day, variant, text):
    due = HOUSE.due("heating-repair", datetime.fromisoformat(f"{day}T09:00+08:00"), "563")

    assert variant == due.variant
    assert [text] == [one.text for one in due.variants if one.id == variant]
    assert due.warning is None
    assert day in due.why


def test_without_a_seat_its_place_stays_empty():
    due = HOUSE.due("heating-repair", datetime(2026, 3, 10, 9), None)  # noqa: DTZ001 - local time

    assert due.variants[0].text == "您好，大龙供暖报修，为您服务，请问您有什么问题？"


@pytest.mark.parametrize(
    ("at", "variant"),
    [
        ("2026-03-10T04:59", "plain"),
        ("2026-03-10T05:00", "morning"),
        ("2026-03-10T10:59:59", "morning"),
        ("2026-03-10T11:00", "noon"),
        ("2026-03-10T13:00", "afternoon"),
        ("2026-03-10T18:00", "evening"),
        ("2026-03-10T23:00", "plain"),
        ("2026-10-01T08:00", "national-day"),
        ("2026-10-10T08:00", "morning"),
    ],
)
def test_the_gas_line_goes_by_hour_and_day(at, variant):
    assert variant == HOUSE.due("gas-order", datetime.fromisoformat(at), "8").variant


def test_the_hour_is_that_of_the_set():
    in_utc = datetime(2026, 9, 24, 16, 30, tzinfo=UTC)

    assert HOUSE.due("heating-repair", in_utc, "1").variant == "mid-autumn"


def test_hours_over_midnight(house):
    greetings = house()

    assert [
        greetings.due("house", datetime(2026, 3, 10, hour), "1").variant  # noqa: DTZ001
        for hour in (23, 5, 6, 12)
    ] == ["night", "night", "morning", "plain"]


def test_the_own_table_wins_over_the_state_council(house):
    greetings = house(
        holidays="days:\n"
        "  - {from: 2026-01-01, until: 2026-01-01, holiday: none}\n"
        "  - {from: 2026-03-10, until: 2026-03-11, holiday: founding-day}\n"
    )

    def variant(day):
        return greetings.due("house", datetime(2026, *day, 12), "1").variant  # noqa: DTZ001

    assert [variant(day) for day in ((1, 1), (1, 2), (3, 10), (3, 11), (3, 12))] == [
        "plain",
        "new-year",
        "own-day",
        "own-day",
        "plain",
    ]


def test_from_december_on_the_next_year_is_asked_for(house):
    told = house().outlook(date(2198, 12, 1))
    entered = house(holidays="days: []\ncomplete_years: [2199]\n")

    assert "2199" in told
    assert house().outlook(date(2198, 11, 30)) is None
    assert entered.outlook(date(2198, 12, 31)) is None


def test_an_unknown_year_warns_until_the_table_has_it(house):
    noon = datetime(2199, 1, 1, 12)  # noqa: DTZ001
    by_rule = house().due("house", noon, "1")
    known = house(
        holidays="days: [{from: 2199-01-01, until: 2199-01-01, holiday: new-year}]\n"
        "complete_years: [2199]\n"
    )

    assert (by_rule.variant, "2199" in by_rule.warning) == ("new-year", True)
    assert (
        known.due("house", noon, "1").variant, known.due("house", noon, "1").warning
    ) == ("new-year", None)  # fmt: skip
    assert known.due("house", noon.replace(month=2), "1").warning is None


@pytest.mark.parametrize(
    ("at", "queue", "variant"),
    [
        ("2026-06-01T16:59", None, "plain"),
        ("2026-06-01T17:00", None, "new-year"),
        ("2026-06-02T23:59", None, "new-year"),
        ("2026-06-03T00:00", None, "night"),
        ("2026-06-02T12:00", "vip", "plain"),
        ("2026-06-02T12:00", "other", "new-year"),
    ],
)
def test_a_notice_holds_from_to_and_for_its_queue(house, at, queue, variant):
    greetings = house(
        notices="notices:\n"
        "  - {from: 2026-06-02, until: 2026-06-02, variant: plain, queue: vip}\n"
        "  - {from: 2026-06-01T17:00, until: 2026-06-02, variant: new-year, why: 通知}\n"
    )

    assert variant == greetings.due("house", datetime.fromisoformat(at), "1", queue).variant


@pytest.mark.parametrize(
    ("rows", "variant"),
    [
        # narrower by queue before greeting before neither, whatever the order and start
        ("{V: morning, queue: q} {V: night, greeting: house} {V: plain}", "morning"),
        ("{V: plain} {V: night, greeting: house} {V: morning, queue: q}", "morning"),
        ("{V: plain} {V: night, greeting: house}", "night"),
        ("{V: morning, queue: q} {V: night, greeting: house, queue: q}", "night"),
        # then the later start, then the later row
        ("{V: morning, from: 2026-06-02} {V: night}", "morning"),
        ("{V: morning} {V: night}", "night"),
        # one that ended or is for others does not count
        ("{V: plain} {V: night, until: 2026-06-01}", "plain"),
        ("{V: plain} {V: night, queue: other}", "plain"),
    ],
)
def test_of_two_notices_the_narrower_then_the_later(house, rows, variant):
    lines = ""
    for row in rows.split("} "):
        row = row.rstrip("}") + "}"  # noqa: PLW2901
        for key, day in (("from", "2026-06-01"), ("until", "2026-06-09")):
            if f"{key}:" not in row:
                row = row.replace("{", f"{{{key}: {day}, ")  # noqa: PLW2901
        lines += f"  - {row.replace('V:', 'variant:')}\n"
    greetings = house(notices=f"notices:\n{lines}")

    due = greetings.due("house", datetime(2026, 6, 3, 12), "1", "q")  # noqa: DTZ001

    assert variant == due.variant


def test_a_notice_for_another_set_does_not_hold(house, tmp_path):
    (tmp_path / "second.yaml").write_text(
        "greeting: second\ntitle: t\nvariants:\n  plain: {say: 喂}\n  odd: {say: 嗨, holidays: x}\n",
        "utf-8",
    )
    greetings = house(notices="notices: [{from: 2026-06-01, until: 2026-06-09, variant: odd}]")
    noon = datetime(2026, 6, 3, 12)  # noqa: DTZ001

    assert greetings.due("second", noon, "1").variant == "odd"
    assert greetings.due("house", noon, "1").variant == "plain"


def test_the_reason_is_told_in_both_languages():
    noon = datetime(2026, 9, 25, 12)  # noqa: DTZ001

    assert "中秋节" in HOUSE.due("heating-repair", noon, "1").why
    assert "Mid-Autumn" in HOUSE.due("heating-repair", noon, "1", lang="en").why


def test_an_unknown_set_is_told():
    with pytest.raises(ConfigError, match="did you mean `gas-order`"):
        HOUSE.due("gas-ordr", datetime(2026, 9, 25, 12), "1")  # noqa: DTZ001


def test_a_folder_without_sets_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no greeting set"):
        load_greetings(tmp_path)


MISTAKES = [
    ("house", "{{ seat }}", "{{ seet }}", 4, "did you mean `seat`?"),
    ("house", "{% if seat %}", "{% for x in seat %}", 4, "broken template"),
    ("house", "{{ seat }}", "{{ seat * 99 }}", 4, "the template computes"),
    ("house", "06:00-11:00", "06:00-06:00", 5, "write 06:00-11:00"),
    ("house", "06:00-11:00", "6 bis 11", 5, "write 06:00-11:00"),
    ("house", "06:00-11:00", "05:00-11:00", 6, "both due at 05:00"),
    ("house", "hours: 22:00-06:00", "marks: [夜里好]", 6, "both for every day"),
    ("house", "holidays: founding-day", "holidays: new-year", 8, "both for `new-year`"),
    ("house", "marks: [新年好]", "marks: [过年好]", 7, "no mark of `new-year` stands in its words"),
    ("house", "marks: [新年好]", "marks: [好]", 7, "stands in the words of `plain`"),
    ("house", "title: 公司", "title: 公司\ntime_zone: Mars/Base", 3, "unknown time zone"),
    ("house", "marks: [新年好]", "mark: [新年好]", 7, "did you mean `marks`?"),
    ("notices", "variant: plain", "variant: plan", 2, "did you mean `plain`?"),
    ("notices", "greeting: house", "greeting: hous", 2, "did you mean `house`?"),
    ("notices", "until: 2026-06-02", "until: 2026-05-02", 2, "ends before it begins"),
    ("notices", "until: 2026-06-02", "until: 2036-06-02", 2, "longer than a year"),
    ("notices", "from: 2026-06-01", "from: 2026-06-31", 2, "write 2027-02-05"),
    ("notices", "from: 2026-06-01", "from: 2026-06-01T09:00+08:00", 2, "local time"),
    ("notices", "from: 2026-06-01, ", "", 2, "`from` is missing"),
    ("holidays", "holiday: new-year", "holiday: new-yaer", 2, "did you mean `new-year`?"),
    ("holidays", "until: 2027-01-03", "until: tomorrow", 2, "is no date"),
    ("holidays", "complete_years: [2027]", "complete_years: ['2027']", 3, "a whole number"),
    ("holidays", "complete", "  - {from: 2027-01-03, until: 2027-01-03, holiday: none}\ncomplete", 3, "stands here twice"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "line", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path, name, old, new, line, told):
    files = {
        "house": SET,
        "notices": "notices:\n  - {from: 2026-06-01, until: 2026-06-02, variant: plain, greeting: house}\n",
        "holidays": "days:\n  - {from: 2027-01-01, until: 2027-01-03, holiday: new-year}\ncomplete_years: [2027]\n",
    }
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    for stem, text in files.items():
        (tmp_path / f"{stem}.yaml").write_text(text, "utf-8")

    problems = check_greetings(tmp_path)

    assert [(f"{name}.yaml", line)] == [
        (Path(error.file).name, error.line) for error in problems if told in str(error)
    ], [str(error) for error in problems]


def test_a_set_must_have_something_to_say_at_any_hour(tmp_path):
    (tmp_path / "house.yaml").write_text(
        "greeting: house\ntitle: t\nvariants:\n  day: {say: 您好, hours: 08:00-24:00}\n", "utf-8"
    )

    assert [error.problem for error in check_greetings(tmp_path)] == [
        "nothing is due on a plain day at 00:00"
    ]
