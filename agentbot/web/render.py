"""Templates and words of the live pages; all that was said on a call is escaped."""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType

from jinja2 import Environment, PackageLoader, StrictUndefined

from agentbot.core.wording import LANGUAGES

__all__ = ["LANGUAGES", "render", "version", "words"]

_HTML = {"zh": "zh-CN"}
_BETWEEN_DIGITS = re.compile(r"(?<=\d) (?=\d)")


@cache
def words(lang: str) -> MappingProxyType[str, dict[str, str]]:
    """Section, key, text of one of `LANGUAGES`."""
    file = resources.files("agentbot.web") / "messages" / f"{lang}.toml"
    return MappingProxyType(tomllib.loads(file.read_text(encoding="utf-8")))


def render(template: str, lang: str, **view: object) -> str:
    """Fill a template of this package."""
    html = (
        _environment()
        .get_template(template)
        .render(
            lang=_HTML.get(lang, lang), tongue=lang, words=words(lang), version=version(), **view
        )
    )
    # Half a surrogate pair has no place in UTF-8; broken names carry some.
    return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def version() -> str:
    """Changes with the static files, so that no browser keeps old ones."""
    folder = resources.files("agentbot.web") / "static"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("agentbot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": _clock, "whole": _whole}
    return environment


def _whole(text: str) -> str:
    """A number stays on one line: its groups are parted by spaces that do not break."""
    return _BETWEEN_DIGITS.sub("\N{NO-BREAK SPACE}", text)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
