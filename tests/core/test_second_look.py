"""What a second look asks, and what its scores say of a read-back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agentbot.core.book import Book, Given, Repeated
from agentbot.core.doubts import ValueDoubt
from agentbot.core.events import CallEnded, CallStarted, Heard, Leg, Rescored, Word
from agentbot.core.known import Known
from agentbot.core.rescored.compare import compared
from agentbot.core.rescored.names import names_alike
from agentbot.core.script import (
    Cue,
    Direction,
    Field,
    FieldKind,
    Script,
    Step,
    StepKind,
)
from agentbot.core.session import Session
from agentbot.core.values.address_place import number_leads
from agentbot.core.values.base import Reading
from agentbot.core.values.surname_place import name_places, surname_places
from agentbot.core.verdict import FieldVerdict, Span, StepVerdict

SCRIPT = Script(
    id="desk",
    title="Desk",
    direction=Direction.INBOUND,
    fields=(
        Field(id="phone", label="电话", kind=FieldKind.PHONE, digits=(11,)),
        Field(id="name", label="姓名", kind=FieldKind.NAME),
    ),
    steps=(
        Step(
            id="ask_phone",
            kind=StepKind.ASK,
            label="问电话",
            field="phone",
            cues=(Cue(text="请留一下联系电话"),),
        ),
        Step(id="phone_readback", kind=StepKind.READ_BACK, label="复述电话", field="phone"),
        Step(
            id="ask_name",
            kind=StepKind.ASK,
            label="问姓名",
            field="name",
            cues=(Cue(text="请问您贵姓"),),
        ),
        Step(id="name_readback", kind=StepKind.READ_BACK, label="复述姓名", field="name"),
        Step(id="closing", kind=StepKind.SAY, label="结束语", cues=(Cue(text="感谢您的来电再见"),)),
    ),
)
KNOWN = Known.of(SCRIPT)
TRUE, SLIP, FAR = "13800138000", "13800138009", "13911117000"


def heard(leg: str, start: float, text: str, confidence: float | None = 0.6) -> Heard:
    return Heard(leg=Leg(leg), start=start, end=start + 2.0, text=text, confidence=confidence)


def call(*lines: Heard) -> Session:
    session = Session(SCRIPT)
    session.feed(CallStarted(call_id="c"))
    for line in lines:
        session.feed(line)
    return session


def book(field: str, said: str, back: str, place: str = "x") -> Book:
    found = Book()
    line = heard("caller", 1.0, said)
    found.given[field] = [
        Given(field, Reading(said, ((place, said),), 1.0), (line,), correction=False, asked=True)
    ]
    other = heard("operator", 4.0, back)
    found.repeated[field] = [Repeated(field, Reading(back, ((place, back),), 1.0), (other,), 1)]
    return found


@pytest.mark.parametrize(
    ("scores", "same", "place"),
    [
        pytest.param(
            ((TRUE, -8.0, -9.0), (SLIP, -16.0, -17.0)),
            1.0,
            "digit 11",
            id="one number fits both legs",
        ),
        pytest.param(
            ((TRUE, -8.0, -20.0), (SLIP, -19.0, -9.0)),
            0.0,
            "digit 11",
            id="each leg has its own number",
        ),
        pytest.param(
            ((TRUE, -8.0, -13.0), (SLIP, -13.0, -9.0)), 0.0, "digit 11", id="the words say so too"
        ),
        pytest.param(
            ((TRUE, -8.0, -11.0), (SLIP, -11.0, -9.0)), 1.0, "digit 11", id="whatever the words say"
        ),
        pytest.param(
            ((FAR, -8.0, -13.0), ("13911117009", -13.0, -9.0)),
            0.5,
            "digit 11",
            id="too near to tell",
        ),
        pytest.param(
            ((TRUE, -16.0, -16.0), (SLIP, -18.0, -18.0), (FAR, -40.0, -3.0)),
            0.5,
            "digit 11",
            id="one number fits, and badly",
        ),
        pytest.param(
            ((TRUE, -40.0, -70.0), (SLIP, -70.0, -40.0)),
            0.5,
            "digit 11",
            id="neither leg was understood",
        ),
        pytest.param(
            ((TRUE, -8.0, -60.0), (FAR, -60.0, -8.0)), 0.5, "", id="no slip of tongue or pen"
        ),
    ],
)
def test_numbers_are_one_or_two_by_their_sound(
    scores: tuple[tuple[str, float, float], ...], same: float, place: str
) -> None:
    found = compared(
        KNOWN, "phone", book("phone", TRUE, SLIP), Rescored(field="phone", scores=scores, at=9.0)
    )

    assert found is not None
    assert (found.same, found.place) == (same, place)


@pytest.mark.parametrize(
    ("scores", "same"),
    [
        pytest.param((("张", -1.0, -9.0), ("李", -10.0, -1.0)), 0.0, id="two family names"),
        pytest.param((("张", -1.0, -11.0), ("李", -9.0, -3.4)), 0.0, id="two, one hardly heard"),
        pytest.param((("张", -1.0, -11.0), ("李", -9.0, -3.6)), 0.5, id="one not heard"),
        pytest.param((("张", -1.0, -9.0), ("章", -9.0, -1.0)), 1.0, id="homophones are one"),
        pytest.param((("张", -1.0, -3.0), ("李", -3.0, -1.0)), 0.5, id="too near to tell"),
    ],
)
def test_family_names_are_told_by_their_syllable(
    scores: tuple[tuple[str, float, float], ...], same: float
) -> None:
    found = compared(
        KNOWN, "name", book("name", "壮", "泥"), Rescored(field="name", scores=scores, at=9.0)
    )

    assert found is not None
    assert found.same == same


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("我姓张", (2,)),
        ("我心无", (2,)),
        ("我讯好", (2,)),  # 我姓郝
        ("训云 对吧", (1,)),  # 姓袁; 云 sounds like no family name
        ("那就写假月额吧", (3,)),
        ("那个，我叫刘海", (5,)),
        ("好的，王女士", (3,)),
        ("李淑珍", (0,)),
        ("名字是刘凤英", (3,)),  # 名 is no family name
        ("您家里数真", (2,)),  # 您叫李 heard as 您家里; 家里数真 is too long for a name
        ("眼跪进桌", ()),  # 免贵姓邹
        ("小先生是吧", (0,)),
        ("嗯", ()),
        ("", ()),
        ("12", ()),
    ],
)
def test_where_a_family_name_may_stand(text: str, places: tuple[int, ...]) -> None:
    assert surname_places(text) == places


@pytest.mark.parametrize(
    ("said", "back", "places"),
    [
        ("习家成", "等其家程序吧", ((0,), (1,))),  # 嗯，徐嘉诚是吧
        ("免贵性偶养", "文欧阳先生", ((3,), (1,))),  # 免贵姓欧阳; 嗯，欧阳先生
        ("我叫李小红", "您是吕晓宏对吗", ((2,), (2,))),
        ("我姓张", "张先生", (surname_places("我姓张"), surname_places("张先生"))),
    ],
)
def test_a_given_name_heard_on_both_legs_tells_where_the_family_name_stands(
    said: str, back: str, places: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    assert name_places(said, back) == places


@pytest.mark.parametrize(
    ("text", "leads"),
    [
        ("好的，阳光花园四号楼一单元", ("好的，阳光花园",)),
        ("好的,阳光花园色好楼一旦圆", ("好的,阳光花园",)),  # 四号楼
        ("和平小七八号楼二单元四零二", ("和平小区",)),
        ("是东方新城时候楼次单元一三零一", ("是东方新城",)),  # 十号楼; 东 is no 栋
        ("盛世豪庭二动三单元四百", ("盛世豪庭",)),  # 二栋
        ("建设路八十八号院，九号楼", ("建设路八十八号院，",)),
        ("同月二时后,楼三单元", ("同月",)),  # 梧桐苑二十号楼
        ("天鹅湖小区二床，三单元一七零二", ("天鹅湖小区",)),  # 二幢
        ("对吗", ()),
        ("", ()),
    ],
)
def test_where_the_numbers_of_an_address_begin(text: str, leads: tuple[str, ...]) -> None:
    assert number_leads(text) == leads


ADDRESS = Known.of(
    Script(
        id="home",
        title="Home",
        direction=Direction.INBOUND,
        fields=(Field(id="address", label="地址", kind=FieldKind.ADDRESS),),
        steps=(Step(id="back", kind=StepKind.READ_BACK, label="复述", field="address"),),
    )
)
HERE, THERE, NEAR = "5号楼2单元301室", "5号楼4单元301室", "5号楼4单元302室"


@pytest.mark.parametrize(
    ("own", "scores", "same", "place"),
    [
        pytest.param(
            (HERE, THERE), ((HERE, -8.0, -30.0), (THERE, -29.0, -9.0)), 0.0, "unit", id="two units"
        ),
        pytest.param(
            (HERE, THERE), ((HERE, -8.0, -10.0), (THERE, -29.0, -9.0)), 1.0, "", id="one fits both"
        ),
        pytest.param(
            (HERE, THERE), ((HERE, -8.0, -14.0), (THERE, -29.0, -9.0)), 0.33, "unit", id="too near"
        ),
        pytest.param(
            (HERE, THERE),
            ((HERE, -40.0, -25.0), (THERE, -53.0, -6.0)),
            0.0,
            "unit",
            id="two units behind a garbled building",
        ),
        pytest.param(
            (HERE, THERE), ((HERE, -50.0, -80.0), (THERE, -80.0, -9.0)), 0.5, "unit", id="not heard"
        ),
        pytest.param(
            (HERE, NEAR),
            ((HERE, -8.0, -40.0), (THERE, -28.0, -24.0), (NEAR, -40.0, -9.0)),
            0.5,
            "unit",
            id="much differs, much was misheard",
        ),
    ],
)
def test_addresses_are_one_or_two_by_their_sound(
    own: tuple[str, str], scores: tuple[tuple[str, float, float], ...], same: float, place: str
) -> None:
    nothing = book("address", "", "")
    answer = Rescored(field="address", scores=scores, at=9.0, caller=own[:1], operator=own[1:])

    found = compared(ADDRESS, "address", nothing, answer)

    assert found is not None
    assert (round(found.same, 2), found.place) == (same, place)


def test_a_bare_number_is_the_building_that_the_other_leg_names() -> None:
    told = book("address", "", "")
    read = ADDRESS.kinds["address"].read("和平小区十七号", asked=True)
    assert read is not None
    told.given["address"] = [replace(told.given["address"][0], reading=read)]
    far, near = "1号楼2单元301室", "17号楼2单元301室"
    scores = ((far, -8.0, -30.0), (near, -29.0, -9.0))
    answer = Rescored(field="address", scores=scores, at=9.0, caller=(far,), operator=(near,))

    found = compared(ADDRESS, "address", told, answer)

    assert found is not None
    assert found.same > 0.2  # building 1 for 17 would be a wrong read-back


def test_a_whole_name_within_other_words_is_the_same() -> None:
    assert names_alike(
        Reading("位置刚", (("surname", "位"), ("given", "置刚")), 0.5),
        Reading("要位置钢", (("surname", "要"), ("given", "位置钢")), 0.8),
    )


def test_names_that_sound_alike_are_one_and_raise_no_doubt() -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, "我叫马海燕"),
        heard("operator", 6, "马海宴，对吗"),
    )

    assert session.doubts() == ()
    assert session.verdict("test").fields["name"].verdict is FieldVerdict.MATCHED


@pytest.mark.parametrize(
    ("said", "start"),
    [("我姓杜", 6.0), ("我姓杜，就是那个十二号楼的，您记一下吧谢谢", 6.0), ("我姓杜", 30.0)],
)
def test_a_name_is_heard_again_only_as_a_short_answer(said: str, start: float) -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, said),
        heard("operator", start, "您姓金对吗"),
    )

    doubts = [d for d in session.doubts() if d.field == "name"]
    assert bool(doubts) is (said == "我姓杜" and start == 6.0)


@pytest.mark.parametrize(
    ("taken", "verdict"),
    [("好的，不好意思", "mismatched"), ("好，九十二", "cannot_tell")],
)
def test_an_objection_answered_in_figures_leaves_the_number_open(taken: str, verdict: str) -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "一三八零零一三八零零零"),
        heard("operator", 6, "一三八零零一三八零零九"),
        heard("operator", 8.1, "对吗", 0.9),
        heard("caller", 9, "不对"),
        heard("operator", 12, taken),
    )
    session.feed(Rescored(field="phone", scores=((TRUE, -8.0, -20.0), (SLIP, -19.0, -9.0)), at=8.0))

    result = session.verdict("test").fields["phone"]

    assert result.verdict == verdict


@pytest.mark.parametrize(
    ("opening", "verdict"),
    [
        ("你好，暖气坏了，我兴张，麻烦来看一下", "cannot_tell"),
        ("你好，暖气坏了，麻烦你们来看一下", "missed"),
        ("我姓", "missed"),
    ],
)
def test_a_question_that_garbled_words_may_have_made_needless(opening: str, verdict: str) -> None:
    session = call(
        heard("caller", 0, opening, 0.5),
        heard("operator", 3, "请留一下联系电话", 0.9),
        heard("caller", 6, "一三八零零一三八零零零", 0.9),
        heard("operator", 9, "一三八零零一三八零零零对吗", 0.9),
        heard("operator", 12, "感谢您的来电再见", 0.9),
    )
    session.feed(CallEnded(at=15))
    steps = {s.step: s.verdict for s in session.verdict("test").steps}

    assert steps["ask_name"] == verdict


@pytest.mark.parametrize(
    ("said", "start"),
    [
        ("一三八零零一三七，说错了，一三八零零一三八零零零", 7.1),
        ("地址是九号楼一二零三，电话是一三八零零一三八零零零", 7.4),
        ("电话是一三八零零一三八零零零", 6.0),
    ],
)
def test_a_number_is_heard_again_from_where_it_begins(said: str, start: float) -> None:
    words = tuple(
        Word(text=sign, start=6 + i / 10, end=6.1 + i / 10, confidence=0.6)
        for i, sign in enumerate(said)
    )
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "一三八零零一三八零零"),
        Heard(leg=Leg.OPERATOR, start=6, end=9, text=said, confidence=0.6, words=words),
    )

    (doubt,) = session.doubts()

    assert isinstance(doubt, ValueDoubt)
    assert doubt.operator == (Span(start=start, end=9),)


def test_a_number_is_heard_again_behind_a_correction_of_its_own() -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "1 3 8 0 0 1 3 7 0 0 0"),
        heard("caller", 5.2, "输错了"),
        heard("caller", 7.4, "1 3 8 0 0 1 3 8 0 0 0"),
        heard("operator", 10, "一三八零零一三八零零"),
    )

    (doubt,) = session.doubts()

    assert isinstance(doubt, ValueDoubt)
    assert doubt.caller == (Span(start=7.4, end=9.4),)


def test_a_number_put_right_in_another_breath_is_heard_again_there() -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "一三八零零一三七，我说错了"),
        heard("caller", 5.2, "一三八零零一三八零零零"),
        heard("operator", 8, "一三八零零一三八零零"),
    )

    (doubt,) = session.doubts()

    assert isinstance(doubt, ValueDoubt)
    assert doubt.caller == (Span(start=5.2, end=7.2),)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        ("我给您重复一遍您叫金城电话是一五零五", "cannot_tell"),
        ("马上给您派师傅过去您稍等", "missed"),
    ],
)
def test_what_may_be_read_back_with_other_values_at_the_end_is_open(
    last: str, verdict: str
) -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, "我姓杜"),
        heard("operator", 6, "请留一下联系电话"),
        heard("caller", 9, "一三八零零一三八零零零"),
        heard("operator", 12, last),
        heard("operator", 15, "感谢您的来电再见"),
    )
    session.feed(CallEnded(at=18))
    steps = {s.step: s.verdict for s in session.verdict("test").steps}

    assert steps["name_readback"] == verdict


@pytest.mark.parametrize(
    ("taken", "open_"), [(("不好意思", "好的您"), True), (("好的不好意思",), False)]
)
def test_a_name_said_again_after_an_objection_is_open(taken: tuple[str, ...], open_: bool) -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, "叫中民就行程"),
        heard("operator", 6, "叫丁明，是吧"),
        heard("caller", 9, "不对我叫中民"),
        *(heard("operator", 12 + 2.1 * i, text) for i, text in enumerate(taken)),
    )
    session.feed(Rescored(field="name", scores=(("周", -0.3, -10.0), ("丁", -11.9, -0.9)), at=8.0))

    verdict = session.verdict("test").fields["name"].verdict

    assert (verdict is FieldVerdict.CANNOT_TELL) is open_


def test_a_number_pointed_to_is_not_read_back() -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "就这个号码就行"),
        heard("operator", 6, "请问您贵姓"),
        heard("caller", 9, "我姓张"),
        heard("operator", 12, "张先生"),
        heard("operator", 15, "感谢您的来电再见"),
    )
    session.feed(CallEnded(at=18))
    steps = {s.step: s.verdict for s in session.verdict("test").steps}

    assert steps["phone_readback"] is StepVerdict.NOT_APPLICABLE


def test_a_garbled_read_back_is_done_and_its_value_open() -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, "里书针"),
        heard("operator", 6, "您家里数真对吗"),
        heard("operator", 9, "感谢您的来电再见"),
    )
    session.feed(CallEnded(at=12))
    verdict = session.verdict("test")
    steps = {s.step: s.verdict for s in verdict.steps}

    assert steps["name_readback"] is StepVerdict.DONE
    assert verdict.fields["name"].verdict is not FieldVerdict.MISMATCHED


def test_the_next_step_at_once_means_that_nothing_was_read_back() -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 3, "我信扬扬剧强"),
        heard("operator", 6, "感谢您的来电再见"),
    )
    session.feed(CallEnded(at=9))
    steps = {s.step: s.verdict for s in session.verdict("test").steps}

    assert steps["name_readback"] is StepVerdict.MISSED


def test_doubts_are_asked_once_and_answers_settle_them() -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "一三八零零一三八零零零"),
        heard("operator", 6, "一三八零零一三八零零九对吗"),
    )
    doubts = session.doubts()

    assert [d.field for d in doubts if d.field == "phone"] == ["phone"]

    session.feed(Rescored(field="phone", scores=((TRUE, -8.0, -20.0), (SLIP, -19.0, -9.0)), at=8.0))
    result = session.verdict("test").fields["phone"]

    assert session.doubts() == ()
    assert (result.verdict, result.caller_value, result.readback_value) == (
        FieldVerdict.MISMATCHED,
        TRUE,
        SLIP,
    )
    assert result.difference is not None
    assert result.difference.place == "digit 11"


def test_certain_words_raise_no_doubt() -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话", None),
        heard("caller", 3, "一三八零零一三八零零零", None),
        heard("operator", 6, "一三八零零一三八零零九对吗", None),
    )

    assert session.doubts() == ()
    assert session.verdict("test").fields["phone"].verdict is FieldVerdict.MISMATCHED


def test_a_family_name_weighed_in_the_wrong_place_accuses_nobody() -> None:
    scores = (("夏", -0.8, -9.0), ("李", -9.0, -1.0))

    def verdict(said: str) -> str:
        session = call(
            heard("operator", 0, "请问您贵姓"),
            heard("caller", 2.1, said),
            heard("operator", 4.2, "李玉梅对吗"),
        )
        session.feed(Rescored(field="name", scores=scores, at=6.2))
        return session.verdict("test").fields["name"].verdict

    assert verdict("夏临玉梅") == FieldVerdict.CANNOT_TELL
    assert verdict("姓夏玉梅") == FieldVerdict.MISMATCHED


@pytest.mark.parametrize(
    ("nod", "start"),
    [("嗯嗯", 3.0), ("您刚才说的我没听清", 7.0)],
)
def test_a_number_begins_before_the_nods_between_its_groups(nod: str, start: float) -> None:
    session = call(
        heard("operator", 0, "请留一下联系电话"),
        heard("caller", 3, "要求要"),
        Heard(leg=Leg.OPERATOR, start=5.3, end=6.0, text=nod, confidence=0.4),
        heard("caller", 7, "00138000"),
        heard("operator", 10, "一三八零零一三八零零"),
    )

    (doubt,) = (d for d in session.doubts() if isinstance(d, ValueDoubt))

    assert isinstance(doubt, ValueDoubt)
    assert doubt.caller[0].start == start


def test_what_stands_before_a_tag_in_a_breath_of_its_own_is_what_was_read_back() -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 2.1, "我姓贺"),
        Heard(leg=Leg.OPERATOR, start=4.4, end=5.2, text="您假验了", confidence=0.5),
        Heard(leg=Leg.OPERATOR, start=5.5, end=6.0, text="对吗", confidence=0.9),
        heard("operator", 7.0, "感谢您的来电再见"),
    )

    assert session.verdict("test").fields["name"].readback_at == Span(start=4.4, end=6.0)


def test_a_name_is_heard_again_where_it_is_said_and_not_where_it_is_explained() -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 2.1, "叫中永圣心中中"),
        heard("caller", 4.2, "永远的永永远的永"),
        heard("caller", 6.3, "圣力的圣圣力的圣"),
        heard("operator", 8.4, "照有胜对吗"),
    )

    (doubt,) = (d for d in session.doubts() if isinstance(d, ValueDoubt))

    assert doubt.caller == (Span(start=2.1, end=4.1), Span(start=4.2, end=6.2))


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [("不对，是孟伟东", FieldVerdict.MISMATCHED), ("对", FieldVerdict.CANNOT_TELL)],
)
def test_another_given_name_behind_one_family_name_is_open_until_the_caller_objects(
    reply: str, verdict: FieldVerdict
) -> None:
    session = call(
        heard("operator", 0, "请问您贵姓"),
        heard("caller", 2.1, "我叫孟伟东"),
        heard("operator", 4.2, "登记的是孟宫冬没错吧"),
        heard("caller", 6.3, reply),
        heard("operator", 8.4, "感谢您的来电再见"),
    )
    session.feed(Rescored(field="name", scores=(("孟", -2.8, -2.4), ("王", -9.0, -9.0)), at=6.3))

    assert session.verdict("test").fields["name"].verdict == verdict


def test_words_that_are_the_other_legs_number_accuse_nobody() -> None:
    scores = ((TRUE, -8.0, -20.0), (SLIP, -19.0, -9.0))
    answer = Rescored(field="phone", scores=scores, at=9.0)

    found = compared(KNOWN, "phone", book("phone", "3800138", TRUE), answer)

    assert found is not None
    assert found.same == 0.5
