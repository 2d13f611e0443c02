"""Each kind of value: how it is heard, corrected and compared."""

import pytest

from agentbot.core.script import Choice
from agentbot.core.values.address import PLACES, Address
from agentbot.core.values.answers import ChoiceValue
from agentbot.core.values.base import Reading
from agentbot.core.values.name import Name
from agentbot.core.values.number import NumberValue
from agentbot.core.values.phone import Phone
from agentbot.core.values.surname_place import COMMON
from agentbot.core.values.surnames import SINGLE
from agentbot.core.values.times import TimeValue
from agentbot.core.values.topic import Topic
from agentbot.core.wording import LANGUAGES, place_name

PHONE, ADDRESS, NAME, TIME = Phone((11, 7, 8)), Address(), Name(), TimeValue()
TAIL = Phone((4,), "卡的尾号")
SCORE, BOTTLES = NumberValue(1, 10, ("分",)), NumberValue(1, 99, ("瓶",))
SOLVED = ChoiceValue((
    Choice(value="是", phrases=("解决了", "修好了", "好了", "是的")),
    Choice(value="否", phrases=("没", "没有", "没修好", "没解决", "还没好")),
))  # fmt: skip
FREE = ChoiceValue((
    Choice(value="方便", phrases=("有时间", "你说")), Choice(value="不方便", phrases=("上班",))
))  # fmt: skip
TOPIC = Topic((
    Choice(value="漏水", phrases=("漏水", "滴水", "往外冒")),
    Choice(value="不热", phrases=("暖气不热", "暖气冰凉")),
    Choice(value="异响", phrases=("有响声", "咣咣响")),
))  # fmt: skip


