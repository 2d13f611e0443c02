"""Free talk known by its key terms: what is broken, what is wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agentbot.core.phonetic import normal, shared_sound, sound
from agentbot.core.script import Choice
from agentbot.core.values.base import CERTAIN, Comparison, Reading, last_match
from agentbot.core.values.topic_lean import lean
from agentbot.core.values.topic_near import nearest
from agentbot.core.values.topic_terms import (
    all_pairs,
    common_pairs,
    named,
    pairs,
    telling_pairs,
    written_pairs,
)
from agentbot.core.values.topic_words import (
    clauses,
    framed,
    inquires,
    of_a_place,
    plain,
    tells,
    unannounced,
)

__all__ = ["Topic"]

_LEAST = 4
"""Signs of free talk that can be an issue at all."""
_LIKE, _MOST = 0.35, 0.8
"""Share of sound from which words are about the same, and are the same words."""
_LEANS, _MORE, _LESS, _RIVAL = 2.0, 1.3, 0.16, 0.6
"""What words weigh that speak for a topic, by how much more than for others or less, and what
share makes a topic a rival of those named (tuned on made-up calls)."""
_LEANING = 0.9
"""How surely words are about what they lean to."""
_ELSEWHERE_BOUND = 0.14
"""How likely they are about the operator's topic all the same; the caller's yes leaves it open."""
_CHANCE = 0.25
"""Two or three signs in a row are alike by chance."""
_CORRECTED = re.compile(r"(?<!是)不对[，,]|说错了?|(?<!是)不是[，,]|[哦噢]不[，,]")
"""`是不是爆管了` asks and corrects nothing."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`topics`: each with the key terms by which it is known."""

    topics: tuple[Choice, ...] = ()

    def named(self, text: str) -> dict[str, str]:
        """Topics heard in a text, each with the term that named it."""
        return dict(named(self.topics, text))

    def read(self, text: str, *, asked: bool) -> Reading | None:
        """What the talk is about; `asked`: any talk of some length is the issue."""
        wrong = last_match(_CORRECTED, text)
        if wrong and len(normal(text[wrong.end() :])) >= _LEAST:
            text = text[wrong.end() :]
        told = unannounced(text)
        terms = self.named(told)
        if not terms and not (asked and len(normal(text)) >= _LEAST):
            return None
        if not terms and len(normal(told)) < _LEAST:
            return None
        strength = 1.0 if terms else 0.4
        parts = clauses(text)
        about = [c for c in parts if not of_a_place(c)] or parts
        return Reading("，".join(about), tuple(("term", t) for t in terms), strength)

    @staticmethod
    def joined(old: Reading, new: Reading) -> Reading:
        """What was told in two goes."""
        parts = tuple(dict.fromkeys((*old.parts, *new.parts)))
        return Reading(f"{old.value}，{new.value}", parts, max(old.strength, new.strength))

    def revise(self, old: Reading, text: str) -> Reading | None:
        """A corrected issue is said anew, by its terms or in other words of some length."""
        found = self.read(text, asked=True)
        return found if found and (found.parts or len(normal(found.value)) > _LEAST) else None

    def repeat(self, given: Reading, text: str) -> Reading | None:
        """The operator's words about a topic, or words that share the caller's sound."""
        caller, again = sound(given.value), framed(text)
        told, topics, strength = [], dict[str, None](), 0.0
        # 水费单子上有个户号，您念一下 leads up to a question and repeats nothing.
        asking = not again and any(inquires(c) for c in clauses(text)[-1:])
        for clause in clauses(text):
            terms = self.named(clause)
            if not tells(clause, terms.values()):
                continue
            words = plain(clause)
            share = max(shared_sound(sound(words), caller), shared_sound(sound(clause), caller))
            weight = 1.0 if terms else share if share >= _CHANCE else 0.2 if again else 0.0
            if not terms and not asking and self._touches(words):
                weight = max(weight, 0.4 if again else 0.3)
            if weight:
                told.append(clause)
                topics |= dict.fromkeys(terms)
                strength = max(strength, weight)
        if not told:
            return None
        return Reading("，".join(told), tuple(("term", t) for t in topics), strength)

    def _share_particulars(self, caller: Reading, operator: Reading, named: set[str]) -> bool:
        """Whether both say something that of all topics few have besides those named (not 暖气, not 不热)."""
        words = all_pairs(tuple(t for t in self.topics if t.value in named))
        shared = telling_pairs(caller.value) & telling_pairs(operator.value) & words
        return bool(shared - common_pairs(self.topics))

    def _touches(self, text: str) -> bool:
        """Whether words of any topic are heard."""
        return not all_pairs(self.topics).isdisjoint(pairs(sound(text)))

    def written(self, text: str) -> bool:
        """Whether some word of any topic stands in the text to the letter."""
        text = normal(text)
        said = {text[i : i + 2] for i in range(len(text) - 1)}
        return not written_pairs(self.topics).isdisjoint(said)

    def _leans(self, caller: Reading, theirs: set[str]) -> bool:
        """Whether the caller's words speak for the operator's topic as well as for another."""
        to, away = lean(self.topics, caller.value, theirs)
        return to >= _RIVAL * away

    def compare(self, caller: Reading, operator: Reading, *, trust: float) -> Comparison:
        """The same if they share a topic, or most of their sound."""
        mine = {t for _, t in caller.parts}
        theirs = {t for _, t in operator.parts}
        share = shared_sound(sound(operator.value), sound(caller.value))
        if mine & theirs:
            return Comparison(0.5 + 0.5 * max(trust, 0.8))
        if (
            mine
            and theirs
            and share < _MOST
            and not self._leans(caller, theirs)
            and not self._share_particulars(caller, operator, mine | theirs)
        ):
            return Comparison(
                0.5 - 0.5 * trust, "term", "、".join(sorted(mine)), "、".join(sorted(theirs))
            )
        if theirs and trust >= CERTAIN:
            leaning = self._leaning(caller, mine, theirs)
            if leaning is not None:
                return leaning
        if share >= _LIKE:
            return Comparison(0.5 + 0.5 * min(1.0, share + 0.3))
        return Comparison(0.5)

    def same_words(self, caller: Reading, operator: Reading) -> bool:
        """Whether the operator used the caller's own words, whatever they are about."""
        said = sound(plain(operator.value))
        return len(said) >= _LEAST and shared_sound(said, sound(caller.value)) >= _MOST

    def near(self, caller: Reading, operator: Reading) -> bool:
        """Whether garbled words of either leg come nearest to what the other leg told."""
        mine, theirs = (
            {t for _, t in said.parts} or nearest(self.topics, said.value)
            for said in (caller, operator)
        )
        return not mine.isdisjoint(theirs)

    def _leaning(self, caller: Reading, mine: set[str], theirs: set[str]) -> Comparison | None:
        """What the caller's words lean to, where their terms are not those of the operator."""
        to, away = lean(self.topics, caller.value, theirs)
        if mine:
            return None
        if to >= max(_LEANS, _MORE * away):
            return Comparison(_LEANING)
        if away >= max(_LEANS, to / _LESS):
            return Comparison(_ELSEWHERE_BOUND, "term", "", "、".join(sorted(theirs)))
        return None
