"""Everything wrong with a file, collected before it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rapidfuzz import process

from agentbot.errors import ScriptError

__all__ = ["Place", "Problems", "ScriptErrors", "likest", "nearest", "one_line"]

Place = tuple[Any, ...]
"""Where something stands in a file: keys and list positions from the top."""

LONGEST_LINE = 300
"""Signs of a problem or a remedy; what an author wrote may be any length."""


class ScriptErrors(ScriptError):  # noqa: N818 - it is several
    """One file, or several, with all that is wrong; `errors` holds one `ScriptError` each.

    As text it is the first of them and how many more there are.
    """

    def __init__(self, errors: Iterable[ScriptError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.line or 0)))
        first = self.errors[0]
        more = len(self.errors) - 1
        also = f" (and {more} more: `agentbot check` lists all)" if more else ""
        super().__init__(first.file, first.line, first.problem, first.mend + also)


class Problems:
    """Collects the problems of one file; `lines` tells where a path stands in it."""

    def __init__(self, file: str, lines: dict[Place, int]) -> None:
        self.file = file
        self.found: list[ScriptError] = []
        self._lines = lines
        self._places: set[Place] = set()
        self._settled: frozenset[Place] = frozenset()

    def line(self, at: Place) -> int | None:
        """Line of the deepest part of `at` that the file has."""
        return self._lines.get(self.place(at))

    def place(self, at: Place) -> Place:
        """The deepest part of `at` that the file has.

        Parts that are no key or position of the file (the branch of a union) are passed over.
        """
        here: Place = ()
        for part in at:
            if (*here, part) in self._lines:
                here = (*here, part)
        return here

    def settle(self) -> None:
        """One look at the file is over: what the next one finds above or below these places comes of them."""
        self._settled = frozenset(one for one in self._places if one[-1:] != ("again",))

    def add(self, at: Place, problem: str, mend: str) -> None:
        """Note that what stands at `at` is wrong, and how to mend it."""
        here = self.place(at)
        if here and any(_within(here, one) or _within(one, here) for one in self._settled):
            return
        self._places.add(here)
        error = ScriptError(self.file, self.line(at), one_line(problem), one_line(mend))
        if str(error) not in {str(known) for known in self.found}:
            self.found.append(error)

    def stop(self) -> None:
        """Raise all that was collected, if anything was.

        Raises:
            ScriptErrors: something was collected.
        """
        if self.found:
            raise ScriptErrors(self.found)


def _within(inner: Place, outer: Place) -> bool:
    return bool(outer) and inner[: len(outer)] == outer


def one_line(text: str) -> str:
    """The text fit for a terminal: one line, control signs shown as `?`, not too long."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in text)
    return shown if len(shown) <= LONGEST_LINE else f"{shown[: LONGEST_LINE - 1]}…"


_SHORTEST = 3
"""Letters below which half of all words are like it."""


def likest(word: str, known: Sequence[str]) -> str:
    """The known word most like `word`; empty: none is, or it is too short to be like any."""
    if word.isascii() and len(word) < _SHORTEST:
        return ""
    best = process.extractOne(word, known, score_cutoff=60)
    return str(best[0]) if best else ""


def nearest(word: str, known: Sequence[str], otherwise: str) -> str:
    """`did you mean …?` for the known word most like `word`, else what is known, else `otherwise`."""
    if not known:
        return otherwise
    if best := likest(word, known):
        return f"did you mean `{best}`?"
    return f"known here: {', '.join(known)}"
