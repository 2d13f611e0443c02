"""What the doctor says, in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

import pytest

import agentbot.doctor
from agentbot.doctor.check import failed
from agentbot.doctor.words import LANGUAGES, catalogue, line
from agentbot.settings_sound import SoundForm

CODE = Path(agentbot.doctor.__file__).parent
TEXTS = {
    (subject, said): text
    for subject, section in catalogue("zh").items()
    for said, text in section.items()
    if isinstance(text, dict)
}


def blanks(text: dict[str, str]) -> set[str]:
    """What has to be filled in."""
    parts = string.Formatter().parse(text["is"] + text.get("do", ""))
    return {name for _, name, _, _ in parts if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_says_the_same(lang: str) -> None:
    told = catalogue(lang)
    assert {s: set(section) for s, section in told.items()} == {
        s: set(section) for s, section in catalogue("zh").items()
    }
    for (subject, said), text in TEXTS.items():
        assert blanks(told[subject][said]) == blanks(text), (subject, said)
        assert ("do" in told[subject][said]) == ("do" in text), (subject, said)


def test_there_is_a_text_for_whatever_a_look_may_find() -> None:
    source = "".join(file.read_text() for file in CODE.glob("*.py"))
    said = re.findall(r'(?:failed|warning|fine)\(\s*"(\w+)", "(\w+)"', source)
    assert len(said) > 50
    assert not [pair for pair in said if pair not in TEXTS and ("any", pair[1]) not in TEXTS]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_fails_says_what_to_do(lang: str) -> None:
    source = "".join(file.read_text() for file in CODE.glob("*.py"))
    for subject, said in re.findall(r'failed\(\s*"(\w+)", "(\w+)"', source):
        text = catalogue(lang)[subject].get(said) or catalogue(lang)["any"][said]
        assert text["do"], (subject, said)


@pytest.mark.parametrize("route", get_args(SoundForm.model_fields["route"].annotation))
def test_each_route_that_cannot_be_tried_says_so(route: str) -> None:
    assert route in {"auto", "audiosocket", "websocket", "ari"} or ("route", route) in TEXTS


def test_what_others_said_is_not_taken_for_a_blank() -> None:
    said = line(failed("login", "problem", problem="{address} says 100 %"), "en")
    assert said.title == "login"
    assert said.found == "{address} says 100 %"
