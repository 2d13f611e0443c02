"""The house's notices: which greeting is used from when to when. They win over the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agentbot.authoring.greeting_form import NoticesForm

__all__ = ["Notice", "notice_for", "notices_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A variant of the greeting ordered for a time; `start` ≤ call < `end`, local time."""

    start: datetime
    end: datetime
    variant: str
    greeting: str | None
    """Only for this greeting set; None: for all that have the variant."""
    queue: str | None
    """Only for calls of this queue; None: for all."""
    why: str | None


def notices_of(form: NoticesForm) -> tuple[Notice, ...]:
    """The notices of a file, in its order."""
    return tuple(
        Notice(
            start=notice.start,
            end=notice.end,
            variant=notice.variant,
            greeting=notice.greeting,
            queue=notice.queue,
            why=notice.why,
        )
        for notice in form.notices
    )


def notice_for(
    notices: Sequence[Notice],
    *,
    greeting: str,
    variants: Sequence[str],
    at: datetime,
    queue: str | None,
) -> Notice | None:
    """The notice that holds for a call, or None.

    Of several, the narrower one: with a queue before without, then with a greeting set before
    without; then the one that began later; then the one written further down.
    """
    holding = [
        (notice.queue is not None, notice.greeting is not None, notice.start, place, notice)
        for place, notice in enumerate(notices)
        if notice.start <= at < notice.end
        and notice.queue in {None, queue}
        and notice.greeting in {None, greeting}
        and notice.variant in variants
    ]
    return max(holding, key=lambda entry: entry[:4])[-1] if holding else None
