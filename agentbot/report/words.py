"""The words of the pages in each language, read from `messages/*.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypeAlias

from agentbot.errors import ConfigError

__all__ = ["LANGUAGES", "Words", "words"]

LANGUAGES = ("zh", "en")

Words: TypeAlias = MappingProxyType[str, dict[str, str]]
"""Section, key, text; `{n}` and the like stand for what is filled in."""


@cache
def words(lang: str) -> Words:
    """The catalogue of one language; raises ConfigError for one that there is none of."""
    if lang not in LANGUAGES:
        raise ConfigError(f"no report language {lang!r}; choose one of {', '.join(LANGUAGES)}")
    file = resources.files("agentbot.report") / "messages" / f"{lang}.toml"
    return MappingProxyType(tomllib.loads(file.read_text(encoding="utf-8")))
