"""Each mistake in a script is told with its line, what is wrong and how to mend it."""

from pathlib import Path

import pytest

from agentbot.authoring.problems import ScriptErrors, nearest
from agentbot.authoring.scripts import check_script, load_script, load_scripts
from agentbot.core.verdict import Severity
from agentbot.errors import ConfigError

GOOD = """\
script: parcel
title: 快递
direction: inbound
fields:
  wish:
    kind: choice
    label: 方式
    answers: {自取: [自取, 自己拿], 派送: [派送, 送来]}
  count: {kind: number, label: 件数, minimum: 1, maximum: 9}
  phone: {kind: phone, label: 电话, digits: [11]}
steps:
  - id: greeting
    label: 开头语
    say: 您好，速达快递，{{ seat }}号为您服务
    cues: [您好速达快递]
    deadline: {within: 5, after: answer}
  - id: ask_wish
    label: 问方式
    ask: wish
    say: 自取还是派送？
    cues: [怎么取, {words: [[自取, 派送], [还是, 吗]]}]
    next:
      - when: {field: wish, is: 自取}
        goto: closing
      - goto: phone_readback
  - id: phone_readback
    label: 复述电话
    read_back: phone
    say: "{{ phone }}，对吗？"
  - id: closing
    label: 结束语
    say: 感谢来电
    cues: [谢谢来电]
forbidden:
  - id: dont_know
    label: 不知道
    phrases: [不知道]
    unless: [您知道…吗]
follow_ups:
  - {id: many, label: 多件, when: {field: count, at_least: 5}}
"""


