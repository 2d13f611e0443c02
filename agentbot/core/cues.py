"""How well an utterance fulfils a step's cues, and with which words."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from agentbot.core.phonetic import Sound, Span, find, find_apart, sound
from agentbot.core.script import Cue

__all__ = ["GREY", "WORDS_LIKENESS", "CueHit", "Cues", "floor", "pairs"]

_FLOORS = {1: 1.0, 2: 1.0, 3: 0.95, 4: 0.88, 5: 0.83, 6: 0.79, 7: 0.77}
_LONG_FLOOR = 0.75
GREY = 0.12
"""Below the floor by no more than this, a cue may have been said: it cannot be told."""
_CORE_SLACK = 0.04
_SURE, _SURE_SLACK = 0.9, 0.16
"""Where the whole wording is heard so well, its core may be garbled a little more."""
WORDS_LIKENESS, _WORDS_SPAN = 0.9, 24
"""What words heard together count, and within how many signs they must stand."""
_WORDS_MARGIN = 0.05
_EXACT_MARGIN = 0.06
"""A short wording heard to the letter says more than words standing together."""
_BETWEEN, _LEAST_APART = 3, 4
"""Signs between the halves of a wording said apart, and signs it has at least without its frame."""
_WRITTEN_SLACK = 0.1
"""How much less words may agree as written than by sound."""
_COMPOUNDS = {"元": "单公", "号": "几"}
"""A sign of a group that is half of another word behind these: 单元 names no price."""
_PLEASE = "麻烦"
"""What begins it ends no other word: 卡的尾号，麻烦说一下 has no 号码."""
_COMBINATIONS = 400
"""More ways to pick one place a group than this are not all tried."""


def floor(signs: int) -> float:
    """The likeness from which a cue of so many signs counts as said.

    Short cues resemble other speech by chance (two in three signs of any speech agree with
    some stretch of it), so they must be heard better than long ones.
    """
    return _FLOORS.get(signs, _LONG_FLOOR)


@dataclass(frozen=True, slots=True)
class CueHit:
    """The best cue of a step in one text: `margin` ≥ 0 is heard, down to -GREY is doubtful."""

    likeness: float
    margin: float
    start: int
    end: int
    wording: str

    @property
    def size(self) -> int:
        """Signs of speech it takes."""
        return self.end - self.start


_FRAME_HEAD = re.compile(
    r"^(?:请问一下|请问|麻烦您|麻烦你|麻烦|您好|你好|好的|那么|那|请您|请|您的|你的|您|你|咱|再)+"
)
_THIN_HEAD = re.compile(
    _FRAME_HEAD.pattern[:-2] + r"|我们?|这边|这里|会|将|已经?|给您?|帮您?|为您|把|就|先|请)+"
)
_THIN_TAIL = re.compile(r"(?:一下|可以吗|好吗|是吗|是|吗|呢|吧|啊|呀|嘛|了|的|上|啦|哦)+$")
_FRAME_TAIL = re.compile(r"(?:一下|可以吗|好吗|是吗|是|吗|呢|吧|啊|呀|嘛)+$")


def pairs(speech: Sound) -> set[str]:
    """The codes of all pairs of neighbouring signs."""
    return {speech.code[i : i + 4] for i in range(0, len(speech.code) - 2, 2)}


def core_of(wording: Sound, common: frozenset[str]) -> Sound:
    """A wording without the frame that other steps' cues have too (请问您的…是多少).

    `common`: pairs of signs that stand in the cues of several steps.
    """
    plain = wording.text
    head = len(plain) - len(_FRAME_HEAD.sub("", plain))
    tail = len(_FRAME_TAIL.sub("", plain))
    framed = [False] * len(wording)
    for i in range(len(wording) - 1):
        if wording.code[2 * i : 2 * i + 4] in common:
            framed[i] = framed[i + 1] = True
    while head < tail and framed[head]:
        head += 1
    while head < tail and framed[tail - 1]:
        tail -= 1
    return wording.cut(head, tail) if head < tail else wording


@dataclass(frozen=True, slots=True)
class Cues:
    """A step's cues, ready to be listened for."""

    wordings: tuple[tuple[Sound, Sound], ...]
    """Each wording and the core of it, which must be heard as well."""
    groups: tuple[tuple[tuple[Sound, ...], ...], ...]
    apart: tuple[tuple[Sound, Sound], ...] = ()
    """Wordings that may be said with a few words between, and what of each must be heard."""

    @classmethod
    def of(cls, cues: tuple[Cue, ...], common: frozenset[str] = frozenset()) -> Cues:
        """Prepare the cues of one step; `common`: pairs of signs that other steps use too."""
        wordings = [
            sound(w) for c in cues if c.text for w in dict.fromkeys((c.text, _unframed(c.text)))
        ]
        return cls(
            tuple((w, core_of(w, common)) for w in wordings),
            tuple(tuple(tuple(sound(w) for w in g) for g in c.words) for c in cues if c.words),
            tuple((w, t) for w in wordings if len(t := _thin(w)) >= _LEAST_APART),
        )

    def hear(self, speech: Sound, *, certain: bool = False) -> CueHit | None:
        """The best hit in the speech, doubtful ones too; None: nothing near a cue.

        `certain`: the words are written as they were said, so that they must agree as written.
        """
        best: CueHit | None = None
        for cue, core in self.wordings:
            at = find(cue, speech, least=floor(len(cue)) - GREY)
            if at is None or (certain and not _agree(cue, speech.cut(at.start, at.end))):
                continue
            margin = _margin(cue, core, at, speech)
            if best is None or (margin, len(cue)) > (best.margin, best.end - best.start):
                best = CueHit(at.likeness, margin, at.start, at.end, cue.text)
        if best is None or best.margin < 0:
            best = self._apart(speech) or best
        if best is None or best.margin < 0.1:
            for groups in self.groups:
                hit = _all_of(groups, speech, certain=certain)
                if hit and (best is None or (hit.margin, -hit.size) > (best.margin, -best.size)):
                    best = hit
        return best if best and best.margin >= -GREY else None

    def _apart(self, speech: Sound) -> CueHit | None:
        """A wording whose halves are said with a few words between: 来之前[先]别[给它]喂."""
        for cue, core in self.apart:
            at = find_apart(core, speech, most=_BETWEEN)
            if at:
                return CueHit(at.likeness, _WORDS_MARGIN, at.start, at.end, cue.text)
        return None


