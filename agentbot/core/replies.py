"""Questions in words that no cue knows, told by the answers they get.

`做过免疫没有？` is in no script; `打过了` after it is an answer to the question for the
vaccination and to no other, so that question was asked. And some answers need no question:
`我家泰迪不吃饭了` says already that it is a dog.
"""

from __future__ import annotations

import re

from agentbot.core.clauses import PAUSE
from agentbot.core.path import Walk, branches
from agentbot.core.performed import trusted
from agentbot.core.phonetic import normal, sound
from agentbot.core.progress import Progress
from agentbot.core.questions import bare, confirms, is_question, requests, sentences
from agentbot.core.script import FieldKind, StepKind
from agentbot.core.turns import Turn
from agentbot.core.values.answers import unsure
from agentbot.core.values.base import Reading

__all__ = [
    "OPENS",
    "next_asked",
    "open_question",
    "reply_to_open_question",
    "speaks_of",
    "told_unasked",
]

_SURE = 0.8
"""Strength of a reading that can be told from other talk."""
OPENS = re.compile(r"什么(?:情况|问题|事|需要|[可能]以?帮)|怎么了|[您你]?请?[说讲][。，！\s]*$")
"""对，您家什么情况？ asks for the matter, not for anything of the script."""
_AHEAD = 4
"""Questions of the script among which one in unforeseen words is looked for."""
_DENIED = re.compile(r"[不没别未非][^，,。！？!?；;]{0,3}$")


def open_question(progress: Progress, turn: Turn) -> bool:
    """Whether the turn may ask, in unforeseen words, for something of the script."""
    if OPENS.search(turn.text):
        return False
    opening = progress.known.topic()
    if opening is not None and opening not in progress.book.given:
        return False
    last = sentences(turn.text)[-1]
    begins = len(sound(turn.text)) - len(sound(last))
    known = any(h.heard in turn.heard and h.cue.end > begins + 1 for h in progress.book.hits)
    asks = (is_question(last) and not confirms(last)) or requests(last)
    return asks and not known and bool(progress.book.hits) and all(map(trusted, turn.heard))


def reply_to_open_question(
    progress: Progress, asked: str, turn: Turn
) -> tuple[str, Reading | None] | None:
    """The one field, not given yet, that the turn answers plainly; else the one that is due.

    `asked`: the question. Its words may tell what it is for, whatever the answer.
    `不清楚` answers the question that is due and gives nothing.
    """
    found: dict[str, Reading] = {}
    due = _due(progress, asked)
    known = bool(due) and _kinship(progress, due or "", asked) > 0
    plain: tuple[str, Reading | None] | None = (
        (due, None) if due and (known or unsure(turn.text)) else None
    )
    for field_id in progress.known.ask:
        if field_id in progress.book.given:
            continue
        kind = progress.known.fields[field_id].kind
        if kind not in (FieldKind.CHOICE, FieldKind.TIME, FieldKind.NUMBER):
            continue
        reading = progress.known.kinds[field_id].read(turn.text, asked=True)
        if reading is None or reading.strength < _SURE:
            continue
        if kind is not FieldKind.CHOICE or _tells(progress, field_id, turn.text):
            found[field_id] = reading
        if field_id == due:
            plain = field_id, reading
    first = next_asked(progress)
    if first in found and due not in found:
        return first, found[first]
    if due and known:
        # The words of the question tell what it is for, unless the answer tells nothing of it.
        return plain if due == first or (plain and plain[1]) or unsure(turn.text) else None
    if due in found:
        return due, found[due]
    return next(iter(found.items())) if len(found) == 1 else None if found else plain


def _tells(progress: Progress, field_id: str, text: str) -> bool:
    """Whether words hold an answer to this question that is none without it."""
    plain = normal(text)
    return any(normal(p) in plain for p in progress.known.telling[field_id])


def speaks_of(progress: Progress, field_id: str, text: str) -> bool:
    """Whether a clause of itself tells what it answers: 师傅人挺热情, not a mere 挺好."""
    plain = normal(text)
    return any(
        len(p) > 1 and normal(p) in plain and not bare(plain.replace(normal(p), ""))
        for p in progress.known.telling.get(field_id, ())
    )


def _kinship(progress: Progress, field_id: str, question: str) -> int:
    return progress.known.vocabulary.kinship(progress.known.ask[field_id].id, question)


def _due(progress: Progress, question: str) -> str | None:
    """The field of the question that the script puts next, or after it if the words are nearer to that."""
    due = next_asked(progress)
    if due is None:
        return None
    later = [f for f in progress.known.ask if f not in progress.book.given]
    later = later[later.index(due) :] if due in later else [due]
    return max(later[:_AHEAD], key=lambda f: _kinship(progress, f, question))


def next_asked(progress: Progress) -> str | None:
    """The field of the question that the script puts next; None: something else is next."""
    script = progress.known.script
    places = {s.id: i for i, s in enumerate(script.steps)}
    walk = Walk({f: g[-1].reading.value for f, g in progress.book.given.items()}, set())
    at = max((places[h.step] for h in progress.book.hits), default=0)
    for _ in script.steps:
        way = next((w for w in branches(script, at) if walk.holds(w.when)), None)
        if way is None or way.goto not in places:
            return None
        at = places[way.goto]
        step = script.steps[at]
        if step.kind is StepKind.ASK:
            return None if step.field in progress.book.given else step.field
        if step.kind is not StepKind.READ_BACK:
            return None
    return None


def told_unasked(progress: Progress, turn: Turn) -> list[tuple[str, Reading]]:
    """Choices that name things, not a yes or no, heard where nobody asked for them."""
    found: list[tuple[str, Reading]] = []
    for field_id, phrases in progress.known.telling.items():
        step, field = progress.known.ask.get(field_id), progress.known.fields[field_id]
        if (
            step is None
            or not step.volunteer
            or field_id in (progress.asked, *progress.book.given)
            or len(phrases) < sum(len(c.phrases) for c in field.choices)
        ):
            continue
        for clause in PAUSE.split(turn.text):
            places = sorted((clause.find(p), p) for p in phrases if p in clause)
            named = next((p for at, p in places if not _DENIED.search(clause[:at])), None)
            if named is not None:
                value = next(c.value for c in field.choices if named in c.phrases)
                found.append((field_id, Reading(value, (("choice", value),), _SURE)))
                break
    return found