def check(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    path = tmp_path / "parcel.yaml"
    path.write_text(text, "utf-8")
    errors = check_script(path)
    for error in errors:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        assert error.mend
    return [(error.line, f"{error.problem}; {error.mend}") for error in errors]


def test_what_shouting_is_and_costs(tmp_path):
    path = tmp_path / "parcel.yaml"
    rule = "listening: {shouting: 12, shouting_severity: minor, shouting_points: 3}\n"
    path.write_text(GOOD + rule, "utf-8")

    rules = load_script(path).listening

    told = (rules.shouting, rules.shouting_severity, rules.shouting_points)
    assert told == (12, Severity.MINOR, 3)


def test_a_good_script_has_no_problems(tmp_path):
    assert check(tmp_path, GOOD) == []


MISTAKES = [
    ("script: parcel", "listening: {shouting: 0}\nscript: parcel", 1, "equal to 3"),
    (
        "script: parcel",
        "listening: {shouting_severity: huge}\nscript: parcel",
        1,
        "critical, major",
    ),
    ("title: 快递\n", "", 1, "`title` is missing"),
    ("direction: inbound", "direction: inbond", 3, "did you mean `inbound`?"),
    ("direction: inbound", "direction: inbound\ncolour: red", 4, "unknown key `colour`"),
    ("    label: 问方式", "    lable: 问方式", 18, "did you mean `label`?"),
    ("title: 快递", "title: 123", 2, "put it in quotes"),
    ("title: 快递", "title: true", 2, "put it in quotes"),
    ("title: 快递", "title:", 2, "`title` is empty"),
    ("script: parcel", "script: 快递", 1, "no usable name"),
    ("script: parcel", "script: 0123", 1, "lose its leading zero"),
    ("digits: [11]", "digits: [011]", 10, "lose its leading zero"),
    ("digits: [11]", "digits: [12:30]", 10, "write a whole number"),
    ("within: 5", "within: 12:30", 16, "write a number"),
    ("within: 5", "within: no", 16, "write a number"),
    ("within: 5", "within: -1", 16, "greater than 0"),
    ("    label: 开头语", "    label: 开头语\n    needed: no", 14, "write true or false"),
    (
        "    label: 开头语",
        "    label: 开头语\n    label: 又一个",
        14,
        "second time (first on line 13)",
    ),
    (
        "  wish:\n",
        "  phone: {kind: name, label: x}\n  wish:\n",
        11,
        "second time (first on line 5)",
    ),
    ("kind: choice", "kind: choise", 6, "did you mean `choice`?"),
    ("    kind: choice\n", "", 5, "has no `kind:`"),
    ("kind: phone, label: 电话", "kind: phone, label: 电话, unit: 个", 10, "unknown key `unit`"),
    ("minimum: 1, maximum: 9", "minimum: 9, maximum: 1", 9, "minimum is above the maximum"),
    ("派送: [派送, 送来]", "派送: [派送, 自取]", 8, "means both `自取` and `派送`"),
    ("  - id: closing", "  - id: ask_wish", 30, "`ask_wish` is used twice"),
    ("  - id: closing", "  - id: end", 30, "meaning of its own"),
    ("ask: wish", "ask: whish", 19, "did you mean `wish`?"),
    ("read_back: phone", "read_back: fone", 28, "unknown field `fone`"),
    ("goto: closing", "goto: closin", 24, "did you mean `closing`?"),
    ("field: wish, is", "field: wich, is", 23, "did you mean `wish`?"),
    ("is: 自取", "is: 代收", 23, "its answers are 自取, 派送"),
    ("is: 自取", "at_most: 3", 23, "`wish` is no number"),
    ("is: 自取}", "}", 23, "`when` compares nothing"),
    ("      - goto: phone_readback\n", "", 22, "add a last branch without `when`"),
    ("goto: phone_readback", "goto: closing", 26, "no way leads to step `phone_readback`"),
    ("goto: phone_readback", "goto: ask_wish", 22, "in a circle: ask_wish -> ask_wish"),
    (
        "    say: 感谢来电",
        "    say: 感谢来电\n    next: ask_wish",
        22,
        "in a circle: ask_wish -> closing",
    ),
    ("after: answer", "after: anser", 16, "did you mean `answer`?"),
    ("after: answer", "after: greeting", 16, "after itself"),
    ("    cues: [谢谢来电]\n", "", 30, "has no cues"),
    ("    say: 感谢来电\n", "", 30, "has no words"),
    ("cues: [谢谢来电]", "cues: [谢谢来电, …]", 33, "no word that could be heard"),
    ("cues: [谢谢来电]", "cues: [谢谢来电, {words: [[]]}]", 33, "at least 1 item"),
    ("cues: [谢谢来电]", 'cues: ["谢谢{{ seat }}"]', 33, "has a place to fill"),
    ("cues: [谢谢来电]", "cues: 谢谢来电", 33, "write a list"),
    ("cues: [谢谢来电]", "cues: [谢谢来电, 12345]", 33, "put it in quotes"),
    ("{{ seat }}", "{{ seet }}", 14, "did you mean `seat`?"),
    ("{{ seat }}", "{{ seat }", 14, "broken template"),
    ("{{ seat }}", "{{ seat | upper }}", 14, "the template computes"),
    ('"{{ phone }}，对吗？"', "{{ phone }}，对吗？", 29, "in quotes"),
    ("ask: wish", "ask: wish\n    read_back: phone", 20, "both ask and read_back"),
    ("read_back: phone", "read_back: phone\n    volunteer: true", 29, "asks nothing"),
    (
        "    say: 您好，速达快递，{{ seat }}号为您服务",
        "    greet: nobody",
        14,
        "unknown greeting set `nobody`",
    ),
    ("    label: 结束语", "    label: 结束语\n    only_on: new-year", 32, "no step greets"),
    ("unless: [您知道…吗]", "unless: [您知道...吗]", 38, "three dots"),
    ("unless: [您知道…吗]", "unless: [您知道…]", 38, "open at one side"),
    ("unless: [您知道…吗]", "unless: [「您知道…吗]", 38, "「 without 」"),
    ("unless: [您知道…吗]", "unless: [知道]", 38, "excuses `不知道` always"),
    ("phrases: [不知道]", "phrases: [不…知道]", 37, "only under `unless`"),
    ("at_least: 5", "at_least: 5, at_most: 3", 40, "that large and that small"),
    ("title: 快递", "title: &a 快递", 2, "anchor or alias"),
    ("title: 快递", "title: !x 快递", 2, "means something special in YAML"),
    ("title: 快递", "title: 快递: 客服", 2, "no YAML"),
    ("title: 快递", "title: 快递\n\tx: 1", 3, "not tabs"),
]


@pytest.mark.parametrize(("old", "new", "line", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, line, told):
    assert old in GOOD

    found = check(tmp_path, GOOD.replace(old, new, 1))

    assert [(line, True)] == [(at, told in text) for at, text in found if told in text], found


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    text = GOOD.replace("goto: closing", "goto: nowhere").replace("ask: wish", "ask: nothing")
    path = tmp_path / "parcel.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(ScriptErrors) as raised:
        load_script(path)

    assert [error.line for error in raised.value.errors] == [19, 24]
    assert "1 more" in str(raised.value)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "the file is empty"),
        (b"- a\n- b\n", "no mapping"),
        ("title: 快递".encode("gbk"), "not UTF-8"),
        (b"a: 1\n---\nb: 2\n", "no YAML"),
        (b"a: " + b"[" * 3000, "no"),
        (b"a: " + b"x" * 1_000_001, "larger than"),
        (b"a: {b: {c: " + b"{d: " * 30 + b"1" + b"}" * 32, "nested too deeply"),
        (b"a: 99999999999999999999", "no plain number"),
        (b"a: .inf", "no plain number"),
        (b"? [a]\n: b\n", "a key that is no text"),
        (b"%YAML 1.1\n%YAML 1.1\n---\na: no\n", "no YAML"),
    ],
)
def test_a_file_that_is_no_script_is_refused_in_one_line(tmp_path, raw, told):
    path = tmp_path / "odd.yaml"
    path.write_bytes(raw)

    assert [told in str(error) for error in check_script(path)][:1] == [True]


