"""Made-up numbers and names: nothing real is left, and the log tells the same calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentbot.core.calls.tracker import Tracker
from agentbot.pbx.amilog import read_log, told_lines
from agentbot.pbx.message import Message
from agentbot.pbx.pseudonyms import Pseudonyms
from agentbot.pbx.vocabulary import WORDS

LOGS = sorted((Path(__file__).parent / "logs").glob("*.log"))
PRIVATE = (b"13700001111", b"13600002222", b"Wang Wu", b"Li Si")


def calls_of(log: Path) -> list[dict[str, object]]:
    tracker = Tracker()
    for message in read_log(log):
        tracker.feed(message)
    return [call.as_json() for call in tracker.calls()]


def told_of(value: Any, pseudonyms: Pseudonyms) -> Any:
    """The same calls with made-up numbers and names."""
    match value:
        case str():
            return pseudonyms.text(value)
        case list():
            return [told_of(item, pseudonyms) for item in value]
        case dict():
            return {
                key: item if key in ENUMERATIONS else told_of(item, pseudonyms)
                for key, item in value.items()
            }
    return value


ENUMERATIONS = {"role", "kind", "by", "reason", "direction"}


def rewritten(log: Path, pseudonyms: Pseudonyms, other: Path) -> bytes:
    messages = list(read_log(log))
    raw = b"".join(told_lines(pseudonyms.message(m), m.at - messages[0].at) for m in messages)
    other.write_bytes(raw)
    return raw


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_a_log_of_made_up_numbers_tells_the_same_calls(log: Path, tmp_path: Path) -> None:
    pseudonyms, other = Pseudonyms(b"key"), tmp_path / "other.log"

    raw = rewritten(log, pseudonyms, other)

    assert not [private for private in PRIVATE if private in raw]
    assert calls_of(other) == told_of(calls_of(log), pseudonyms)


NAMES = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9).map(str.title),
    st.text("张王李赵刘陈杨黄周吴徐孙马朱胡郭何林罗高", min_size=2, max_size=4),
    st.text("абвгдежзик", min_size=4, max_size=8),
    st.text("😀🎧💡", min_size=2, max_size=3),
    st.text("张王李赵刘陈杨黄周吴", min_size=2, max_size=4).map(
        lambda name: name.encode("gbk").decode("utf-8", "surrogateescape")
    ),
    st.from_regex(r"[A-Z][a-z]{3,7} [A-Z][a-z]{4,8}", fullmatch=True),
).filter(lambda name: any(ord(char) > 64 for char in name) and name.lower() not in WORDS)
NUMBERS = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"0[1-9][0-9]{1,2}[1-9][0-9]{7}", fullmatch=True),
    st.from_regex(r"[2-9][0-9]{6,7}", fullmatch=True),
    st.from_regex(r"\+[1-9][0-9]{9,12}", fullmatch=True),
)
PLACES: dict[str, str] = {
    "Queue": "queue-{number}", "QueueOf": "{user}", "Context": "from-{number}", "CallID": "{number}@{host}",
    "ChannelStateDesc": "Up {number}", "AppData": "Set(CALLERID(name)={name})", "Value": "{name},{number}",
    "Uri": "sip:{user}@{host}:5060", "Contact": '"{name}" <sip:{number}@{host}>', "AOR": "{user}",
    "DialString": "PJSIP/{user}@trunk", "File": "/var/spool/{user}-{number}.wav", "Data": "{number}-{name}.20261125.1",
    "Message": "no such extension {number} of {name}", "Location": "SIP/{user}",
    "Json": "{escaped}", "Url": "{quoted}", "Call": "x{number}x", "Cause-txt": "{number}", "AccountCode": "{user}{number}",
}  # fmt: skip


def remade(log: Path, of: dict[str, str]) -> list[Message]:
    """A real log in which other people call, and are spoken of everywhere."""
    changed = {"13700001111": of["number"], "13600002222": of["second"], "Wang Wu": of["name"]}

    def other(text: str) -> str:
        for real, made in changed.items():
            text = text.replace(real, made)
        return text

    messages: list[Message] = []
    for index, message in enumerate(read_log(log)):
        extra = {}
        if index % 7 == 3 and not message.get("Queue"):
            extra = {f"X-{key}": place.format(**of) for key, place in PLACES.items()}
            extra["ChanVariable"] = f"CUSTOMER={of['name']} {of['number']}"
        messages.append(
            Message(
                {key: other(value) for key, value in message.headers.items()} | extra,
                {k: tuple(map(other, v)) for k, v in message.repeated.items() if k not in extra},
                message.at,
            )
        )
    return messages


def calls_told(messages: Iterable[Message]) -> list[dict[str, object]]:
    tracker = Tracker()
    for message in messages:
        tracker.feed(message)
    return [call.as_json() for call in tracker.calls()]


@given(
    st.sampled_from(LOGS), NAMES, st.lists(NUMBERS, min_size=2, max_size=2, unique=True), st.data()
)
@settings(max_examples=40, deadline=None)
def test_nothing_of_a_made_up_log_is_left_and_it_tells_the_same_calls(
    log: Path, name: str, numbers: list[str], data: st.DataObject
) -> None:
    user = data.draw(st.from_regex(r"[a-z]{4,8}[._]?[a-z]{4,8}", fullmatch=True), "user")
    host = data.draw(st.from_regex(r"[a-z]{5,9}\.(com|cn)", fullmatch=True), "host")
    of = {
        "name": name, "number": numbers[0], "second": numbers[1], "user": user, "host": host,
        "escaped": json.dumps({"customer": name}), "quoted": quote(name, errors="surrogateescape"),
    }  # fmt: skip
    messages = remade(log, of)
    pseudonyms = Pseudonyms()

    made = [pseudonyms.message(message) for message in messages]

    told = b"".join(told_lines(message, 0.0) for message in made)
    for private in (name, *numbers, user, host.partition(".")[0]):
        assert private.lstrip("+").encode("utf-8", "surrogateescape") not in told
    for private in (of["escaped"][13:-1], of["quoted"]):
        assert name.isascii() or private.encode() not in told
    assert calls_told(made) == told_of(calls_told(messages), pseudonyms)


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
    "of a URI": "sip:+8613712345678@127.0.0.1:5060",
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

    made = Pseudonyms().message(told)

    name = made.get("CallerIDName")
    assert name != "张三丰"
    assert made.get("Value") == f'"{name}" <1001>'
    assert made.repeated["ChanVariable"][0] == f"AGENTBOT_NAME={name}"
    assert not re.search("Li|Ming|Lima", made.repeated["ChanVariable"][1])
    assert made.repeated["ChanVariable"][1].startswith("AGENTBOT_X=")


def test_what_is_needed_to_follow_a_call_stays() -> None:
    kept = {
        "Uniqueid": "test-1795590947.81", "Linkedid": "1795590947.81", "Timestamp": "1795590947.366221",
        "BridgeUniqueid": "78453bfb-1234-4bff-8da8-b44f15c0e30e", "Channel": "PJSIP/1001-00000012",
        "DialString": "1001", "Exten": "700", "Queue": "repair", "Interface": "PJSIP/1001",
        "Context": "from-trunk", "CallerIDName": "<unknown>", "SpyeeChannel": "Local/1001@in-00000001;2",
    }  # fmt: skip

    assert Pseudonyms().message(Message(kept, {})).headers == kept


def test_keyed_digits_are_not_told() -> None:
    told = Message({"Event": "DTMFEnd", "Digit": "7"}, {})

    assert Pseudonyms().message(told).get("Digit") == "0"


def test_a_phone_that_shows_a_long_number_of_its_own_stays_a_seat() -> None:
    told = Message(
        {"Event": "Newchannel", "Channel": "PJSIP/8001-0000000a", "CallerIDNum": "01062678001"}, {}
    )

    other = Pseudonyms().message(told).get("CallerIDNum")

    assert other != "01062678001"
    assert other.endswith("8001")
