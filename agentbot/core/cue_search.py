"""Which steps' cues are in an operator's turn: sentence by sentence, and across a cut."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from agentbot.core.book import Hit
from agentbot.core.cues import WORDS_LIKENESS, CueHit, Cues
from agentbot.core.events import Heard
from agentbot.core.known import Known
from agentbot.core.phonetic import sound
from agentbot.core.progress import Progress
from agentbot.core.questions import confirms, sentences
from agentbot.core.script import StepKind
from agentbot.core.turns import Turn

__all__ = ["cue_hits"]

_ASKED = ("？", "?")
"""A question is whole: its last word and the first of what follows are no cue together."""
_LEAVE = re.compile(r"再见|拜拜|感谢|谢谢|挂机|祝您")


def cue_hits(progress: Progress, turn: Turn) -> list[Hit]:
    """The hits of a turn from left to right; the same words count for one step only."""
    found: list[Hit] = []
    pieces = list(_pieces(turn))
    for index, (item, at, text) in enumerate(pieces):
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        size = len(sound(text))
        found += _search(progress, item, at, text)
        if index == 0 or pieces[index - 1][0] is not item:
            for reading in item.alternatives:
                found += _search(progress, item, at, reading)
        whole = item.confidence is None and text.endswith("。")
        if after and not text.endswith(_ASKED):
            for hit in _search(progress, item, at, text + after[2]):
                here, there = at + size - hit.cue.start, hit.cue.end - at - size
                if here > 0 < there and not (whole and _within(progress, hit)):
                    # Said in two breaths: it belongs to the one that holds most of it.
                    owner = item if here >= there else after[0]
                    rest = hit.rest[:here] if owner is item else hit.rest[here:]
                    if owner is item and confirms(after[2]):
                        rest = hit.rest  # 占用您一点时间, a breath, 行吗: it asks with its tag
                    found.append(replace(hit, heard=owner, order=progress.order(owner), rest=rest))
    return sorted(
        _undisputed(_in_place(progress, found)), key=lambda h: (h.order, h.cue.start, -h.cue.margin)
    )


def _within(progress: Progress, hit: Hit) -> bool:
    """Questions, and words that only stand together, keep within full stops that are certain."""
    asks = progress.known.steps[hit.step].kind is StepKind.ASK
    return asks or hit.cue.likeness == WORDS_LIKENESS


def _pieces(turn: Turn) -> list[tuple[Heard, int, str]]:
    """(utterance, signs of the turn before, sentence)."""
    pieces: list[tuple[Heard, int, str]] = []
    at = 0
    for item in turn.heard:
        for text in sentences(item.text):
            pieces.append((item, at, text))
            at += len(sound(text))
    return pieces


def _search(progress: Progress, item: Heard, at: int, text: str) -> list[Hit]:
    plain = sound(text).text
    return [
        Hit(
            step, item, replace(cue, start=cue.start + at, end=cue.end + at), progress.order(item),
            rest=plain[cue.start :],
        )
        for step, cue in _hear(_Ears(progress.known), text, certain=item.confidence is None)
    ]  # fmt: skip


class _Ears:
    """A script's cues as a key of the cache (by identity: a script is prepared once)."""

    __slots__ = ("known",)

    def __init__(self, known: Known) -> None:
        self.known = known

    def __hash__(self) -> int:
        return id(self.known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ears) and other.known is self.known


@lru_cache(maxsize=8192)
def _hear(ears: _Ears, text: str, *, certain: bool) -> tuple[tuple[str, CueHit], ...]:
    """Live calls are judged again and again: the same words are searched once."""
    speech = sound(text)
    cues: dict[str, Cues] = ears.known.cues
    return tuple(
        (step, hit) for step, cue in cues.items() if (hit := cue.hear(speech, certain=certain))
    )


def _in_place(progress: Progress, found: list[Hit]) -> list[Hit]:
    """While the operator greets, thanks and promises are part of it and close nothing."""
    known = progress.known
    if progress.book.given:
        # 感谢您致电… names the house as the greeting does, and takes leave.
        found = [h for h in found if h.step != known.greeting or not _late(h)]
    greets = {h.order for h in found if h.step == known.greeting and h.cue.margin >= 0}
    return [
        h
        for h in found
        if h.order not in greets
        or known.steps[h.step].kind is not StepKind.SAY
        or h.step in known.opening
    ]


def _late(hit: Hit) -> bool:
    """Words like those of a greeting that take leave, or stand together by chance, in mid-call."""
    return hit.cue.likeness == WORDS_LIKENESS or bool(_LEAVE.search(hit.heard.text))


def _undisputed(found: list[Hit]) -> list[Hit]:
    """The same words count for one step: the one they fit best."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda h: -h.cue.margin):
        rival = any(
            min(k.cue.end, hit.cue.end) - max(k.cue.start, hit.cue.start)
            > (hit.cue.end - hit.cue.start) / 2
            for k in kept
        )
        if not rival:
            kept.append(hit)
    return kept
