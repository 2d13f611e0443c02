"""An answer that goes on to what would be asked next: `不方便，后天中午再打吧`, `修好了，收了五十`."""

from __future__ import annotations

from agentbot.core.caller.give import SURELY, give
from agentbot.core.clauses import clauses
from agentbot.core.path import Walk
from agentbot.core.phonetic import normal
from agentbot.core.progress import Progress
from agentbot.core.questions import is_question
from agentbot.core.replies import speaks_of
from agentbot.core.script import FieldKind, Step
from agentbot.core.turns import Turn
from agentbot.core.values.answers import AND

__all__ = ["answers_ahead"]


def answers_ahead(progress: Progress, asked: str, turn: Turn) -> None:
    """An answer that goes on to what would be asked next: `不方便，后天中午再打吧`, `修好了，收了五十`."""
    known, given = progress.known, progress.book.given
    told = clauses(AND.sub("，", turn.text))
    for field_id, step in known.ask.items():
        if field_id in given or field_id == asked:
            continue
        kind, what = known.kinds[field_id], known.fields[field_id].kind
        reading = None
        if what is FieldKind.TIME and _leads_to(progress, asked, step.id):
            reading = kind.read(turn.text, asked=True)
        elif what is FieldKind.NUMBER and _leads_to(progress, asked, step.id):
            counts = (c for c in told[1:] if any(u in c for u in known.fields[field_id].unit))
            reading = next((r for c in counts if (r := kind.read(c, asked=True))), None)
        elif what is FieldKind.CHOICE and asked in given:
            about = (c for c in told[1:] if _speaks_of(progress, step, c, asked))
            reading = next((r for c in about if (r := kind.read(c, asked=True))), None)
        if reading is not None and reading.strength >= SURELY:
            give(progress, field_id, reading, turn, asked=False)


def _speaks_of(progress: Progress, step: Step, clause: str, asked: str) -> bool:
    """Whether a clause that asks nothing itself is about a step's question: 师傅态度挺好的."""
    if is_question(clause) or _is_phrase_of(progress, asked, clause):
        return False  # OK，没问题 is a yes to what was asked
    if progress.known.vocabulary.about(clause) == step.id:
        return True
    if not speaks_of(progress, step.field or "", clause):
        return False
    own = progress.known.kinds[asked].read(clause, asked=True)
    choice = progress.known.fields[asked].kind is FieldKind.CHOICE
    return own is None or (choice and not speaks_of(progress, asked, clause))


def _is_phrase_of(progress: Progress, field_id: str, clause: str) -> bool:
    """Whether a clause is one of a choice's phrases and nothing else."""
    said = normal(clause)
    choices = progress.known.fields[field_id].choices
    return any(normal(p) == said for c in choices for p in c.phrases)


def _leads_to(progress: Progress, answered: str, step_id: str) -> bool:
    """Whether the answer just given takes the call to this step."""
    values = {f: g[-1].reading.value for f, g in progress.book.given.items()}
    walk = Walk(values, set())
    ask = progress.known.ask.get(answered)
    way = (
        next((w for w in ask.next if walk.holds(w.when)), None)
        if ask and answered in values
        else None
    )
    return way is not None and way.goto == step_id
