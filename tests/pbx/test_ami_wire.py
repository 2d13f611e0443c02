"""Bytes to messages and back: any read may end anywhere, any text may come."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentbot.errors import PbxError
from agentbot.pbx.ami.wire import MessageReader, encode, parse
from agentbot.pbx.message import Message

EVENT = (
    "Event: Newchannel\r\nChannel: PJSIP/1001-00000001\r\nCallerIDName: 张三丰\r\n"
    "ChanVariable: A=1\r\nChanVariable: B=2\r\nAccountCode: \r\n\r\n"
).encode()


def read(pieces: list[bytes], limit: int = 1 << 20) -> tuple[list[Message], str]:
    """What a reader makes of the pieces, and its complaint."""
    reader, found = MessageReader(limit), []
    try:
        for piece in pieces:
            found.extend(reader.feed(piece, 1.5))
    except PbxError as error:
        return found, str(error)
    return found, ""


def cut(data: bytes, at: set[int]) -> list[bytes]:
    """The bytes in pieces."""
    edges = [0, *sorted(place for place in at if place <= len(data)), len(data)]
    return [data[one:other] for one, other in pairwise(edges)]


@pytest.mark.parametrize("place", range(len(EVENT)))
def test_no_character_is_lost_wherever_a_read_ends(place: int) -> None:
    messages, complaint = read(cut(EVENT, {place}))

    assert not complaint
    assert [message.headers for message in messages] == [
        {
            "Event": "Newchannel",
            "Channel": "PJSIP/1001-00000001",
            "CallerIDName": "张三丰",
            "ChanVariable": "B=2",
            "AccountCode": "",
        }
    ]
    assert messages[0].all("ChanVariable") == ("A=1", "B=2")
    assert messages[0].at == 1.5


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from([b"\r\n\r\n", b"\r\n", b"\r", b"\n", b": ", EVENT, b"\xe5\xbc"]),
        ),
        max_size=30,
    ),
    st.sets(st.integers(0, 800), max_size=40),
)
def test_any_split_of_any_bytes_gives_the_same_messages(
    garbage: list[bytes], places: set[int]
) -> None:
    data = b"".join(garbage)

    assert read(cut(data, places), limit=200) == read([data], limit=200)


CHANVARIABLE = "ChanVariable(AudioSocket/127.0.0.1:38045-0x7f2c)"

LINES = {
    "a last header that is empty": (b"Value: ", {"Value": ""}),
    "an empty header without its space": (b"Value:", {"Value": ""}),
    "no space": (b"NoSpace:x", {"NoSpace": "x"}),
    "a colon in the key": (f"{CHANVARIABLE}: A=1".encode(), {CHANVARIABLE: "A=1"}),
    "colons in the value": (b"Text: one: two: three", {"Text": "one: two: three"}),
    "keys that differ in case": (b"state: a\r\nState: b", {"state": "a", "State": "b"}),
    "a line feed in the value": (b"Text: first\nsecond", {"Text": "first\nsecond"}),
    "free text": (b"--END COMMAND--", {"": "--END COMMAND--"}),
    "GBK": (b"Text: \xb1\xa8\xd0\xde", {"Text": "报修"}),
    "GBK beside UTF-8": (
        b"A: \xb1\xa8\xd0\xde\r\nB: \xe6\x8a\xa5",
        {"A": "报修", "B": "报"},
    ),
    "neither": (b"Text: \xff\xff", {"Text": "ÿÿ"}),
    "UTF-8 cut at a byte": ("Text: 张三丰".encode()[:-1], {"Text": "张三\ufffd"}),
    "an emoji": ("Text: 📞".encode(), {"Text": "📞"}),
    "quotes and HTML": (b"Text: \"'<b>&amp;</b>", {"Text": "\"'<b>&amp;</b>"}),
    "10 kB of text": (b"Text: " + b"x" * 10_000, {"Text": "x" * 10_000}),
}


@pytest.mark.parametrize(("line", "headers"), LINES.values(), ids=LINES.keys())
def test_every_line_is_kept(line: bytes, headers: dict[str, str]) -> None:
    (message,) = MessageReader().feed(b"Event: X\r\n" + line + b"\r\n\r\n")

    assert message.headers == {"Event": "X", **headers}
    assert message.repeated == {}
    assert all(message.all(key) == (value,) for key, value in headers.items())


def test_repeated_keys_keep_all_values_in_order() -> None:
    message = parse(b"Response: Success\r\nOutput: \r\nOutput: a: b\r\nOutput: \r\n\r\n")

    assert message.repeated == {"Output": ("", "a: b", "")}
    assert message.get("Output") == ""


def test_a_message_without_end_is_refused() -> None:
    messages, complaint = read([EVENT, *[b"x" * 100] * 20], limit=1000)

    assert len(messages) == 1
    assert "more than 1000 bytes" in complaint


def test_a_long_message_is_refused_after_those_before_it() -> None:
    messages, complaint = read([EVENT + b"Event: Y\r\nText: " + b"x" * 1000 + b"\r\n\r\n"], 1000)

    assert [message.event for message in messages] == ["Newchannel"]
    assert complaint


@given(
    st.dictionaries(
        st.text("abcXYZ-_", min_size=1, max_size=9).filter(
            lambda key: key.lower() not in {"action", "actionid"}
        ),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=60),
        max_size=9,
    )
)
def test_what_is_encoded_arrives_as_it_was(headers: dict[str, str]) -> None:
    raw = encode("UserEvent", headers, "7")

    assert parse(raw).headers == {"Action": "UserEvent", "ActionID": "7", **headers}
    assert raw.count(b"\r\n\r\n") == 1


def test_several_values_become_several_headers() -> None:
    assert encode("Originate", {"Variable": ("A=1", "B=2")}) == (
        b"Action: Originate\r\nVariable: A=1\r\nVariable: B=2\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        ({"Text": "x\r\n\r\nAction: Originate"}, "line break or NUL"),
        ({"Text": "x\n"}, "line break or NUL"),
        ({"Text": "x\0"}, "line break or NUL"),
        ({"Text": ("good", "x\r")}, "line break or NUL"),
        ({"Te\nxt": "x"}, "header name"),
        ({"Te:xt": "x"}, "header name"),
        ({"": "x"}, "header name"),
        ({"Text": "\ud800"}, "no Unicode"),
        ({"Text": "报" * 400}, "shorten it"),
        ({"Variable": ["A=1"] * 200}, "send fewer"),
    ],
)
def test_what_would_become_another_action_is_refused(
    headers: dict[str, str], complaint: str
) -> None:
    with pytest.raises(PbxError, match=complaint):
        encode("UserEvent", headers)


def test_an_action_name_is_checked_too() -> None:
    with pytest.raises(PbxError, match="line break"):
        encode("Ping\r\nAction: Originate", {})
