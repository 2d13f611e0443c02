"""Every YAML block of the documentation is what it says it is."""

import re
from pathlib import Path

import pytest

from agentbot.authoring.greetings import load_greetings
from agentbot.authoring.scripts import check_script, load_script
from agentbot.core.script import FieldKind, StepKind

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```yaml ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FRAME = """script: frame
title: frame
direction: inbound
fields:
  name: {kind: name, label: 姓名}
  score: {kind: number, label: 评分}
  wish: {kind: choice, label: 方式, answers: {自取: [自取], 转寄: [转寄]}}
steps:
  - id: first
    label: 一
    ask: name
    say: 请问您的姓名？
CUES    next: second
  - {id: ask_reason, label: 二, say: 为什么, cues: [为什么], next: closing}
  - {id: ask_address, label: 三, say: 地址, cues: [地址在哪]}
  - {id: closing, label: 四, say: 再见了您, cues: [再见了您]}
"""


def blocks(name: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / "docs" / name).read_text("utf-8"))


def framed(tag: str, text: str) -> str:
    """A fragment inside the smallest script that holds it."""
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    cues = "    cues: [姓名说一下]\n"
    if tag == "cues":
        return (
            FRAME.replace("CUES", indented)
            .replace("second", "ask_reason")
            .replace("next: closing", "next: ask_address")
        )
    if tag == "next":
        return FRAME.replace("CUES    next: second\n", cues + indented)
    frame = FRAME.replace("CUES    next: second\n", cues).replace("next: closing", "next: end")
    frame = frame[: frame.index("  - {id: ask_address")]
    if tag == "fields":
        head, steps = frame.split("fields:\n")[0], frame[frame.index("steps:") :]
        return head + text + steps.replace("ask: name", f"ask: {text.split()[1].rstrip(':')}")
    assert tag == "listening"
    return frame + text


@pytest.mark.parametrize(("tag", "text"), blocks("scripts.md"))
def test_script_blocks_load(tag, text, tmp_path):
    path = tmp_path / "script.yaml"
    path.write_text(framed(tag, text) if tag else text, "utf-8")

    assert [str(error) for error in check_script(path)] == []


def test_the_worked_example_says_what_it_shows(tmp_path):
    path = tmp_path / "parcel.yaml"
    path.write_text(blocks("scripts.md")[0][1], "utf-8")

    script = load_script(path)

    assert script.id == "parcel-hotline"
    assert next(field for field in script.fields if field.id == "waybill").digits == (12,)
    by_id = {step.id: step for step in script.steps}
    assert [branch.goto for branch in by_id["ask_wish"].next] == ["closing", "ask_address"]
    assert by_id["ask_wish"].next[0].when.is_in == ("自取",)
    assert StepKind.READ_BACK is by_id["waybill_readback"].kind
    assert by_id["waybill_readback"].say == "您的运单号是{{ waybill }}，对吗？"
    assert by_id["apologise"].any_time
    assert not by_id["ask_day"].needed


def test_each_kind_of_field_is_documented():
    text = (ROOT / "docs" / "scripts.md").read_text("utf-8")

    assert [kind for kind in FieldKind if f"| `{kind}` |" not in text] == []


def test_greeting_blocks_load(tmp_path):
    names = {"set": "heating-repair.yaml", "holidays": "holidays.yaml", "notices": "notices.yaml"}
    found = blocks("greetings.md")
    for tag, text in found:
        (tmp_path / names[tag]).write_text(text, "utf-8")

    greetings = load_greetings(tmp_path)

    assert [tag for tag, _ in found] == ["set", "holidays", "notices"]
    assert {"heating-repair"} == set(greetings.sets)
    assert len(greetings.notices) == 2
    assert {2027} == greetings.calendar.complete_years
