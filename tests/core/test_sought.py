"""Steps not heard, and sound in which they may have been said."""

from __future__ import annotations

import pytest

from agentbot.core.doubts import StepDoubt
from agentbot.core.events import (
    AudioLost,
    CallEnded,
    CallStarted,
    Event,
    Heard,
    Leg,
    LossCause,
    Sought,
)
from agentbot.core.script import Cue, Direction, Field, FieldKind, Script, Step, StepKind
from agentbot.core.session import Session
from agentbot.core.verdict import StepVerdict

SCRIPT = Script(
    id="desk",
    title="Desk",
    direction=Direction.INBOUND,
    fields=(Field(id="name", label="姓名", kind=FieldKind.NAME),),
    steps=(
        Step(id="greeting", kind=StepKind.GREETING, label="开头语", cues=(Cue(text="蓝天维修为您服务"),)),
        Step(id="ask", kind=StepKind.ASK, label="询问", field="name", cues=(Cue(text="请问您贵姓"),)),
        Step(id="back", kind=StepKind.READ_BACK, label="复述", field="name"),
        Step(id="closing", kind=StepKind.SAY, label="结束语", cues=(Cue(text="感谢您的来电再见"),)),
    ),
)  # fmt: skip


def said(start: float, text: str, confidence: float | None, leg: Leg = Leg.OPERATOR) -> Heard:
    return Heard(leg=leg, start=start, end=start + 2.0, text=text, confidence=confidence)


def session(*events: Event) -> Session:
    found = Session(SCRIPT)
    for event in (CallStarted(call_id="c"), *events):
        found.feed(event)
    return found


def verdicts(call: Session) -> dict[str, StepVerdict]:
    call.feed(CallEnded(at=20.0))
    return {s.step: s.verdict for s in call.verdict("test").steps}


MURKY = said(0.0, "为您说的", 0.4)
REST = (
    said(4.0, "请问您贵姓", 0.9),
    said(7.0, "我姓张", 0.9, Leg.CALLER),
    said(10.0, "感谢您的来电再见", 0.9),
)


@pytest.mark.parametrize(
    ("likelihood", "verdict"),
    [
        (None, StepVerdict.CANNOT_TELL),
        (-1.2, StepVerdict.CANNOT_TELL),
        (-3.0, StepVerdict.CANNOT_TELL),
        (-4.5, StepVerdict.MISSED),
    ],
)
def test_a_step_is_missed_only_if_it_was_not_said_where_words_were_murky(
    likelihood: float | None, verdict: StepVerdict
) -> None:
    call = session(MURKY, *REST)
    if likelihood is not None:
        call.feed(Sought(step="greeting", start=0.0, likelihood=likelihood, at=2.0))

    assert verdicts(call)["greeting"] is verdict


def test_the_doubt_names_the_step_its_wordings_and_its_place_once() -> None:
    call = session(MURKY, *REST)

    doubts = [d for d in call.doubts() if isinstance(d, StepDoubt)]

    assert [(d.steps, d.operator.start, d.until) for d in doubts] == [
        ((("greeting", ("蓝天维修为您服务",)),), 0.0, 2.0)
    ]
    call.feed(Sought(step="greeting", start=0.0, likelihood=-2.0, at=2.0))
    assert not any(isinstance(d, StepDoubt) for d in call.doubts())


def test_lost_sound_is_listened_to_as_well() -> None:
    lost = AudioLost(leg=Leg.OPERATOR, start=0.0, end=2.0, cause=LossCause.UNRECOGNISED)
    call = session(lost, *REST)

    assert [d.until for d in call.doubts() if isinstance(d, StepDoubt)] == [2.0]
    call.feed(Sought(step="greeting", start=0.0, likelihood=-5.0, at=2.0))
    assert verdicts(call)["greeting"] is StepVerdict.MISSED


def test_a_gap_cannot_be_listened_to() -> None:
    gap = AudioLost(leg=Leg.OPERATOR, start=0.0, end=2.0, cause=LossCause.GAP)
    call = session(gap, *REST)

    assert not any(isinstance(d, StepDoubt) for d in call.doubts())
    assert verdicts(call)["greeting"] is StepVerdict.CANNOT_TELL


@pytest.mark.parametrize("text", ["登记一下您的名字好吗", "请问您贵姓可以吗"])
def test_a_request_is_a_question_and_no_read_back(text: str) -> None:
    script_ask = Script(
        id=SCRIPT.id, title=SCRIPT.title, direction=SCRIPT.direction, fields=SCRIPT.fields,
        steps=tuple(
            s if s.id != "ask" else Step(
                id="ask", kind=StepKind.ASK, label="询问", field="name",
                cues=(Cue(text="登记一下您的名字"), Cue(text="请问您贵姓")),
            )
            for s in SCRIPT.steps
        ),
    )  # fmt: skip
    call = Session(script_ask)
    for event in (
        CallStarted(call_id="c"),
        said(0.0, "蓝天维修为您服务", 0.8),
        said(4.0, text, 0.8),
        said(7.0, "我姓张", 0.8, Leg.CALLER),
        said(10.0, "感谢您的来电再见", 0.8),
    ):
        call.feed(event)

    assert verdicts(call)["ask"] is StepVerdict.DONE


GREETED = said(0.0, "蓝天维修为您服务", 0.9)
BYE = said(15.0, "感谢您的来电再见", 0.9)
GIVEN = (said(4.0, "请问您贵姓", 0.9), said(7.0, "我姓张", 0.9, Leg.CALLER))


@pytest.mark.parametrize(
    ("words", "step", "verdict"),
    [
        pytest.param(
            (said(4.0, "饿变化您留一个", 0.89), said(6.5, "就打这个号就行", 0.8, Leg.CALLER), BYE),
            "ask", StepVerdict.CANNOT_TELL, id="garbled words that got an answer",
        ),
        pytest.param(
            (said(4.0, "请问您有什么问题", 0.89), said(6.5, "我家没有水", 0.8, Leg.CALLER), BYE),
            "ask", StepVerdict.MISSED, id="an opening question asks for nothing of the script",
        ),
        pytest.param(
            (said(4.0, "二零一三四五六", 0.89), said(6.5, "就打这个号就行", 0.8, Leg.CALLER), BYE),
            "ask", StepVerdict.MISSED, id="a value asks for nothing",
        ),
        pytest.param(
            (*GIVEN, said(10.0, "线了您的评价,再见者", 0.83)),
            "closing", StepVerdict.CANNOT_TELL, id="a leave taken in words heard half surely",
        ),
        pytest.param(
            (*GIVEN, said(10.0, "您信脏,对吗?稍后有师傅上门", 0.7), BYE),
            "back", StepVerdict.DONE, id="another sentence behind the read-back",
        ),
        pytest.param(
            (*GIVEN, said(10.0, "您信脏尸巴", 0.7), BYE),
            "back", StepVerdict.DONE, id="a garbled 是吧",
        ),
        pytest.param(
            (*GIVEN, said(10.0, "好别着急爱", 0.62), BYE),
            "back", StepVerdict.MISSED, id="comfort is no read-back",
        ),
        pytest.param(
            (*GIVEN, said(10.0, "丫丫丫丫", 0.4), BYE),
            "back", StepVerdict.MISSED, id="a drawn-out 嗯 is no read-back",
        ),
    ],
)  # fmt: skip
def test_unsure_words_accuse_only_where_they_can_be_no_step(
    words: tuple[Heard, ...], step: str, verdict: StepVerdict
) -> None:
    assert verdicts(session(GREETED, *words))[step] is verdict
