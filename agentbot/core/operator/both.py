"""Two things asked for in one breath: `您的姓名和联系电话是？`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentbot.core.book import Hit
from agentbot.core.cues import CueHit
from agentbot.core.events import Heard
from agentbot.core.operator.enter import OWN_WORDS
from agentbot.core.phonetic import normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import sentences
from agentbot.core.values.kinds import named_by

__all__ = ["asks_both", "beside"]

_BETWEEN = re.compile(r"(?:多少|什么|是|您|的|和|跟|与|及|以及|还有|[、，,\s])*")
"""What stands between the names of two things asked for in one breath."""


def asks_both(progress: Progress, item: Heard) -> None:
    """`您的姓名和联系电话是？` asks for both."""
    book, known = progress.book, progress.known
    asked = {known.steps[h.step].field or "" for h in book.hits if h.heard is item}
    for field_id, at, sentence in beside(progress, item, asked):
        step = known.ask[field_id]
        start = len(sound(sentence[:at]))
        cue = CueHit(OWN_WORDS, 0.0, start, start + 1, step.label)
        rest = normal(sentence[at:])
        book.hits.append(Hit(step.id, item, cue, progress.order(item), rest=rest))
        progress.also.add(field_id)


def beside(progress: Progress, item: Heard, asked: set[str]) -> Iterator[tuple[str, int, str]]:
    """Fields whose names stand beside that of one asked for: (field, its place, sentence)."""
    known = progress.known
    for sentence in sentences(item.text):
        named = {
            f: match
            for f in known.ask
            if (words := named_by(known.fields[f])) and (match := words.search(sentence))
        }
        if len({known.fields[f].kind for f in named}) < len(named):
            continue  # two of a kind: which of them is not told
        for field_id, match in named.items():
            near = any(
                _BETWEEN.fullmatch(
                    sentence[min(match.end(), n.end()) : max(match.start(), n.start())]
                )
                for f, n in named.items()
                if f in asked and f != field_id
            )
            if near and field_id not in asked and field_id not in progress.book.given:
                yield field_id, match.start(), sentence
