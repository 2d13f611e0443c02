"""A text cut where its speaker paused."""

from __future__ import annotations

import re

from agentbot.core.phonetic import normal

__all__ = ["PAUSE", "clauses"]

PAUSE = re.compile(r"[，,。！？!?；;\s]+")
"""What is written where a clause ends."""


def clauses(text: str) -> list[str]:
    """The clauses of a text that hold a sign at all."""
    return [clause for clause in PAUSE.split(text) if normal(clause)]
