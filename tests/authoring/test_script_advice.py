"""What a script may say and its author will hardly have meant: told by the check, judged by all the same."""

from pathlib import Path

import pytest

from agentbot.authoring.problems import ScriptErrors
from agentbot.authoring.scripts import advise, load_script

GOOD = """\
script: parcel
title: 快递
direction: inbound
fields:
  wish: {kind: choice, label: 方式, answers: {自取: [自取], 派送: [派送, 送来]}}
  phone: {kind: phone, label: 电话}
steps:
  - {id: greeting, label: 开头语, say: "您好，{{ seat }}号", cues: [您好速达快递]}
  - {id: ask_phone, label: 问电话, ask: phone, say: 电话多少？, cues: [电话报一下]}
  - {id: phone_readback, label: 复述, read_back: phone, say: "{{ phone }}，对吗？"}
  - id: ask_wish
    label: 问方式
    ask: wish
    say: 自取还是派送？
    cues: ["给您送，还是自取", {words: [[取], [送]]}]
  - {id: closing, label: 结束语, say: 感谢来电，再见, cues: [谢谢来电]}
"""


def advice(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    path = tmp_path / "parcel.yaml"
    path.write_text(text, "utf-8")
    load_script(path)
    return [(error.line, f"{error.problem}; {error.mend}") for error in advise(path)]


def test_a_good_script_needs_no_advice(tmp_path):
    # A wide comma in quotes, in a block, or in a value of { } is meant.
    assert advice(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("[派送, 送来]", "[派送，送来]", 5, "`派送，送来` is one item, since its comma"),
        ("cues: [谢谢来电]", "cues: [谢谢来电，再会]", 16, "put it in quotes"),
        (
            "cues: [谢谢来电]",
            "cues: [电话，报一下啊, 电话报一下]",
            16,
            "cue of step `ask_phone` too",
        ),
        ("cues: [谢谢来电]", "cues: [电话多少]", 16, "cue of step `ask_phone` too"),
        ("cues: [谢谢来电]", "cues: [请问您要吗]", 16, "`请问您要吗` is about nothing"),
        (
            "cues: [谢谢来电]",
            "cues: [非常感谢您今天打来电话咨询]",
            16,
            "all cues of step `closing`",
        ),
        ("自取: [自取]", "自取: [自取, 行]", 5, "`行` also stands in `不行`"),
        ("say: 自取还是派送？", "say: 您自取吗？", 5, "是、对、嗯 are no answers"),
        ("say: 自取还是派送？", "say: 您自取吗？", 5, "不是、没有、没 are no answers"),
        ("cues: [谢谢来电]", "cues: [好！]", 16, "`好！` is one character"),
        (
            "  phone: {kind",
            "  room: {kind: number, label: 房间}\n  phone: {kind",
            6,
            "field `room` is never asked for",
        ),
    ],
)
def test_doubtful_things_are_told_with_their_line(tmp_path, old, new, line, told):
    assert old in GOOD

    found = advice(tmp_path, GOOD.replace(old, new, 1))

    assert [at for at, text in found if told in text] == [line], found


def test_a_read_back_before_its_question_is_told_by_the_way_and_not_by_the_lines(tmp_path):
    lines = GOOD.splitlines(keepends=True)
    lines[8], lines[9] = lines[9], lines[8]
    swapped = "".join(lines)
    led = (
        swapped.replace("cues: [您好速达快递]", "cues: [您好速达快递], next: ask_phone")
        .replace("cues: [电话报一下]", "cues: [电话报一下], next: phone_readback")
        .replace('"{{ phone }}，对吗？"', '"{{ phone }}，对吗？", next: ask_wish')
    )

    assert [
        line for line, text in advice(tmp_path, swapped) if "before step `ask_phone`" in text
    ] == [9]
    assert advice(tmp_path, led) == []


def test_a_field_that_only_decides_is_used(tmp_path):
    text = GOOD.replace("  phone: {kind", "  room: {kind: number, label: 房间}\n  phone: {kind", 1)
    text += "follow_ups: [{id: far, label: 远, when: {field: room, at_least: 5}}]\n"

    assert advice(tmp_path, text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: 快递", "title：快递"),
        ("    label: 问方式", "    label：问方式"),
        ("label: 开头语", "label：开头语"),
        ("  - id: ask_wish", "  - id：ask_wish"),
        (GOOD, "script：parcel"),
    ],
)
def test_a_full_width_colon_is_named(tmp_path, old, new):
    path = tmp_path / "parcel.yaml"
    path.write_text(GOOD.replace(old, new, 1), "utf-8")

    with pytest.raises(ScriptErrors) as raised:
        load_script(path)

    assert any("full-width" in error.mend for error in raised.value.errors), raised.value.errors


def test_a_full_width_comma_between_keys_is_named(tmp_path):
    path = tmp_path / "parcel.yaml"
    path.write_text(GOOD.replace("{kind: phone, label", "{kind: phone，label", 1), "utf-8")

    with pytest.raises(ScriptErrors, match="half-width comma"):
        load_script(path)


def test_the_command_tells_advice_and_fails(agentbot, tmp_path):
    path = tmp_path / "parcel.yaml"
    path.write_text(GOOD.replace("cues: [谢谢来电]", "cues: [好]"), "utf-8")

    said = agentbot("check", path)

    assert said.code == 1
    assert said.out.count("\n") == 1
    assert f"{path}:16: the cue `好` is one character" in said.out
