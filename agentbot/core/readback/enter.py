"""A value said again is entered, with the caller's yes or no to it."""

from __future__ import annotations

from dataclasses import replace

from agentbot.core.book import Repeated
from agentbot.core.events import Heard, Leg
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms
from agentbot.core.readback.objection import REACTION
from agentbot.core.turns import agrees, backchannel, objects_at_once
from agentbot.core.values.base import Reading

__all__ = ["enter"]


def enter(progress: Progress, field_id: str, reading: Reading, heard: tuple[Heard, ...]) -> None:
    """Enter that these words said a field's value again."""
    item = Repeated(field_id, reading, heard, progress.order(heard[-1]))
    item = replace(item, confirmed=_reaction(progress, item))
    progress.book.repeated.setdefault(field_id, []).append(item)
    progress.book.explained.update((h.start, h.end) for h in heard)
    progress.last_repeat = item


def _reaction(progress: Progress, item: Repeated) -> bool | None:
    """The caller's first words of yes or no after (or into) a read-back."""
    last = item.heard[-1]
    verdict: bool | None = None
    for reply in progress.heard:
        if reply.leg is Leg.OPERATOR:
            # 是吧 may stand apart from what it asks a yes to.
            asks_on = backchannel(reply.text) or confirms(reply.text)
            if reply.start > last.end and not asks_on:
                break
            continue
        if reply.start < last.start:
            continue
        if reply.start > item.end + REACTION:
            break
        if objects_at_once(reply.text):
            return False
        if agrees(reply.text):
            verdict = True
        elif not backchannel(reply.text):
            break
    return verdict
