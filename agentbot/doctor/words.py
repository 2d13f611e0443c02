"""The doctor's words in each language, read from `messages/*.toml`.

Each text has `is`, what was found, and where somebody has to do something `do`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from agentbot.doctor.check import Check

__all__ = ["LANGUAGES", "Line", "catalogue", "line"]

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A check in the words of one language."""

    title: str
    found: str
    mend: str
    """What to do; empty: nothing."""


@cache
def catalogue(lang: str) -> dict[str, dict[str, Any]]:
    """Subject, then `title` and the texts by name."""
    file = resources.files("agentbot.doctor") / "messages" / f"{lang}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def line(check: Check, lang: str) -> Line:
    """A check in words."""
    section = catalogue(lang)[check.subject]
    # What happens to any look: it took too long, or the exchange would not answer.
    text = section.get(check.said) or catalogue(lang)["any"][check.said]
    return Line(
        title=section["title"],
        found=text["is"].format_map(check.values),
        mend=text.get("do", "").format_map(check.values),
    )
