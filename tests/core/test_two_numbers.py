"""Two fields of one kind on one call: words that give or repeat one say nothing of the other."""

from datetime import UTC, datetime

import pytest

from agentbot.authoring.scripts import load_script
from agentbot.core.events import CallStarted, Heard, Leg
from agentbot.core.session import Session

SCRIPT = """\
script: library
title: 图书馆
direction: inbound
fields:
  card: {kind: phone, label: 借书证号, digits: [10]}
  phone: {kind: phone, label: 电话, digits: [11]}
  reader: {kind: name, label: 读者}
  parent: {kind: name, label: 家长}
steps:
  - {id: ask_card, label: 问证号, ask: card, say: 借书证号是多少？, cues: [证号报一下]}
  - {id: card_readback, label: 复述证号, read_back: card, say: "{{ card }}，对吗？"}
  - {id: ask_phone, label: 问电话, ask: phone, say: 电话是多少？, cues: [留个电话]}
  - {id: phone_readback, label: 复述电话, read_back: phone, say: "{{ phone }}，对吗？"}
  - {id: ask_reader, label: 问读者, ask: reader, say: 读者叫什么？, cues: [借书人叫什么]}
  - {id: reader_readback, label: 复述读者, read_back: reader, say: "{{ reader }}，对吗？"}
  - {id: ask_parent, label: 问家长, ask: parent, say: 家长叫什么？, cues: [家长是哪位]}
  - {id: parent_readback, label: 复述家长, read_back: parent, say: "{{ parent }}，对吗？"}
"""
TALK = [
    ("O", "借书证号是多少？"), ("C", "三三零七，二二五，六一八。"), ("O", "三三零七二二五六一八，对吗？"), ("C", "对。"),
    ("O", "电话是多少？"), ("C", "一三九四四二零七七五一。"), ("O", "一三九，四四二零，七七五一，对吗？"), ("C", "对。"),
    ("O", "读者叫什么？"), ("C", "我叫孟小满。"), ("O", "孟小满，对吗？"), ("C", "对。"),
    ("O", "家长叫什么？"), ("C", "我叫孟长河。"), ("O", "孟长河，对吗？"), ("C", "对。"),
]  # fmt: skip


def verdict(tmp_path, said):
    path = tmp_path / "library.yaml"
    path.write_text(SCRIPT, "utf-8")
    session = Session(load_script(path))
    session.feed(CallStarted(call_id="1", started_at=datetime(2026, 3, 10, tzinfo=UTC)))
    for at, (leg, text) in enumerate(said):
        speaker = Leg.OPERATOR if leg == "O" else Leg.CALLER
        session.feed(Heard(leg=speaker, start=4.0 * at, end=4.0 * at + 3, text=text))
    return session.verdict("transcript")


def test_each_field_has_its_own_words(tmp_path):
    found = verdict(tmp_path, TALK)

    assert {f: v.caller_value for f, v in found.fields.items()} == {
        "card": "3307225618", "phone": "13944207751", "reader": "孟小满", "parent": "孟长河",
    }  # fmt: skip
    assert {v.verdict.value for v in found.fields.values()} == {"matched"}
    assert not any(s.out_of_order for s in found.steps)


@pytest.mark.parametrize(
    ("line", "field"), [(2, "card"), (6, "phone"), (10, "reader"), (14, "parent")]
)
def test_what_one_field_lacks_the_other_does_not_give(tmp_path, line, field):
    found = verdict(tmp_path, [said for at, said in enumerate(TALK) if at not in (line, line + 1)])
    told = {f: v.verdict.value for f, v in found.fields.items()}

    assert told.pop(field) == "not_read_back"
    assert set(told.values()) == {"matched"}
