"""A value put right by the caller, and whether words of correction are meant for one."""

from __future__ import annotations

import re

from agentbot.core.book import Given
from agentbot.core.caller.give import SURELY, read
from agentbot.core.clauses import clauses
from agentbot.core.progress import Progress
from agentbot.core.script import FieldKind
from agentbot.core.turns import Turn, backchannel, changes_mind, objects, objects_at_once

__all__ = ["corrected"]

_DENIES = re.compile(r"不|错|改")


def corrected(progress: Progress, turn: Turn) -> bool:
    """Enter what the turn puts right; whether it does so."""
    corrects = objects(turn.text) or changes_mind(turn.text)
    if not corrects or _corrects_itself(progress, turn):
        return False
    return any(_revise(progress, field_id, turn) for field_id in _contradicted(progress))


def _corrects_itself(progress: Progress, turn: Turn) -> bool:
    """The words of correction belong to the answer just being given."""
    if progress.asked is None:
        return False
    if not _DENIES.search(turn.text) and _answered(progress, progress.asked, turn):
        return True  # 应该是上周五 answers the question
    before = next((c for c in clauses(turn.text) if not backchannel(c)), "")
    if (
        progress.just_repeated
        and objects_at_once(turn.text)
        and (
            objects(before) or progress.known.kinds[progress.asked].read(before, asked=True) is None
        )
    ):
        return False  # 两晚，不不，三晚 begins with an answer, 不是，三号楼 with an objection
    return _answered(progress, progress.asked, turn)


def _answered(progress: Progress, asked: str, turn: Turn) -> bool:
    reading = read(progress.known.kinds[asked], turn, asked=True)
    return reading is not None and reading.strength >= SURELY


def _contradicted(progress: Progress) -> list[str]:
    """Fields a correction may be for: those just read back, then the last ones given."""
    given, just = progress.book.given, progress.just_repeated
    latest = sorted(given, key=lambda f: -given[f][-1].heard[-1].end)
    order = [*just, *(f for f in latest if f not in just)]
    # Any words could be an issue said anew, so it comes last, and only when just repeated.
    topics = [f for f in order if progress.known.fields[f].kind is FieldKind.TOPIC]
    return [f for f in order if f not in topics] + [f for f in topics if f in just]


def _revise(progress: Progress, field_id: str, turn: Turn) -> bool:
    """Enter a field's value as the turn corrects it; whether it does so."""
    given = progress.book.given[field_id]
    reading = progress.known.kinds[field_id].revise(given[-1].reading, turn.text)
    if reading is None:
        return False
    given.append(Given(field_id, reading, turn.heard, correction=True, asked=False))
    return True