def test_a_missing_file_is_told(tmp_path):
    assert [error.problem for error in check_script(tmp_path / "none.yaml")] == [
        "cannot be read (No such file or directory)"
    ]


def test_the_variants_of_the_greeting_set_are_known(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "greetings").mkdir()
    (tmp_path / "greetings" / "g.yaml").write_text(
        "greeting: house\ntitle: t\nvariants:\n  plain: {say: 您好}\n", "utf-8"
    )
    text = GOOD.replace("    say: 您好，速达快递，{{ seat }}号为您服务", "    greet: house")
    text = text.replace("    label: 结束语", "    label: 结束语\n    only_on: [plain, plan]")
    path = tmp_path / "scripts" / "parcel.yaml"
    path.write_text(text, "utf-8")

    assert [(error.line, error.problem) for error in check_script(path)] == [
        (32, "greeting set `house` has no variant `plan`")
    ]


def test_two_files_with_one_id_are_told(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, "utf-8")

    with pytest.raises(
        ScriptErrors, match=r"b\.yaml: the script id `parcel` is already that of a\.yaml"
    ):
        load_scripts(tmp_path)


def test_a_folder_without_scripts_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no script files"):
        load_scripts(tmp_path)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    wrong = (
        GOOD.replace("title: 快递", "title: 快递\ncolour: red\ncolour: blue")
        .replace("label: 问方式", "label: 011")
        .replace("cues: [您好速达快递]", "ceus: [您好速达快递]")
        .replace("goto: phone_readback", "goto: phone_raedback")
        .replace("read_back: phone", "read_back: phnoe")
    )
    (tmp_path / "parcel.yaml").write_text(wrong, encoding="utf-8")

    found = [(error.line, error.problem) for error in check_script(tmp_path / "parcel.yaml")]

    lines = wrong.splitlines()
    assert [lines[line - 1].strip() for line, _ in found if line] == [
        "colour: red", "colour: blue", "ceus: [您好速达快递]", "label: 011", "- goto: phone_raedback", "read_back: phnoe",
    ]  # fmt: skip
    assert "unknown key `ceus`" in dict(found).values()


@pytest.mark.parametrize(("word", "mend"), [("a", "known here: "), ("scrpt", "did you mean ")])
def test_a_letter_is_like_no_word(word: str, mend: str) -> None:
    assert nearest(word, ["days", "script"], "").startswith(mend)
