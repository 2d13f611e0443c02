"""A script made ready for listening, once for many calls."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from agentbot.core.cues import Cues, pairs
from agentbot.core.path import behind
from agentbot.core.phonetic import sound
from agentbot.core.questions import Vocabulary, telling_phrases
from agentbot.core.script import Field, FieldKind, Script, Step, StepKind
from agentbot.core.values.base import ValueKind
from agentbot.core.values.kinds import kind_of

__all__ = ["Known"]

_HOW_MANY = re.compile(r"(?:几|多少)个?([瓶罐桶天晚夜宿岁份件台张间次人位只袋箱盒斤包套])")
_LEAVE = re.compile(r"再见|拜拜|[感谢]谢")


def _counted(field: Field, script: Script) -> Field:
    """A number with all words that its questions count by: 住几晚, 住几天."""
    asks = [s for s in script.steps if s.kind is StepKind.ASK and s.field == field.id]
    said = [t for s in asks for c in s.cues for t in (c.text, *(w for g in c.words for w in g))]
    by = [m[1] for t in said for m in _HOW_MANY.finditer(t)]
    return replace(field, unit=tuple(dict.fromkeys((*field.unit, *by)))) if field.unit else field


def _named(field: Field, script: Script) -> str:
    """The words that ask for a field, in which its names stand."""
    asks = (s for s in script.steps if s.kind is StepKind.ASK and s.field == field.id)
    return "".join(c.text + "".join(w for g in c.words for w in g) for s in asks for c in s.cues)


@dataclass(frozen=True, slots=True)
class Known:
    """A script with its cues and values made ready."""

    script: Script
    steps: dict[str, Step]
    cues: dict[str, Cues]
    kinds: dict[str, ValueKind]
    fields: dict[str, Field]
    ask: dict[str, Step]
    """Field id to the step that asks for it."""
    read_back: frozenset[str]
    """Fields that the operator repeats."""
    vocabulary: Vocabulary
    telling: dict[str, frozenset[str]]
    """Choice field to the phrases that mean something without its question."""
    greeting: str | None
    """Id of the step that greets: the one with a greeting set, else what is said first."""
    opening: frozenset[str]
    """What is said before anything is asked: the greeting and the steps straight after it."""
    conditional: frozenset[str]
    """What is come by only after certain answers."""
    closing: frozenset[str]
    """What is said when nothing is left to ask, in words of thanks or leave."""

    @classmethod
    def of(cls, script: Script) -> Known:
        """Prepare a script."""
        used = Counter(
            pair
            for s in script.steps
            for pair in set().union(*(pairs(sound(c.text)) for c in s.cues if c.text))
        )
        common = frozenset(pair for pair, steps in used.items() if steps > 1)
        opening: list[str] = []
        for step in script.steps:
            if step.kind not in (StepKind.GREETING, StepKind.SAY):
                break
            opening.append(step.id)
        fields = [_counted(f, script) for f in script.fields]
        return cls(
            script=script,
            steps={s.id: s for s in script.steps},
            cues={s.id: Cues.of(s.cues, common) for s in script.steps},
            kinds={f.id: kind_of(f, _named(f, script)) for f in fields},
            fields={f.id: f for f in fields},
            ask={s.field: s for s in script.steps if s.kind is StepKind.ASK and s.field},
            read_back=frozenset(
                s.field for s in script.steps if s.kind is StepKind.READ_BACK and s.field
            ),
            vocabulary=Vocabulary.of(script),
            telling=telling_phrases(script),
            greeting=next(
                (s.id for s in script.steps if s.kind is StepKind.GREETING),
                opening[0] if opening else None,
            ),
            opening=frozenset(opening),
            conditional=frozenset().union(*(behind(script, s.id) for s in script.steps)),
            closing=frozenset(
                s.id
                for s in script.steps
                if s.kind is StepKind.SAY and s.id not in opening
                if s is script.steps[-1] or any(_LEAVE.search(c.text) for c in s.cues)
            ),
        )

    def topic(self) -> str | None:
        """The field that free talk at the opening gives, without being asked for by a step."""
        return next(
            (
                f.id
                for f in self.script.fields
                if f.kind is FieldKind.TOPIC and f.id not in self.ask
            ),
            None,
        )
