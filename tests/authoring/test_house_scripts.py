"""The house's own scripts say what the house ordered, and cues take nothing else for a step."""

from itertools import combinations
from pathlib import Path

import pytest

from agentbot.authoring.scripts import load_scripts
from agentbot.core.cues import Cues
from agentbot.core.phonetic import sound
from agentbot.core.script import Direction, FieldKind, StepKind
from agentbot.core.values.answers import ChoiceValue
from agentbot.core.values.topic import Topic

SCRIPTS = load_scripts(Path(__file__).parents[2] / "scripts")
REPAIR, CALLBACK, GAS = (SCRIPTS[n] for n in ("heating-repair", "heating-callback", "gas-order"))


def step(script, name):
    return next(step for step in script.steps if step.id == name)


def field(script, name):
    return next(field for field in script.fields if field.id == name)


def heard(script, name, text):
    """Whether the words count as the step."""
    hit = Cues.of(step(script, name).cues).hear(sound(text))
    return hit is not None and hit.margin >= 0


def test_steps_of_the_repair_line():
    assert (
        "greeting issue_readback ask_address address_readback ask_name name_readback "
        "ask_phone phone_readback closing".split()
        == [step.id for step in REPAIR.steps]
    )
    assert Direction.INBOUND is REPAIR.direction
    assert REPAIR.greeting == "heating-repair"
    assert step(REPAIR, "greeting").deadline.within == 5


def test_steps_and_branches_of_the_callback():
    assert (
        "greeting ask_convenient ask_appointment ask_solved ask_attitude ask_charged "
        "ask_score closing".split()
        == [step.id for step in CALLBACK.steps]
    )
    assert Direction.OUTBOUND is CALLBACK.direction
    assert {"solved", "attitude", "charged", "score", "appointment"} <= {
        field.id for field in CALLBACK.fields
    }
    assert [branch.goto for branch in step(CALLBACK, "ask_convenient").next] == [
        "ask_appointment",
        "ask_solved",
    ]
    assert [branch.goto for branch in step(CALLBACK, "ask_appointment").next] == ["end"]
    assert {
        ("solved", ("否",), None), ("charged", ("是",), None),
        ("attitude", ("不满意",), None), ("score", (), 6.0),
    } == {
        (follow.when.field, follow.when.is_in, follow.when.at_most)
        for follow in CALLBACK.follow_ups
    }  # fmt: skip


def test_the_gas_line_reads_everything_back_and_is_answered_in_three_rings():
    assert [step.field for step in GAS.steps if step.kind is StepKind.READ_BACK] == [
        "customer",
        "address",
        "phone",
        "cylinders",
    ]
    assert GAS.listening.answer_within == 15
    assert "new-year" in step(GAS, "holiday_wish").only_on


@pytest.mark.parametrize(
    ("script", "name", "say"),
    [
        (REPAIR, "ask_address", "请问您的具体地址？"),
        (REPAIR, "ask_name", "请问您的姓名？"),
        (REPAIR, "ask_phone", "请留一下联系电话？"),
        (REPAIR, "closing", "好！维修人员会尽快跟您联系。感谢您的来电。再见！"),
        (CALLBACK, "greeting", "您好，我们是供暖报修平台，对您家报修的处理情况进行回访。"),
        (CALLBACK, "ask_convenient", "您现在方便吗？"),
        (CALLBACK, "ask_solved", "问题解决了吗？"),
        (CALLBACK, "ask_attitude", "维修工态度如何？"),
        (CALLBACK, "ask_charged", "跟您收费了吗？"),
        (GAS, "closing", "您的订单已申请成功，我们的配送员将尽快的送到您的府上，请耐心等待。"),
        (GAS, "holiday_wish", "祝您节日愉快"),
    ],
)
def test_the_words_of_the_house(script, name, say):
    assert say == step(script, name).say
    assert heard(script, name, say)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_each_spoken_step_has_many_wordings(script):
    few = {s.id: len(s.cues) for s in script.steps if s.kind is not StepKind.READ_BACK}

    assert {name: count for name, count in few.items() if count < 15} == {}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_no_wording_of_one_question_asks_another(script):
    asks = [s for s in script.steps if s.kind is StepKind.ASK]
    confused = [
        (one.id, other.id, cue.text)
        for one, other in combinations(asks, 2)
        for cue in one.cues
        if cue.text and heard(script, other.id, cue.text)
    ]

    assert confused == []


