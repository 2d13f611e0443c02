"""Short sentences about the state of things, where a verdict tells them; pages have their own language."""

from __future__ import annotations

from agentbot.core.events import Leg
from agentbot.web.render import words

__all__ = ["notice"]


def notice(key: str | Leg, lang: str) -> str:
    """The sentence in the language of the house."""
    return words(lang)["notice"][str(key)]
