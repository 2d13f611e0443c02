"""Warnings about a recording in the language of the house.

They are made far below, where nobody knows a language, as plain English sentences; here the
sentence itself is the key. One that the catalogue does not have stays English.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

__all__ = ["notice"]

_DEEPEST = 4
"""What is filled in may be a sentence itself, and so on; so often at most."""
_BLANK = re.compile(r"\\\{(\w+)\\\}")


def notice(warning: str, lang: str) -> str:
    """The warning in `lang`, `zh` or `en`."""
    return warning if lang == "en" else _said(warning, _DEEPEST)


def _said(text: str, deeper: int) -> str:
    if not deeper:
        return text
    for pattern, wording in _catalogue():
        if found := pattern.fullmatch(text):
            filled = {name: _said(part, deeper - 1) for name, part in found.groupdict().items()}
            return wording.format(**filled)
    return text


@cache
def _catalogue() -> tuple[tuple[re.Pattern[str], str], ...]:
    file = resources.files("agentbot.report") / "messages" / "notices.zh.toml"
    sentences: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        (re.compile(_BLANK.sub(r"(?P<\1>.+?)", re.escape(sentence)), re.DOTALL), wording)
        for sentence, wording in sentences.items()
    )
