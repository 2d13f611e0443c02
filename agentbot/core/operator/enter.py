"""What the operator said or asked is entered."""

from __future__ import annotations

from agentbot.core.book import Hit
from agentbot.core.progress import Progress
from agentbot.core.script import StepKind

__all__ = ["OWN_WORDS", "enter"]

OWN_WORDS = 0.8
"""Likeness noted for a question known by its vocabulary."""


def enter(progress: Progress, hit: Hit) -> bool:
    """Enter a hit; whether it asks for something."""
    step = progress.known.steps[hit.step]
    progress.book.hits.append(hit)
    progress.book.explained.add((hit.heard.start, hit.heard.end))
    if step.kind is StepKind.ASK and step.field:
        progress.ask(step.field, hit.heard)
        progress.own_words = None
        return True
    return False
