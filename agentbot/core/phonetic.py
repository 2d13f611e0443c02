"""Text as it sounds: toneless syllables, folded by the confusions of telephone speech.

Speech over a telephone keeps a syllable's shape better than its letter: z/zh, c/ch, s/sh,
n/l, f/h, r/l and the nasal endings -n/-ng are confused by speakers from the south and by
recognisers alike, and tones are lost. Two texts are compared on a code of two signs a
syllable, initial and final, each folded; half a syllable right is worth half.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

__all__ = ["Sound", "Span", "find", "find_apart", "likeness", "normal", "shared_sound", "sound"]

_INITIALS = sorted(
    "b p m f d t n l g k h j q x zh ch sh r z c s y w".split(), key=len, reverse=True
)
_FOLD_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l", "f": "h"}
_FOLD_FINAL = {
    "ing": "in",
    "eng": "en",
    "ang": "an",
    "uang": "uan",
    "iang": "ian",
    "ong": "on",
    "iong": "ion",
    "v": "u",
    "ue": "ve",
    "o": "uo",
}
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_LATIN = {"a": "ei", "b": "bi", "c": "xi", "d": "di", "e": "yi", "f": "ehu", "g": "ji"}


def normal(text: str) -> str:
    """Half-width, lower case, without punctuation and white space."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if c.isalnum())


@dataclass(frozen=True, slots=True)
class Sound:
    """A text's signs and their code: two code signs for each sign."""

    text: str
    """`normal` form; its n-th sign sounds as code[2n:2n+2]."""
    code: str
    syllables: tuple[str, ...]
    """Toneless pinyin, one a sign."""

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int) -> Sound:
        """The signs start..end."""
        return Sound(
            self.text[start:end], self.code[2 * start : 2 * end], self.syllables[start:end]
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a sound something was found (sign positions) and how well (0..1)."""

    start: int
    end: int
    likeness: float


def _split(syllable: str) -> tuple[str, str]:
    for initial in _INITIALS:
        if syllable.startswith(initial) and len(syllable) > len(initial):
            return initial, syllable[len(initial) :]
    return "", syllable


_signs: dict[str, str] = {}


def _sign(part: str) -> str:
    """A private code point for each distinct folded initial or final."""
    return _signs.setdefault(part, chr(0xE000 + len(_signs)))


@lru_cache(maxsize=4096)
def _code(syllable: str) -> str:
    initial, final = _split(syllable)
    initial = _FOLD_INITIAL.get(initial, initial)
    final = _FOLD_FINAL.get(final, final)
    return _sign(initial + "-") + _sign(final)


_SINGLE = re.compile(r"[0-9a-z]")


def _one_by_one(unread: str) -> Any:
    """Signs without a reading stay apart, one syllable each."""
    return list(unread)


@lru_cache(maxsize=16384)
def sound(text: str) -> Sound:
    """How a text sounds; figures are read digit by digit, letters by their English name."""
    plain = normal(text)
    read = _SINGLE.sub(lambda m: _DIGITS.get(m.group(), m.group()), plain)
    syllables: list[str] = []
    for part in re.findall(r"[一-鿿㐀-䶿〇]+|.", read):
        if len(part) == 1 and not "㐀" <= part <= "鿿":
            syllables.append(_LATIN.get(part, part))
        else:
            syllables.extend(lazy_pinyin(part.replace("〇", "零"), errors=_one_by_one))
    return Sound(plain, "".join(_code(s) for s in syllables), tuple(syllables))


def likeness(a: Sound, b: Sound) -> float:
    """How alike two whole sounds are, 0..1."""
    if not a.code or not b.code:
        return 0.0
    return fuzz.ratio(a.code, b.code) / 100


def find(cue: Sound, speech: Sound, least: float = 0.0) -> Span | None:
    """The stretch of `speech` most like `cue`; None where either is empty or it is below `least`.

    A cue longer than the speech is compared with the whole speech, so that half a cue
    never counts as the cue.
    """
    if not cue.code or not speech.code:
        return None
    if len(speech.code) <= len(cue.code):
        whole = fuzz.ratio(cue.code, speech.code, score_cutoff=100 * least) / 100
        return Span(0, len(speech), whole) if whole or not least else None
    best = fuzz.partial_ratio_alignment(cue.code, speech.code, score_cutoff=100 * least)
    if best is None:
        return None
    return Span(best.dest_start // 2, (best.dest_end + 1) // 2, best.score / 100)


_HALF = 2
"""Signs of the shorter half of words that stand apart."""
_DENIES = frozenset("不没别未")
_APART_LIKENESS = 0.9
"""Likeness noted for words whose halves were heard exactly, with other words between them."""


def find_apart(cue: Sound, speech: Sound, most: int) -> Span | None:
    """`cue` in two halves, each exactly heard, with up to `most` signs between: 尽快[派人]处理.

    A denial between the halves turns the meaning, so it is none of these.
    """
    size, length = len(cue), len(speech)
    if size < 2 * _HALF or length <= size:
        return None
    first, last = cue.code[: 2 * _HALF], cue.code[-2 * _HALF :]
    if first not in speech.code or last not in speech.code:
        return None
    for cut in range(_HALF, size - _HALF + 1):
        head, tail = cue.code[: 2 * cut], cue.code[2 * cut :]
        start = speech.code.find(head)
        while start >= 0:
            if start % 2 == 0:
                after = start // 2 + cut
                for gap in range(1, most + 1):
                    at = 2 * (after + gap)
                    if speech.code[at : at + len(tail)] != tail:
                        continue
                    if _DENIES.isdisjoint(speech.text[after : after + gap]):
                        return Span(start // 2, after + gap + size - cut, _APART_LIKENESS)
            start = speech.code.find(head, start + 1)
    return None


def shared_sound(one: Sound, other: Sound, run: int = 2) -> float:
    """Share of `one`'s runs of `run` signs that `other` has too, by sound, 0..1."""
    mine = [one.code[i : i + 2 * run] for i in range(0, len(one.code) - 2 * run + 1, 2)]
    if not mine:
        return 0.0
    theirs = {other.code[i : i + 2 * run] for i in range(0, len(other.code) - 2 * run + 1, 2)}
    return sum(1 for piece in mine if piece in theirs) / len(mine)
