"""Free talk known by its key terms: what is broken, what is wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.phonetic import Sound, find, normal, sound
from agentbot.core.script import Choice
from agentbot.core.values.base import Comparison, Reading, corrects

__all__ = ["Topic", "shared_sound"]

_PLACE = re.compile(r"[零一二三四五六七八九十百\d](?:号楼|号|栋|幢|座|单元|门|室|弄)|我叫|我姓|电话|手机")
"""Clauses that give something else than the issue."""
_LEAST = 4
"""Signs of free talk that can be an issue at all."""
_LIKE, _UNLIKE = 0.35, 0.12
"""Shares of sound from which words are surely about the same, or surely not."""
_TERM = 0.86
"""A key term of several signs is heard from this likeness on (tuned on made-up calls)."""


def shared_sound(one: Sound, other: Sound, run: int = 2) -> float:
    """Share of `one`'s runs of `run` signs that `other` has too, by sound, 0..1."""
    mine = [one.code[i : i + 2 * run] for i in range(0, len(one.code) - 2 * run + 1, 2)]
    if not mine:
        return 0.0
    theirs = {other.code[i : i + 2 * run] for i in range(0, len(other.code) - 2 * run + 1, 2)}
    return sum(1 for piece in mine if piece in theirs) / len(mine)


@dataclass(frozen=True, slots=True)
class Topic:
    """`topics`: each with the key terms by which it is known."""

    topics: tuple[Choice, ...] = ()

    def named(self, text: str) -> dict[str, str]:
        """Topics heard in a text, each with the term that named it."""
        speech = sound(text)
        plain = normal(text)
        spoken = " ".join(speech.syllables)
        found: dict[str, str] = {}
        for topic in self.topics:
            for term in topic.phrases:
                cue = sound(term)
                if len(cue) > len(speech) or not len(cue):
                    continue
                if len(cue) < 3:  # noqa: PLR2004 - two signs are heard exactly or not at all
                    hit = cue.text in plain or " ".join(cue.syllables) in spoken
                else:
                    at = find(cue, speech)
                    hit = at is not None and at.likeness >= _TERM
                if hit:
                    found[topic.value] = term
                    break
        return found

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """What the talk is about; `asked`: any talk of some length is the issue."""
        wrong = corrects(text)
        if wrong and len(normal(text[wrong.end() :])) >= _LEAST:
            text = text[wrong.end() :]
        named = self.named(text)
        if not named and not (asked and len(normal(text)) >= _LEAST):
            return None
        strength = 1.0 if named else 0.4
        clauses = [c for c in re.split(r"[，,。！？!?；;]", text) if normal(c)]
        about = [c for c in clauses if not _PLACE.search(c)] or clauses
        return Reading("，".join(about), tuple(("term", t) for t in named), strength)

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A corrected issue is said anew."""
        return self.read(text, asked=True)

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The operator's words about a topic, or words that share the caller's sound."""
        named = self.named(text)
        share = shared_sound(sound(text), sound(given.value))
        if not named and share < 0.25:  # noqa: PLR2004 - two or three signs in a row by chance
            return None
        return Reading(text.strip(" ，,。."), tuple(("term", t) for t in named), max(share, 0.6 if named else 0.0))

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """The same if they share a topic, or most of their sound."""
        mine = {t for _, t in caller.parts}
        theirs = {t for _, t in operator.parts}
        share = shared_sound(sound(operator.value), sound(caller.value))
        if mine & theirs:
            return Comparison(0.5 + 0.5 * max(trust, 0.8))
        if share >= _LIKE:
            return Comparison(0.5 + 0.5 * min(1.0, share + 0.3))
        if mine and theirs and share < _UNLIKE:
            return Comparison(0.5 - 0.5 * trust, "term", "、".join(sorted(mine)), "、".join(sorted(theirs)))
        return Comparison(0.5)
