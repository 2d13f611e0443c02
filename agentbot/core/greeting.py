"""Which variant of the greeting was said, against the one that was due."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentbot.core.cues import floor
from agentbot.core.events import GreetingDue, Heard, Leg
from agentbot.core.performed import Performed, trusted
from agentbot.core.phonetic import find, sound
from agentbot.core.verdict import GreetingResult

__all__ = ["greeting_said"]

_LEAD = 6.0
"""Seconds before the house formula in which the wish of the day is said."""
_DUE_SLACK, _WISH_SLACK = 0.1, 0.12
"""How much less like its mark the due wish may sound, and any wish in place of 您好."""


def greeting_said(
    due: GreetingDue | None, done: Performed | None, heard: Sequence[Heard]
) -> GreetingResult:
    """Which variant of the greeting was said, by the marks that only it has."""
    if due is None:
        return GreetingResult(variant_due=None, variant_said=None)
    wanted = next((v for v in due.variants if v.id == due.variant), None)
    said = _variant(due, done.heard[0], heard) if done else None
    return GreetingResult(
        variant_due=due.variant,
        variant_said=said,
        text_due=wanted.text if wanted else None,
        why=due.why,
    )


def _variant(due: GreetingDue, at: Heard, heard: Sequence[Heard]) -> str | None:
    near = [h for h in heard if h.leg is Leg.OPERATOR and at.start - _LEAD <= h.start <= at.end + 1]
    speech = sound("".join(h.text for h in near))
    plain = next((v.id for v in due.variants if not v.marks and v.id == due.variant), None) or next(
        (v.id for v in due.variants if not v.marks), None
    )
    bare = re.match(r"[喂嗯\W]*[您你]好", near[0].text) if near else None
    sure = all(trusted(h) for h in near)
    best: tuple[float, str] | None = None
    for variant in due.variants:
        for mark in variant.marks:
            cue = sound(mark)
            place = find(cue, speech)
            if place is None or len(speech) < len(cue):
                continue
            # The greeting that is due is believed sooner than another; so is any wish where
            # the everyday 您好 was not heard.
            slack = (_DUE_SLACK if variant.id == due.variant else 0.0) + (
                0.0 if bare or sure else _WISH_SLACK
            )
            if place.likeness - floor(len(cue)) + slack >= 0 and (
                best is None or place.likeness > best[0]
            ):
                best = (place.likeness, variant.id)
    if best:
        return best[1]
    return plain if bare or sure or plain == due.variant else None
