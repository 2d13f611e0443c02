"""Values said where sound is missing: a digit that was cut out is no digit that was said wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.core.fields import Fact
from agentbot.core.verdict import FieldResult, FieldVerdict
from agentbot.core.wording import say

__all__ = ["torn"]


def torn(facts: Mapping[str, Fact], lost: Sequence[AudioLost], lang: str) -> dict[str, Fact]:
    """No value is wrong that was said, by either party, across a gap in the sound."""
    gaps = [gap for gap in lost if gap.cause is LossCause.GAP]
    return {
        field: replace(
            fact,
            result=replace(
                fact.result, verdict=FieldVerdict.CANNOT_TELL, difference=None, confidence=0.0,
                reason=say("field_cannot_tell", lang),
            ),
        )
        if fact.result.verdict is FieldVerdict.MISMATCHED and _across(fact.result, gaps)
        else fact
        for field, fact in facts.items()
    }  # fmt: skip


def _across(result: FieldResult, gaps: Sequence[AudioLost]) -> bool:
    said = ((Leg.CALLER, result.caller_at), (Leg.OPERATOR, result.readback_at))
    return any(
        gap.leg is leg and span is not None and gap.start < span.end and gap.end > span.start
        for leg, span in said
        for gap in gaps
    )
