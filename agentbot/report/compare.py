"""Two values side by side: what the caller said above what was read back.

A long number is aligned digit by digit, an address part by part, a short name character
by character; anything else stands as a whole. This only shows: whether two values agree is
the engine's word (a name may differ in characters and be the same by sound).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

__all__ = ["Cell", "cells"]

_NUMBER = re.compile(r"(?:\d[\s\-]*){5,}")
_ADDRESS = re.compile(r"\d[^\W\d_]")
_PART = re.compile(r"\d+[^\d\s,，]*|[^\d\s,，]+")
_LONGEST_NAME = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One digit, part or character of both values; None where one has nothing."""

    said: str | None
    read_back: str | None

    @property
    def same(self) -> bool:
        """Alike as written."""
        return self.said == self.read_back


def cells(said: str | None, read_back: str | None) -> tuple[Cell, ...]:
    """Align the two values; a value that is None leaves its side of every cell empty."""
    above, below = _cut(said, read_back)
    if said is None or read_back is None:
        pairs: list[tuple[str | None, str | None]] = [
            *((part, None) for part in above),
            *((None, part) for part in below),
        ]
    else:
        pairs = _aligned(above, below)
    return tuple(Cell(said=up, read_back=down) for up, down in pairs)


def _cut(said: str | None, read_back: str | None) -> tuple[list[str], list[str]]:
    values = [value for value in (said, read_back) if value]
    if all(_NUMBER.fullmatch(value) for value in values):
        return _characters(said), _characters(read_back)
    if any(_ADDRESS.search(value) for value in values):
        return _PART.findall(said or ""), _PART.findall(read_back or "")
    if all(value.isalpha() and len(value) <= _LONGEST_NAME for value in values):
        return _characters(said), _characters(read_back)
    return [said] if said else [], [read_back] if read_back else []


def _characters(value: str | None) -> list[str]:
    return [character for character in value or "" if character.isalnum()]


def _aligned(above: list[str], below: list[str]) -> list[tuple[str | None, str | None]]:
    # Parts are paired by what they are (楼, 单元), so that 3号楼 stands above 5号楼.
    kinds = [[re.sub(r"\d+", "#", part) for part in parts] for parts in (above, below)]
    is_digits = all(part.isdigit() and len(part) == 1 for part in above + below)
    keys = [above, below] if is_digits else kinds
    pairs: list[tuple[str | None, str | None]] = []
    for step in Levenshtein.opcodes(*keys):
        ups: list[str | None] = [*above[step.src_start : step.src_end]]
        downs: list[str | None] = [*below[step.dest_start : step.dest_end]]
        longest = max(len(ups), len(downs))
        ups += [None] * (longest - len(ups))
        downs += [None] * (longest - len(downs))
        pairs += zip(ups, downs, strict=True)
    return pairs
