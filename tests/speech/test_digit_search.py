"""Telephone numbers made from what was heard of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.speech.digit_scorer import spoken
from agentbot.speech.digit_search import counted, grafted, mobile, shortened, variants

NUMBER = "15866203395"
NUMBERS = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("heard", "numbers"),
    [
        (NUMBER, [NUMBER]),
        ("5866203395", [NUMBER]),  # 幺 was lost
        ("158662033951", [NUMBER]),  # something was heard behind it
        ("58662033951", [NUMBER]),
        ("1586620339", []),  # one is missing, and not the first
        ("25866203395", []),
        ("12866203395", []),
        ("", []),
        ("1", []),
    ],
)
def test_mobile(heard: str, numbers: list[str]) -> None:
    assert mobile(heard) == numbers


@given(NUMBERS)
def test_mobile_knows_a_number_with_and_without_its_one(number: str) -> None:
    assert mobile(number) == mobile(number[1:]) == [number]


@given(NUMBERS, st.integers(2, 10), st.sampled_from("0123456789"))
def test_one_digit_too_many_is_found_out(number: str, at: int, digit: str) -> None:
    assert number in shortened(number[:at] + digit + number[at:])
    assert number in shortened(number[1:at] + digit + number[at:])


@pytest.mark.parametrize("heard", ["", "1", NUMBER, NUMBER[1:], NUMBER + "11"])
def test_shortened_wants_exactly_one_too_many(heard: str) -> None:
    assert shortened(heard) == []


@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("15866203385", "15866203385"),  # a whole one with another digit
        ("158662203395", NUMBER),  # one too many: only what is replaced counts
        ("866203385", "15866203385"),
        ("3385", "15866203385"),  # a group with another digit goes where it fits
        ("6620", NUMBER),
        ("1582", "15826203395"),
        (NUMBER, None),  # nothing new
        ("339", None),  # too short to know its place
        ("1112", None),  # fits nowhere
        ("13911112222", None),  # another number altogether
        ("", None),
    ],
)
def test_grafted(part: str, number: str | None) -> None:
    assert grafted(NUMBER, part) == number


@given(NUMBERS, st.text("0123456789", max_size=14))
def test_grafting_keeps_the_length(number: str, part: str) -> None:
    new = grafted(number, part)

    assert new is None or len(new) == len(number)


def test_variants_change_the_two_weakest_digits_only() -> None:
    chances = [-9.0, *[-0.1] * 7, -1.3, -2.0, -1.25]

    found = variants(NUMBER, chances)

    assert sorted(found) == sorted(
        [
            *(f"{NUMBER[:9]}{digit}5" for digit in "012345678"),
            *(f"{NUMBER[:8]}{digit}95" for digit in "012456789"),
        ]
    )


def test_variants_stay_mobile_numbers_and_leave_sure_ones_alone() -> None:
    second = variants(NUMBER, [-0.1, -3.0, *[-0.1] * 9])

    assert sorted(n[1] for n in second) == list("346789")
    assert variants(NUMBER, [-1.0] * 11) == []


@pytest.mark.parametrize(
    ("heard", "number"),
    [
        ("1338538704", "13385888704"),  # 三个八
        ("338538704", "13385888704"),  # and the leading 1 lost
        ("150486031", "15088886031"),  # 四个八
    ],
)
def test_a_counted_digit_is_many(heard: str, number: str) -> None:
    assert number in counted(heard)


@pytest.mark.parametrize("heard", ["13385", "13385387047", "133853870477"])
def test_nothing_is_counted_in_too_few_digits_or_too_many(heard: str) -> None:
    assert counted(heard) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1588", ["一五八八"]),
        ("15888", ["一五八八八", "一五三个八"]),
        ("100002", ["一零零零零二", "一四个零二"]),
    ],
)
def test_a_number_is_said_digit_by_digit_or_counted(number: str, words: list[str]) -> None:
    assert ["".join(said) for said in spoken(number)] == words
