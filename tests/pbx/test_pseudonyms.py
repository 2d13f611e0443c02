"""Made-up numbers and names: nothing real is left, and the log tells the same calls."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.amilog import read_log, told_lines
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms

LOGS = sorted((Path(__file__).parent / "logs").glob("*.log"))
PRIVATE = (b"13700001111", b"13600002222", b"Wang Wu", b"Li Si")


def calls_of(log: Path) -> list[dict[str, object]]:
    tracker = Tracker()
    for message in read_log(log):
        tracker.feed(message)
    return [call.as_json() for call in tracker.calls()]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_a_log_of_made_up_numbers_tells_the_same_calls(log: Path, tmp_path: Path) -> None:
    pseudonyms, other = Pseudonyms(b"key"), tmp_path / "other.log"
    start = next(iter(read_log(log))).at
    raw = b"".join(told_lines(pseudonyms.message(m), m.at - start) for m in read_log(log))
    other.write_bytes(raw)

    real, made = calls_of(log), calls_of(other)

    assert not [private for private in PRIVATE if private in raw]
    for call in real:
        if caller := call["caller"]:
            call["caller"] = pseudonyms.number(str(caller)) if len(str(caller)) > 6 else caller
    assert made == real


@given(st.from_regex(r"\+?[0-9]{7,16}", fullmatch=True))
def test_a_number_becomes_another_of_the_same_length(number: str) -> None:
    pseudonyms = Pseudonyms()

    other = pseudonyms.number(number)

    assert other != number
    assert len(other) == len(number)
    assert other == pseudonyms.number(number)
    assert other.startswith("+") == number.startswith("+")


def test_numbers_with_a_prefix_stay_the_same_number() -> None:
    pseudonyms = Pseudonyms()

    plain, country, outside = map(
        pseudonyms.number, ("13712345678", "+8613712345678", "013712345678")
    )

    assert country == f"+86{plain}"
    assert outside == f"0{plain}"
    assert plain[0] == "1"
    assert plain[1] in "3456789"


TEXTS = {
    "of a caller": '"张三丰" <13712345678>',
    "of a dial string": "PJSIP/13712345678@trunk,30,Tt",
    "of a channel": "DAHDI/i1/13712345678-2f",
    "of a Local channel": "Local/13712345678@from-queue-0000001a;1",
    "of a variable": "AGENTBOT_NAME=张三丰",
    "of a file": "/var/spool/in-13712345678-20261125.wav",
    "beside letters": "cb13712345678x",
    "of a URI": "sip:+8613712345678@10.0.0.1:5060",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_names_and_numbers_are_found_wherever_they_stand(text: str) -> None:
    told = Message({"Event": "VarSet", "CallerIDName": "张三丰", "Value": text}, {})

    value = Pseudonyms().message(told).get("Value")

    assert "13712345678" not in value
    assert "张三丰" not in value
    assert len(value) == len(text)


@pytest.mark.parametrize(
    "written", ["010-62678888", "0316 626 7888", "0755-8267888", "138-0013-8000", "138 0013 8000"]
)
def test_a_number_written_in_groups_is_one(written: str) -> None:
    pseudonyms, digits = Pseudonyms(), re.sub(r"\D", "", written)

    other = pseudonyms.value("CallerIDNum", written)

    assert [i for i, char in enumerate(other) if not char.isdecimal()] == [
        i for i, char in enumerate(written) if not char.isdecimal()
    ]
    assert re.sub(r"\D", "", other) == pseudonyms.number(digits) != digits


def test_a_name_is_the_same_in_all_headers() -> None:
    told = Message(
        {"Event": "Newchannel", "CallerIDName": "张三丰", "Value": '"张三丰" <1001>'},
        {"ChanVariable": ("AGENTBOT_NAME=张三丰", "AGENTBOT_X=Li Ming calls Lima")},
    )
    pseudonyms = Pseudonyms()
    pseudonyms.name("Li Ming")

    made = pseudonyms.message(told)

    name = made.get("CallerIDName")
    assert name != "张三丰"
    assert made.get("Value") == f'"{name}" <1001>'
    assert made.repeated["ChanVariable"][0] == f"AGENTBOT_NAME={name}"
    assert "Li Ming" not in made.repeated["ChanVariable"][1]
    assert made.repeated["ChanVariable"][1].endswith(" calls Lima")


def test_what_is_needed_to_follow_a_call_stays() -> None:
    kept = {
        "Uniqueid": "pbx-1795590947.81", "Linkedid": "1795590947.81", "Timestamp": "1795590947.366221",
        "BridgeUniqueid": "78453bfb-1234-4bff-8da8-b44f15c0e30e", "Channel": "PJSIP/1001-00000012",
        "DialString": "1001", "Exten": "700", "Queue": "repair", "Interface": "PJSIP/1001",
        "Context": "from-trunk", "CallerIDName": "<unknown>", "SpyeeChannel": "Local/1001@in-00000001;2",
    }  # fmt: skip

    assert Pseudonyms().message(Message(kept, {})).headers == kept


def test_keyed_digits_are_not_told() -> None:
    told = Message({"Event": "DTMFEnd", "Digit": "7"}, {})

    assert Pseudonyms().message(told).get("Digit") == "0"
