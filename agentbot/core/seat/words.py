"""The sentences of alerts, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

from agentbot.core.wording import LANGUAGES

__all__ = ["in_each", "listed", "say"]

_SENTENCES = {
    "closing_early": ("先别结束：还没有{steps}。", "Not yet: {steps} still to do before you close."),
    "closing_wrong": ("先别结束：请更正{steps}。", "Not yet: put right {steps} before you close."),
    "missed_step": ("漏了：{label}。", "Skipped: {label}."),
    "dead_air": ("已有 {seconds} 秒无人说话。", "Nobody has spoken for {seconds} s."),
    "wrong_greeting": ("开头语不是今天的：应说“{due}”。", "Not today's greeting. Due: “{due}”."),
}  # fmt: skip
_MOST = 2
"""Labels named in one sentence."""


def say(key: str, lang: str, **values: object) -> str:
    """The sentence for `key`, filled in."""
    return _SENTENCES[key][LANGUAGES.index(lang)].format(**values)


def in_each(key: str, **values: object) -> tuple[str, ...]:
    """The sentence in each of `LANGUAGES`."""
    return tuple(say(key, lang, **values) for lang in LANGUAGES)


def listed(labels: Sequence[str], lang: str) -> str:
    """A few labels as one phrase: `复述姓名、复述电话等 3 项`."""
    named = ("、" if lang == "zh" else ", ").join(labels[:_MOST])
    if len(labels) <= _MOST:
        return named
    return (
        f"{named}等 {len(labels)} 项" if lang == "zh" else f"{named} and {len(labels) - _MOST} more"
    )
