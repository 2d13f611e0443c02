"""How well the words were heard: character and toneless pinyin error rates."""

from __future__ import annotations

import re
from collections.abc import Iterable

import jiwer
from pypinyin import lazy_pinyin

from agentbot.core.events import Heard, Leg

__all__ = ["Spelling", "error_rates", "spelling"]

_DIGITS = str.maketrans("0123456789幺〇", "零一二三四五六七八九一零")
_KEPT = re.compile(r"[\u4e00-\u9fff]|[a-z]+")

Spelling = tuple[str, str]
"""What was said and what was heard on one leg, as characters divided by spaces."""


def spelling(said: Iterable[Heard], heard: Iterable[Heard], leg: Leg) -> Spelling:
    """One leg of one call, numbers spelt digit by digit, punctuation left out."""
    return _characters(said, leg), _characters(heard, leg)


def error_rates(pairs: Iterable[Spelling]) -> dict[str, float | None]:
    """CER and toneless pinyin error rate over all pairs; None where nothing was said."""
    known = [(said, heard) for said, heard in pairs if said]
    if not known:
        return {"cer": None, "pinyin": None}
    said, heard = [pair[0] for pair in known], [pair[1] for pair in known]
    return {
        "cer": round(jiwer.wer(said, heard), 4),
        "pinyin": round(jiwer.wer([*map(_pinyin, said)], [*map(_pinyin, heard)]), 4),
    }


def _characters(utterances: Iterable[Heard], leg: Leg) -> str:
    ordered = sorted((u.start, u.end, u.text) for u in utterances if u.leg is leg)
    text = " ".join(text for _, _, text in ordered).lower().translate(_DIGITS)
    return " ".join(_KEPT.findall(text))


def _pinyin(characters: str) -> str:
    return " ".join(lazy_pinyin(characters.replace(" ", ""))) if characters else ""