def value(reading):
    return reading.value if reading else None


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PHONE, "一三一七七零零五二六三", "13177005263"),
        (PHONE, "一三一七七零零五三，不对，一三一七七零零五二六三", "13177005263"),
        (PHONE, "零二二，八八六六，七七五五", "02288667755"),
        (PHONE, "没有", None),
        (PHONE, "一三一，七七零，零四二，不是不是，零五二，六三", "13177005263"),
        (PHONE, "我户号是二二零四五九，电话是一三一七七零零五二六三", "13177005263"),
        (ADDRESS, "桃源小区九号楼三单元四零一", "桃源小区9号楼3单元401"),
        (ADDRESS, "桃源小区九栋三门四百零一", "桃源小区9号楼3单元401"),
        (ADDRESS, "桃源小区八号楼，哦不对，九号楼三单元四零一", "桃源小区9号楼3单元401"),
        (ADDRESS, "小王庄三组二十八号", "小王庄3组28号"),
        (ADDRESS, "国泰大厦B座一二零三", "国泰大厦B号楼1203"),
        (ADDRESS, "滨江壹号三号栋一单元二零一", "滨江壹号3号楼1单元201"),
        (ADDRESS, "就桃源居九栋三单元四零一", "桃源居9号楼3单元401"),
        (ADDRESS, "桂花府第十二号楼一单元三零四", "桂花府第12号楼1单元304"),
        (ADDRESS, "在桃源小区九栋四零一这边", "桃源小区9号楼401"),
        (ADDRESS, "就在那十一号楼四零一", "11号楼401"),
        (ADDRESS, "麻烦送到桃源小区九栋四零一", "桃源小区9号楼401"),
        (ADDRESS, "我再想想", None),
        (ADDRESS, "我哪儿知道啊，不知道", None),
        (PHONE, "三零七零五一四零四四，两瓶", "3070514044"),
        (PHONE, "三单元十一零四", None),
        (PHONE, "三号，二零四", None),
        (TAIL, "尾号二零一七", "2017"),
        (TAIL, "二零一七，两张卡", "2017"),
        (NAME, "你叫我邵师傅就行，姓邵", "邵"),
        (NAME, "禾呈程，程远", "程远"),
        (NAME, "我叫孟晓东", "孟晓东"),
        (NAME, "孟晓东业主就是我", "孟晓东"),
        (NAME, "您登记房号就行", None),
        (NAME, "报孟晓东的名字吧", "孟晓东"),
        (NAME, "免贵姓佟", "佟"),
        (NAME, "要全名吗？", None),
        (NAME, "欧阳女士", "欧阳"),
        (NAME, "我姓张，弓长张", "张"),
        (NAME, "叫李明，哦不对，李鸣远", "李鸣远"),
        (NAME, "不方便说", None),
        (SOLVED, "修好了，就是慢了点", "是"),
        (SOLVED, "没修好", "否"),
        (SOLVED, "没有，哦不是，修好了", "是"),
        (SOLVED, "不知道，我没在家", None),
        (FREE, "哦，没有时间，我正上班呢", "不方便"),
        (FREE, "有时间，你说", "方便"),
        (TIME, "晚上，八点八", "晚上八点"),
        (TIME, "八点十五", "八点十五"),
        (SOLVED, "今天天气不错", None),
        (SCORE, "八九分吧", "8-9"),
        (SCORE, "给个满分", "10"),
        (SCORE, "七分，算了，给八分", "8"),
        (SCORE, "九分，少一分怕你们骄傲", "9"),
        (SCORE, "最多三分", "3"),
        (SCORE, "一百分", None),
        (SCORE, "六分，我不八分吧", "8"),
        (SCORE, "一分都不给", None),
        (SCORE, "你随便填一个", None),
        (BOTTLES, "来俩", "2"),
        (BOTTLES, "两三瓶吧", "2-3"),
        (BOTTLES, "送两瓶到三楼", "2"),
        (TIME, "明天下午三点以后吧", "明天下午三点以后"),
        (TIME, "随便", None),
        (TOPIC, "暖气片往下滴水", "暖气片往下滴水"),
    ],
)
def test_the_answer_to_its_question(kind, text, expected):
    assert expected == value(kind.read(text, asked=True))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (PHONE, "我家在三号楼", None),
        (NAME, "我是孟晓东", "孟晓东"),
        (NAME, "白文荣，光荣的荣", "白文荣"),
        (NAME, "马上就来", None),
        (NAME, "我是房东", None),
        (ADDRESS, "桃源小区九号楼三单元四零一", "桃源小区9号楼3单元401"),
        (ADDRESS, "二号楼也不热", None),
        (SOLVED, "修好了", None),
        (BOTTLES, "给我送两瓶气", "2"),
        (BOTTLES, "上次那三瓶不好用", None),
        (SCORE, "等了十分钟", None),
    ],
)
def test_what_nobody_asked_for(kind, text, expected):
    assert expected == value(kind.read(text, asked=False))


@pytest.mark.parametrize(
    ("kind", "old", "text", "expected"),
    [
        (PHONE, "13177005363", "不对，后面是五二六三", "13177005263"),
        (PHONE, "13177005363", "错了，是一三一七七零零五二六三", "13177005263"),
        (PHONE, "13177005363", "不是五三，是五二", "13177005263"),
        (PHONE, "13177005363", "不对", None),
        (PHONE, "13177005363", "是五二不是五三", "13177005263"),
        (PHONE, "13177005363", "后面是五二六三，不是五三六三", "13177005263"),
        (ADDRESS, "桃源小区九号楼三单元四零一", "不对，是十号楼", "桃源小区10号楼3单元401"),
        (ADDRESS, "桃源小区九号楼三单元四零一", "不是，四零二", "桃源小区9号楼3单元402"),
        (ADDRESS, "桃源小区九号楼三单元四零一", "是五单元，不是三单元", "桃源小区9号楼5单元401"),
        (ADDRESS, "桃源小区九号楼", "说错了，四零二", "桃源小区9号楼402"),
        (NAME, "我叫孟晓东", "不对，是梁晓东", "梁晓东"),
        (NAME, "我叫孟晓东", "叫梁晓东，不是孟晓东", "梁晓东"),
    ],
)
def test_corrections(kind, old, text, expected):
    assert expected == value(kind.revise(kind.read(old, asked=True), text))


