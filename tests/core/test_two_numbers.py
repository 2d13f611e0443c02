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


def verdict(tmp_path, said, script=SCRIPT):
    path = tmp_path / "library.yaml"
    path.write_text(script, "utf-8")
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


CARD = """\
script: card
title: 银行
direction: inbound
fields:
  matter: {kind: topic, label: 事由, topics: {丢失: [丢了]}}
  owner: {kind: name, label: 开户人}
  tail: {kind: phone, label: 尾号, digits: [4]}
  phone: {kind: phone, label: 手机号, digits: [11]}
steps:
  - {id: greeting, label: 开头语, say: 您好，云岭银行。, cues: [云岭银行]}
  - {id: ask_owner, label: 问开户人, ask: owner, say: 开户人是谁？, cues: [开户人是谁]}
  - {id: owner_readback, label: 复述开户人, read_back: owner, say: "{{ owner }}，对吗？"}
  - id: ask_tail
    label: 问尾号
    ask: tail
    say: 卡的尾号是多少？
    cues: [卡的尾号, {words: [[尾号, 卡片], [多少, 说一下]]}]
  - {id: tail_readback, label: 复述尾号, read_back: tail, say: "{{ tail }}，对吗？"}
  - id: ask_phone
    label: 问手机
    ask: phone
    say: 手机号是多少？
    cues: [手机号是多少, {words: [[手机, 电话, 号码], [多少, 说一下]]}]
  - {id: phone_readback, label: 复述手机, read_back: phone, say: "{{ phone }}，对吗？"}
"""
IN_GROUPS = [
    ("O", "您好，云岭银行。"), ("O", "请问您的全名是？"), ("C", "孟小满。"), ("O", "孟小满，对吗？"), ("C", "对。"),
    ("O", "这张卡的尾号，麻烦说一下。"), ("C", "尾号三零六一。"), ("O", "尾号三零六一，好。"), ("C", "嗯。"),
    ("O", "手机号，麻烦说一下。"), ("C", "一三九。"), ("O", "幺三九。"), ("C", "四四二零。"), ("O", "四四二零。"),
    ("C", "七七五一。"), ("O", "七七五幺。"), ("C", "对。"),
]  # fmt: skip


def test_a_group_of_one_number_has_as_many_digits_as_the_other(tmp_path):
    found = verdict(tmp_path, IN_GROUPS, CARD)

    assert {f: (v.caller_value, v.verdict.value) for f, v in found.fields.items() if f != "matter"} == {
        "owner": ("孟小满", "matched"), "tail": ("3061", "matched"), "phone": ("13944207751", "matched"),
    }  # fmt: skip
    assert {s.verdict.value for s in found.steps} == {"done"}
    assert not any(s.out_of_order for s in found.steps)


def test_a_question_in_unforeseen_words_is_for_the_number_that_it_names(tmp_path):
    said = [*IN_GROUPS[:5], ("O", "再核对一下手机号，您说。"), *IN_GROUPS[10:]]
    found = verdict(tmp_path, said, CARD)
    told = {s.step: s.verdict.value for s in found.steps}

    assert told["ask_phone"] == told["phone_readback"] == "done"
    assert told["ask_tail"] == "missed"


@pytest.mark.parametrize(
    "question",
    ["再核对一下手机号，您说。", "怎么联系您？", "报一下您的联系方式。", "给您回电打哪个？"],
)
def test_who_asks_how_to_call_somebody_asks_for_the_telephone(tmp_path, question):
    said = [*IN_GROUPS[:9], ("O", question), ("C", "一三九四四二零七七五一。"), ("O", "一三九四四二零七七五一，对吗？")]  # fmt: skip
    found = verdict(tmp_path, said, CARD)

    assert {s.verdict.value for s in found.steps} == {"done"}


def test_two_things_asked_for_in_one_breath_where_there_are_two_numbers(tmp_path):
    said = [
        ("O", "您好，云岭银行。"), ("O", "您的姓名和手机号码是？"), ("C", "孟小满，一三九四四二零七七五一。"),
        ("O", "孟小满，一三九四四二零七七五一，对吗？"), ("C", "对。"), ("O", "卡的尾号是多少？"), ("C", "三零六一。"), ("O", "三零六一，对吗？"),
    ]  # fmt: skip
    found = verdict(tmp_path, said, CARD)

    assert {s.verdict.value for s in found.steps} == {"done"}
