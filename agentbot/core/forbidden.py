"""Forbidden words of the operator, where nothing around them makes them harmless."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from agentbot.core.asides import NO_MATTER
from agentbot.core.cues import floor
from agentbot.core.events import Heard, Leg
from agentbot.core.phonetic import Sound, find, normal, sound
from agentbot.core.script import Forbidden
from agentbot.core.verdict import Finding, FindingKind
from agentbot.core.wording import say

__all__ = ["forbidden", "forbids"]

_BREAK = re.compile(r"[，,。！？!?；;、…\s]+")
_DENIALS = frozenset({"bu", "mei", "wu", "bie", "fei"})
_SHORT = 3
"""Signs of a phrase that resembles other speech by chance; shorter ones need certain words."""
_CERTAIN = 0.9
"""Confidence of words as good as certain."""


def forbidden(rules: Sequence[Forbidden], heard: Sequence[Heard], lang: str) -> list[Finding]:
    """Forbidden words of the operator, unless the words around them make them harmless."""
    return [
        Finding(
            kind=FindingKind.FORBIDDEN_PHRASE, step=None, field=None, at=item.start,
            severity=rule.severity, points=rule.points, evidence=item.text,
            message=say("forbidden_phrase", lang, label=rule.label),
        )
        for item in heard
        if item.leg is Leg.OPERATOR
        for rule in rules
        if _banned(rule, item.text, _sure(item))
    ]  # fmt: skip


def forbids(rules: Sequence[Forbidden], item: Heard) -> bool:
    """Whether some rule forbids an operator's words."""
    return any(_banned(rule, item.text, _sure(item)) for rule in rules)


def _sure(item: Heard) -> bool:
    """Whether two signs may be taken for what was said: 您的地址, badly heard, is 您的闭嘴."""
    return item.confidence is None or item.confidence >= _CERTAIN


@lru_cache(maxsize=16384)
def _banned(rule: Forbidden, text: str, sure: bool) -> bool:
    """Whether a phrase of the rule stands somewhere no harmless wording covers."""
    marked = _marked(text)
    phrases = (p for p in rule.phrases if sure or len(normal(p)) >= _SHORT)
    places = [p for phrase in phrases for p in _said(phrase, marked)]
    if not places:
        return False
    harmless = [m.span() for w in rule.unless for m in _wording(w).finditer(marked)]
    return any(
        not any(a <= start and end <= b for a, b in harmless) and not NO_MATTER.match(marked, end)
        for start, end in places
    )


def _marked(text: str) -> str:
    """Normal form in which a comma stands wherever the speaker broke off."""
    return ",".join(p for p in (normal(part) for part in _BREAK.split(text)) if p)


def _said(phrase: str, marked: str) -> list[tuple[int, int]]:
    """Where a phrase is heard: word for word, or a long one by its sound."""
    cue = sound(phrase)
    if not len(cue):
        return []
    exact = (
        [m.span() for m in re.finditer(re.escape(cue.text), marked)] if cue.text in marked else []
    )
    if exact or len(cue) <= 2:
        return exact
    found, at = [], 0
    for part in marked.split(","):
        speech = sound(part)
        # So good a likeness leaves the first or the last sign whole.
        edge = cue.code[:2] in speech.code or cue.code[-2:] in speech.code
        near = (
            find(cue, speech, least=max(0.9, floor(len(cue))))
            if edge and len(part) >= len(cue)
            else None
        )
        if near and _credible(cue, speech.cut(near.start, near.end)):
            found.append((at + near.start, at + near.end))
        at += len(part) + 1
    return found


def _credible(cue: Sound, said: Sound) -> bool:
    """Words that sound like a phrase may be it: a short one has most signs as written.

    方式呢 sounds like 烦死了, and is another word in every sign.
    """
    written = sum(1 for sign in cue.text if sign in said.text)
    short = len(cue) <= _SHORT and 2 * written <= len(cue)
    return not short and _denials(said) >= _denials(cue)


def _denials(speech: Sound) -> int:
    """How many signs sound like a denial: 跟我们有关系 is the contrary of 跟我没关系."""
    return sum(1 for syllable in speech.syllables if syllable in _DENIALS)


@lru_cache(maxsize=1024)
def _wording(words: str) -> re.Pattern[str]:
    """A wording with `…` for anything up to the next break."""
    return re.compile("[^,]*?".join(re.escape(normal(p)) for p in re.split("…+", words)))
