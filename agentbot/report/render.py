"""Templates to one self-contained page: script, style and all inside, nothing from outside.

Everything that was said on a call is hostile input: jinja2 escapes it, and the page's
content policy admits only the script and style that agentbot itself put there (by hash),
no network, no frame, no form.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from agentbot.report.words import words

__all__ = ["render"]


def render(template: str, lang: str, styles: tuple[str, ...], script: str, **view: object) -> str:
    """Fill a template with its view, the words of `lang`, and the static files named."""
    style = "\n".join(_static(name) for name in styles)
    code = _static(script)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_seal(code)}",
            f"style-src {_seal(style)}",
            "media-src blob:",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = _environment().get_template(template)
    html = page.render(
        lang={"zh": "zh-CN"}.get(lang, lang),
        words=words(lang),
        policy=policy,
        style=Markup(style),  # noqa: S704  our own file
        code=Markup(code),  # noqa: S704  our own file
        **view,
    )
    # Half a surrogate pair has no place in UTF-8; broken transcripts carry some.
    return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("agentbot.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": _clock, "of": _percent, "plain": _number, "moment": _moment}
    return environment


@cache
def _static(name: str) -> str:
    return (resources.files("agentbot.report") / "static" / name).read_text(encoding="utf-8")


def _seal(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _clock(seconds: float) -> str:
    """Seconds as 0:41 or 1:02:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _percent(part: float, whole: float) -> str:
    """A share as an SVG length, inside the picture."""
    return f"{min(100.0, max(0.0, 100 * part / whole if whole else 0.0)):.2f}%"


def _number(value: float) -> str:
    """10.0 as 10, 2.5 as 2.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _moment(iso: str) -> str:
    """An ISO time to the minute, as written: 2026-09-25 09:00."""
    return iso.replace("T", " ")[:16]