@pytest.mark.parametrize(
    ("kind", "caller", "operator", "place"),
    [
        (PHONE, "一三一七七零零五二六三", "幺三幺，拐拐洞洞，五两六三", ""),
        (PHONE, "一三一七七零零五二六三", "一三一七七零零五三六三", "digit 9"),
        (PHONE, "一三一七七零零五二六三", "五二六三", ""),
        (ADDRESS, "桃源小区九号楼三单元一二零三", "桃园小区九栋三门十二零三", ""),
        (ADDRESS, "桃源小区九号楼三单元四零一", "桃源小区九号楼三单元四零七", "room"),
        (ADDRESS, "就桃源居九号楼三单元四零一", "抱歉听错了桃源居九号楼三单元四零一", ""),
        (
            ADDRESS,
            "桃源小区九号楼三单元四零一",
            "九号楼三单元四零二不是九号楼三单元四零一，没错吧",
            "",
        ),
        (
            ADDRESS,
            "桃源小区九号楼三单元四零一",
            "九号楼三单元四零二不是九号楼三单元四零一没错吧",
            "",
        ),
        (ADDRESS, "九号楼四零一", "记的是桂花府第九栋四零一，对吧", ""),
        (TAIL, "二零一七", "尾号二零一七，对吗", ""),
        (TAIL, "二零一七", "二零一七号卡，是吧", ""),
        (ADDRESS, "桃源小区九号楼三单元四零一", "桃源小区六号楼三单元四零一", "building"),
        (ADDRESS, "桃源小区九号楼三单元四零一", "改成桃源小区九号楼三单元四零二了", "room"),
        (NAME, "我叫孟晓东", "梦小东", ""),
        (NAME, "我叫孟晓东", "孟晓峰", "given"),
        (NAME, "我叫孟晓东", "晓东，记下了", ""),
        (NAME, "我叫万芳", "谢谢万芳女士", ""),
        (NAME, "我叫万芳", "户名贺芳，我核对一下", "surname"),
        (NAME, "我叫万芳", "贺芳这个名字没写错吧", "surname"),
        (NAME, "我叫孟晓东", "噢，孟晓东好的", ""),
        (NAME, "我姓张，弓长张", "章女士，立早章", "surname"),
        (NAME, "我姓张，弓长张", "章女士", ""),
        (TOPIC, "暖气片往下滴水", "您家暖气漏水，对吗", ""),
        (TOPIC, "暖气片往下滴水", "您家暖气管有响声，对吗", "term"),
        (BOTTLES, "两瓶", "那就四瓶", "number"),
        (BOTTLES, "两瓶", "一共两个，对吧", ""),
        (BOTTLES, "两瓶", "两瓶，一瓶一百二，对吗", ""),
    ],
)
def test_read_backs(kind, caller, operator, place):
    """An empty place: the same value."""
    given = kind.read(caller, asked=True)
    said = kind.repeat(given, operator)
    found = kind.compare(given, said, trust=1.0)

    assert place == found.place
    assert (found.same > 0.5) == (not place)


@pytest.mark.parametrize(
    "text",
    [
        "行，知道了。",
        "您稍等，我登记一下。",
        "您家是地暖还是暖气片？",
        "您先把阀门关一下。",
        "请说一下您的住址。",
        "您的电话多少？",
    ],
)
def test_talk_that_repeats_no_issue(text):
    assert TOPIC.repeat(TOPIC.read("暖气片往下滴水", asked=True), text) is None


def test_the_commonest_family_names_are_known():
    assert [name for name in COMMON if name not in SINGLE] == []


def test_words_that_begin_like_a_family_name_repeat_no_name():
    assert NAME.repeat(NAME.read("我叫陈新宇", asked=True), "给您寄一张新卡") is None


