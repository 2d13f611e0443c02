"""Tokens of a sherpa-onnx model to timed words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agentbot.core.events import Word

__all__ = ["words_of"]

_MARK: Final = "\u2581"
"""Begins a new word in models that write words in parts."""
_LAST_SECONDS: Final = 0.2
_LONGEST_SECONDS: Final = 0.5
"""A token without an end of its own ends with the next one's start, or after this."""


def words_of(
    tokens: Sequence[str], starts: Sequence[float], *, offset: float, chances: Sequence[float]
) -> tuple[Word, ...]:
    """Times (seconds) and confidences of words; a Chinese character is one.

    `offset` is added to all times. Without `chances` (a model that gives none) the words are
    good for their times only. Empty where the model gives no times.
    """
    if not starts or len(tokens) != len(starts):
        return ()
    sure = chances if len(chances) == len(tokens) else [1.0] * len(tokens)
    words: list[Word] = []
    for index, (token, start, chance) in enumerate(zip(tokens, starts, sure, strict=True)):
        after = starts[index + 1] if index + 1 < len(starts) else start + _LAST_SECONDS
        end = min(after, start + _LONGEST_SECONDS)
        text = token.replace(_MARK, "").strip()
        joins = (
            words and not token.startswith((_MARK, " ")) and _latin(text) and _latin(words[-1].text)
        )
        if joins:
            last = words.pop()
            words.append(
                Word(
                    text=last.text + text,
                    start=last.start,
                    end=offset + end,
                    confidence=min(last.confidence, chance),
                )
            )
        elif text:
            words.append(
                Word(text=text, start=offset + start, end=offset + end, confidence=min(1.0, chance))
            )
    return tuple(words)


def _latin(text: str) -> bool:
    return text.isascii()
