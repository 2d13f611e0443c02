"""What is wrong with the talk itself: forbidden words, silence, interruptions, shouting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from agentbot.core.cues import floor
from agentbot.core.events import Heard, Leg
from agentbot.core.phonetic import Sound, find, normal, sound
from agentbot.core.script import Forbidden, Listening
from agentbot.core.turns import backchannel
from agentbot.core.verdict import Finding, FindingKind, Severity
from agentbot.core.wording import say

__all__ = ["asks_to_wait", "forbidden", "interruptions", "shouting", "silences"]

_HOLD = re.compile(r"稍等|等一下|等一会|稍候|稍后|别挂|查一下|登记一下|记一下|别挂断")
_BREAK = re.compile(r"[，,。！？!?；;、…\s]+")
_DENIALS = frozenset({"bu", "mei", "wu", "bie", "fei"})
_NO_MATTER = re.compile("[^,]{1,8}也(?:没事|没关系|不要紧|不碍事|不影响|没问题)")
"""不知道路线也没事 says of somebody else that it does not matter."""
_SHORT = 3
"""Signs of a phrase that resembles other speech by chance."""
_WORTH = 2.0
"""A caller's utterance at least so long can be interrupted (seconds)."""


def forbidden(rules: Sequence[Forbidden], heard: Sequence[Heard], lang: str) -> list[Finding]:
    """Forbidden words of the operator, unless the words around them make them harmless."""
    return [
        Finding(
            kind=FindingKind.FORBIDDEN_PHRASE, step=None, field=None, at=item.start,
            severity=rule.severity, points=rule.points, evidence=item.text,
            message=say("forbidden_phrase", lang, label=rule.label),
        )
        for item in heard
        if item.leg is Leg.OPERATOR
        for rule in rules
        if _banned(rule, item.text)
    ]  # fmt: skip


@lru_cache(maxsize=16384)
def _banned(rule: Forbidden, text: str) -> bool:
    """Whether a phrase of the rule stands somewhere no harmless wording covers."""
    marked = _marked(text)
    places = [p for phrase in rule.phrases for p in _said(phrase, marked)]
    if not places:
        return False
    harmless = [m.span() for w in rule.unless for m in _wording(w).finditer(marked)]
    return any(
        not any(a <= start and end <= b for a, b in harmless) and not _NO_MATTER.match(marked, end)
        for start, end in places
    )


def _marked(text: str) -> str:
    """Normal form in which a comma stands wherever the speaker broke off."""
    return ",".join(p for p in (normal(part) for part in _BREAK.split(text)) if p)


def _said(phrase: str, marked: str) -> list[tuple[int, int]]:
    """Where a phrase is heard: word for word, or a long one by its sound."""
    cue = sound(phrase)
    if not len(cue):
        return []
    exact = (
        [m.span() for m in re.finditer(re.escape(cue.text), marked)] if cue.text in marked else []
    )
    if exact or len(cue) <= 2:
        return exact
    found, at = [], 0
    for part in marked.split(","):
        speech = sound(part)
        # So good a likeness leaves the first or the last sign whole.
        edge = cue.code[:2] in speech.code or cue.code[-2:] in speech.code
        near = (
            find(cue, speech, least=max(0.9, floor(len(cue))))
            if edge and len(part) >= len(cue)
            else None
        )
        if near and _credible(cue, speech.cut(near.start, near.end)):
            found.append((at + near.start, at + near.end))
        at += len(part) + 1
    return found


def _credible(cue: Sound, said: Sound) -> bool:
    """Words that sound like a phrase may be it: a short one has most signs as written.

    方式呢 sounds like 烦死了, and is another word in every sign.
    """
    written = sum(1 for sign in cue.text if sign in said.text)
    short = len(cue) <= _SHORT and 2 * written <= len(cue)
    return not short and _denials(said) >= _denials(cue)


def _denials(speech: Sound) -> int:
    """How many signs sound like a denial: 跟我们有关系 is the contrary of 跟我没关系."""
    return sum(1 for syllable in speech.syllables if syllable in _DENIALS)


@lru_cache(maxsize=1024)
def _wording(words: str) -> re.Pattern[str]:
    """A wording with `…` for anything up to the next break."""
    return re.compile("[^,]*?".join(re.escape(normal(p)) for p in re.split("…+", words)))


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