def test_a_nought_begins_an_area_code_only_where_there_is_somebody_to_call():
    assert [PHONE.complete(n) for n in ("02288667755", "0228866")] == [True, False]
    assert TAIL.complete("0361")


def test_an_address_in_two_breaths():
    first = ADDRESS.read("小王庄", asked=True)
    assert value(ADDRESS.go_on(first, "三组二十八号")) == "小王庄3组28号"
    assert ADDRESS.go_on(ADDRESS.read("桃源小区九号楼三单元四零一", asked=True), "三单元") is None


@pytest.mark.parametrize(
    ("caller", "operator", "same", "place"),
    [
        ("明天上午十点", "那就明天十点", True, ""),
        ("明天上午", "后天上午", False, "day"),
        ("礼拜六下午", "星期六下午", True, ""),
        ("今晚", "今天晚上", True, ""),
        ("下午三点", "下午四点", False, "hour"),
        ("上午来吧", "下午，对吗", False, "half"),
        ("五号", "15号", False, "day"),
    ],
)
def test_times_are_compared_by_what_they_name(caller, operator, same, place):
    given = TIME.read(caller, asked=True)
    found = TIME.compare(given, TIME.repeat(given, operator), trust=1.0)

    assert (found.same > 0.5, found.place) == (same, place)


@pytest.mark.parametrize(
    "place", [*PLACES, "surname", "given", "term", "choice", "number", "day", "half", "hour"]
)
def test_every_place_that_can_differ_has_a_name(place):
    assert all(place_name(place, lang) for lang in LANGUAGES)


def test_a_day_in_an_explained_sign_is_no_day():
    assert (
        TIME.repeat(TIME.read("星期天下午三点", asked=True), "光明的光，明天的明，对吗？") is None
    )
    assert value(TIME.read("明天的上午吧", asked=True)) == "明天的上午"


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("不是，是我老公买的。", "别人"),
        ("不是我，是我老公买的", "别人"),
        ("不是我是他爱人", "别人"),
        ("嗯，不是。", "别人"),
        ("对，是我。", "本人"),
        ("我就是。", "本人"),
    ],
)
def test_a_plain_no_comes_first_whoever_it_was(text, who):
    asked = ChoiceValue(
        (
            Choice(value="本人", phrases=("是我", "我就是", "是的", "对", "是")),
            Choice(value="别人", phrases=("不是", "不是我", "我是他爱人")),
        )
    )
    assert value(asked.read(text, asked=True)) == who


@pytest.mark.parametrize("text", ["不太方便，我在医院呢。", "不怎么方便", "没那么方便"])
def test_a_softened_no_is_a_no(text):
    free = ChoiceValue(
        (Choice(value="方便", phrases=("方便",)), Choice(value="不方便", phrases=("不方便",)))
    )
    assert value(free.read(text, asked=True)) == "不方便"


def test_of_two_phrases_that_overlap_the_first_counts():
    signed = ChoiceValue(
        (
            Choice(value="亲笔", phrases=("我签的", "是的")),
            Choice(value="代签", phrases=("帮我签", "没有")),
        )
    )
    assert value(signed.read("没有，业务员帮我签的。", asked=True)) == "代签"


def test_hours_of_something_else_repeat_no_day():
    assert TIME.repeat(TIME.read("后天", asked=True), "提前八小时不要吃东西") is None


@pytest.mark.parametrize(
    ("caller", "operator", "verdict"),
    [
        ("暖气从早上起就不热了", "您家暖气不热，对吗", "same"),
        ("暖气从早上起就不热了", "咣咣响，是吗", "other"),
        ("我也说不好", "有响声，对吗", "untold"),
    ],
)
def test_an_issue_is_known_by_terms_said_apart(caller, operator, verdict):
    given = TOPIC.read(caller, asked=True)
    same = TOPIC.compare(given, TOPIC.repeat(given, operator), trust=1.0).same

    assert verdict == ("same" if same > 0.6 else "other" if same < 0.4 else "untold")