@pytest.mark.parametrize(
    ("script", "name", "text"),
    [
        (REPAIR, "closing", "好，再见。"),
        (REPAIR, "closing", "行，就这样。"),
        (REPAIR, "closing", "嗯，好的，再见啊。"),
        (REPAIR, "closing", "师傅会尽快给您打电话。"),
        (REPAIR, "closing", "好的，谢谢。"),
        (REPAIR, "greeting", "喂，您好，请讲。"),
        (REPAIR, "greeting", "喂，您好，久等了。"),
        (REPAIR, "ask_phone", "请您保持手机畅通，方便师傅联系您。"),
        (REPAIR, "ask_address", "您知道阀门在哪儿吗？"),
        (GAS, "holiday_wish", "好的，再见。"),
        (GAS, "introduce", "蓝火焰屯液配送，很高兴为您服务"),
        (GAS, "closing", "您稍等，我登记一下。"),
        (CALLBACK, "closing", "好，再见。"),
    ],
)
def test_other_talk_is_not_taken_for_a_step(script, name, text):
    assert not heard(script, name, text)


@pytest.mark.parametrize(
    ("script", "name", "text"),
    [
        (REPAIR, "closing", "好嘞，已经给您报上去了，师傅会尽快上门，谢谢您的来电"),
        (REPAIR, "closing", "那行，维修人员马上联系您，再见"),
        (REPAIR, "greeting", "你好，大龙报修，请讲"),
        (REPAIR, "ask_address", "麻烦您报一下小区和楼号"),
        (REPAIR, "ask_address", "在哪个小区呢"),
        (REPAIR, "ask_name", "那我登记一下，您贵姓啊"),
        (REPAIR, "ask_phone", "手机号您说一下"),
        (CALLBACK, "ask_solved", "暖气现在给您修好了没有"),
        (CALLBACK, "ask_attitude", "师傅服务怎么样啊"),
        (CALLBACK, "ask_charged", "师傅有没有跟您要钱"),
        (CALLBACK, "ask_score", "十分满分的话，您给我们打几分"),
        (GAS, "introduce", "我是三号话务员小王"),
        (GAS, "ask_cylinders", "您家要几瓶气呀"),
        (GAS, "holiday_wish", "祝您国庆节快乐"),
    ],
)
def test_free_wordings_count(script, name, text):
    assert heard(script, name, text)


@pytest.mark.parametrize(
    ("name", "value", "answers"),
    [
        ("solved", "是", "解决了。|嗯，修好了。|好了好了|没问题了|挺热的"),
        ("solved", "否", "没有。|还没呢|没修好|还是不热|没人来啊"),
        ("attitude", "满意", "挺好的|不错|非常满意|没得说"),
        ("attitude", "普通", "还行|一般|凑合吧|马马虎虎"),
        ("attitude", "不满意", "不满意|不太好|太差了|不怎么样|爱答不理的"),
        ("charged", "是", "收了五十块钱|要钱了|给了一百"),
        ("charged", "否", "没有|没收|一分钱没收|没要钱|免费的"),
        ("convenient", "方便", "方便|可以|你说吧|行"),
        ("convenient", "不方便", "不方便|我在开车|正忙着呢|晚点再打吧"),
    ],
)
def test_answers_of_the_callback(name, value, answers):
    choice = ChoiceValue(field(CALLBACK, name).choices)

    assert [value] * len(answers.split("|")) == [
        choice.read(answer, asked=True).value for answer in answers.split("|")
    ]


def test_each_issue_has_many_key_terms_and_its_own_sound():
    topics = field(REPAIR, "issue").choices
    known = Topic(topics)

    assert len(topics) >= 15
    assert [t.value for t in topics if len(t.phrases) < 6] == []
    strange = {
        (t.value, phrase, *known.named(phrase))
        for t in topics
        for phrase in t.phrases
        if set(known.named(phrase)) != {t.value} and "屋子" not in phrase
    }
    assert set() == strange


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_forbidden_phrases_have_their_exceptions(script):
    rules = {rule.id: rule for rule in script.forbidden}

    assert "不知道" in rules["dont_know"].phrases
    assert "您知道…吗" in rules["dont_know"].unless
    assert "与我没关系" in rules["not_my_business"].phrases
    assert "你自己想办法" in rules["help_yourself"].phrases
    assert rules["not_my_business"].unless
    assert rules["help_yourself"].unless


def test_fields_are_of_the_kind_they_are():
    assert [field.kind for field in REPAIR.fields] == [
        FieldKind.TOPIC,
        FieldKind.ADDRESS,
        FieldKind.NAME,
        FieldKind.PHONE,
    ]
