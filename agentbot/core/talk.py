"""What is wrong with the manner of the talk: silence, interruptions, shouting."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentbot.core.events import Heard, Leg
from agentbot.core.script import Listening
from agentbot.core.turns import backchannel
from agentbot.core.verdict import Finding, FindingKind, Severity
from agentbot.core.wording import say

__all__ = ["asks_to_wait", "interruptions", "shouting", "silences"]

_HOLD = re.compile(r"稍等|等一下|等一会|稍候|稍后|别挂|查一下|登记一下|记一下|别挂断")
_WORTH = 2.0
"""A caller's utterance at least so long can be interrupted (seconds)."""


def asks_to_wait(text: str) -> bool:
    """The operator's words ask for patience, so that silence after them is no fault."""
    return bool(_HOLD.search(text))


def silences(heard: Sequence[Heard], rules: Listening, ended: float, lang: str) -> list[Finding]:
    """Stretches in which nobody speaks; after a request to wait they weigh nothing."""
    found: list[Finding] = []
    last_end, last_text = 0.0, ""
    for item in [*heard, None]:
        start = item.start if item else ended
        pause = start - last_end
        if last_text and pause >= rules.long_silence and item:
            held = asks_to_wait(last_text)
            found.append(
                Finding(
                    kind=FindingKind.LONG_SILENCE, step=None, field=None, at=round(last_end, 3),
                    severity=Severity.INFO if held else Severity.MINOR,
                    points=0.0 if held else rules.silence_points, evidence=last_text,
                    message=say("hold_silence" if held else "long_silence", lang, seconds=round(pause, 1)),
                )
            )  # fmt: skip
        if item and item.end > last_end:
            last_end, last_text = item.end, item.text if item.leg is Leg.OPERATOR else "-"
    return found


def interruptions(heard: Sequence[Heard], rules: Listening, lang: str) -> list[Finding]:
    """The operator beginning to speak well before the caller has ended."""
    found: list[Finding] = []
    callers = [h for h in heard if h.leg is Leg.CALLER]
    for item in heard:
        if item.leg is not Leg.OPERATOR or backchannel(item.text):
            continue
        for other in callers:
            overlap = min(item.end, other.end) - item.start
            begun = item.start - other.start
            if overlap >= rules.interruption and begun >= 0.5 and other.end - other.start >= _WORTH:
                found.append(
                    Finding(
                        kind=FindingKind.INTERRUPTION, step=None, field=None, at=item.start,
                        severity=Severity.MINOR, points=rules.interruption_points, evidence=item.text,
                        message=say("interruption", lang, seconds=round(overlap, 1)),
                    )
                )  # fmt: skip
                break
    return found


def shouting(heard: Sequence[Heard], rules: Listening, lang: str) -> list[Finding]:
    """The operator's voice far above its usual; once for utterances that follow each other."""
    found: list[Finding] = []
    loud_before = False
    for item in heard:
        if item.leg is not Leg.OPERATOR or backchannel(item.text):
            continue
        loud = item.loudness is not None and item.loudness >= rules.shouting
        if loud and not loud_before:
            found.append(
                Finding(
                    kind=FindingKind.SHOUTING, step=None, field=None, at=item.start,
                    severity=rules.shouting_severity, points=rules.shouting_points, evidence=item.text,
                    message=say("shouting", lang, louder=round(item.loudness or 0.0)),
                )
            )  # fmt: skip
        loud_before = loud
    return found