@pytest.mark.parametrize(
    ("caller", "operator", "near"),
    [
        ("暖气不热了", "家里的暖气不准", True),
        ("我家暖器不正", "暖气不认识吧", True),
        ("暖气片往下滴水", "您家里有向声", False),
        ("今天天气真好啊", "您说的是这个", False),
        ("", "", False),
    ],
)
def test_garbled_words_are_about_what_they_sound_nearest_to(caller, operator, near):
    said, back = (
        Reading(text, TOPIC.read(text, asked=True).parts if text else (), 1.0)
        for text in (caller, operator)
    )

    assert TOPIC.near(said, back) is near


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("东四十条甲十四号", {"community": "东四十条", "number": "甲14"}),
        ("三里屯北小区五号楼二单元三零一", {"community": "三里屯北小区", "building": "5", "unit": "2", "room": "301"}),
        ("五棵松路十号院八号楼一单元幺零一", {"community": "五棵松路", "number": "10", "building": "8", "unit": "1", "room": "101"}),
        ("六铺炕二区三号楼五零二", {"community": "六铺炕", "zone": "2", "building": "3", "room": "502"}),
        ("八里庄北里十二号楼四单元六零一", {"community": "八里庄北里", "building": "12", "unit": "4", "room": "601"}),
        ("钢铁家属院乙二栋三单元幺二零四", {"community": "钢铁家属院", "building": "乙2", "unit": "3", "room": "1204"}),
    ],
)  # fmt: skip
def test_numbers_in_names_of_streets_are_no_houses(text, parts):
    assert dict(Address().read(text, asked=True).parts) == parts


@pytest.mark.parametrize(
    ("text", "murky", "contested"),
    [
        ("每解决了", False, False),
        ("墨收费", False, True),
        ("帐收费", False, False),
        ("帐收费", True, True),
        ("收费", True, False),
        ("嗯收费", True, False),
    ],
)
def test_a_garbled_sign_before_an_answer_may_turn_it_about(
    text: str, murky: bool, contested: bool
) -> None:
    charged = ChoiceValue(
        (Choice(value="是", phrases=("收费", "解决了")), Choice(value="否", phrases=("没收费",)))
    )

    assert charged.contested("是", text, murky=murky) is contested


def test_another_choice_is_read_back_only_where_a_yes_to_it_is_asked_for():
    stops = ChoiceValue(
        (
            Choice(value="东站", phrases=("火车东站", "东站")),
            Choice(value="大学城", phrases=("大学城",)),
        )
    )
    given = stops.read("我在火车东站上", asked=True)
    assert given is not None
    wrong = stops.repeat(given, "大学城上车，对吧？")
    assert wrong is not None
    assert wrong.value == "大学城"
    assert stops.compare(given, wrong, trust=1.0).same == 0.0
    assert stops.repeat(given, "大学城那边在修路。") is None
    assert stops.repeat(given, "东站不去大学城，对吧？") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("幺三七，六八七七，哦不，零八七七，七二二九。", "13708777229"),
        ("幺三二二八五四错了幺八五四六九三六", "13218546936"),
        ("幺三二，五九零九，错了，五九零五，三八四九。", "13259053849"),
        ("一三八零，不对，一三九一二三四五", "13912345"),
        ("一三八零零，不对，一三九零零一二三四五六", "13900123456"),
    ],
)
def test_what_stands_before_a_wrong_group_stays(text, number):
    phone = Phone((11,), "电话")
    said = phone.read(text, asked=True)
    assert said is not None
    assert said.value == number


def test_a_correction_without_a_pause_and_hesitation_in_an_address():
    address = Address(())
    for text, value in (
        ("铁路新村九号楼五单元啊不是二单元一四零一", "铁路新村9号楼2单元1401"),
        ("嗯……六号楼四门二五零三。", "6号楼4单元2503"),
    ):
        said = address.read(text, asked=True)
        assert said is not None
        assert said.value == value