def _margin(cue: Sound, core: Sound, at: Span, speech: Sound) -> float:
    """How far above its floor a wording is heard, its core as well."""
    margin = at.likeness - floor(len(cue))
    if at.likeness == 1.0 and len(cue) > 1:
        margin = max(margin, _EXACT_MARGIN)
    if len(core) == len(cue) or at.likeness == 1.0:
        return margin
    inner = find(core, speech.cut(max(0, at.start - 1), at.end + 2))
    slack = _SURE_SLACK if at.likeness >= _SURE else _CORE_SLACK
    return min(margin, (inner.likeness if inner else 0.0) - floor(len(core)) + slack)


def _agree(cue: Sound, said: Sound) -> bool:
    """Whether signs agree as written: 一晚，是吧 only sounds like 一位三十八."""
    return fuzz.ratio(cue.text, said.text) / 100 >= floor(len(cue)) - _WRITTEN_SLACK


def _thin(wording: Sound) -> Sound:
    """A wording without the small words around it: 我们会尽快处理 is said as 尽快[派人]处理."""
    plain = wording.text
    head = len(plain) - len(_THIN_HEAD.sub("", plain))
    tail = len(_THIN_TAIL.sub("", plain))
    return wording.cut(head, tail) if head < tail else wording.cut(0, 0)


def _unframed(wording: str) -> str:
    """您好小爪医院 without the polite words before it, where enough is left to know it by."""
    bare = _FRAME_HEAD.sub("", wording)
    return bare if len(sound(bare)) >= _LEAST_APART else wording


def _places(word: Sound, speech: Sound, *, certain: bool) -> list[tuple[int, int]]:
    """Everywhere a word of a group is heard; `certain`: 好，麻烦 is no 号码."""
    size = len(word)
    found = [(m.start(), m.start() + size) for m in re.finditer(re.escape(word.text), speech.text)]
    if size == 1:
        before = _COMPOUNDS.get(word.text, "")
        return [(a, b) for a, b in found if not a or speech.text[a - 1] not in before]
    found += [
        (m.start() // 2, m.start() // 2 + size)
        for m in re.finditer(re.escape(word.code), speech.code)
        if m.start() % 2 == 0
        if speech.text[m.end() // 2 - 1 : m.end() // 2 + 1] != _PLEASE
        if not certain
        or not set(word.text).isdisjoint(speech.text[m.start() // 2 : m.start() // 2 + size])
    ]
    if not found and size >= 3:
        near = find(word, speech, least=floor(size))
        if near:
            found.append((near.start, near.end))
    return found


def _all_of(
    groups: tuple[tuple[Sound, ...], ...], speech: Sound, *, certain: bool
) -> CueHit | None:
    """One word of each group, standing as closely together as they can."""
    places: list[list[tuple[int, int]]] = []
    for group in groups:
        heard = [p for word in group for p in _places(word, speech, certain=certain)]
        if not heard:
            return None
        places.append(heard)
    if math.prod(len(p) for p in places) > _COMBINATIONS:
        places = [p[:3] for p in places]
    start, end = min(
        ((min(p[0] for p in way), max(p[1] for p in way)) for way in itertools.product(*places)),
        key=lambda span: span[1] - span[0],
    )
    if end - start > _WORDS_SPAN:
        return None
    return CueHit(WORDS_LIKENESS, _WORDS_MARGIN, start, end, speech.text[start:end])
