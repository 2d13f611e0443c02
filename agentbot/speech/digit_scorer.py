"""One sound asked for numbers: decoding to digits alone, and each digit's likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from agentbot.core.values.digits import digits_of
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["DigitScorer"]

_LEAD: Final = "电话是"
"""Words put before the digits, so that the decoder skips whatever leads up to them."""
_FIRST: Final = "1"
"""What every mobile number begins with, and recognisers lose."""
_SPOKEN: Final = "零一二三四五六七八九"


class DigitScorer:
    """One sound, asked for numbers: `known` holds each number's log probabilities by digit."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        tokens = stretch.tokens
        self._lead = tokens.encode(_LEAD)
        self._spoken = [tokens.encode(sign) for sign in _SPOKEN]
        self._written = {tokens.encode(str(digit))[0]: str(digit) for digit in range(10)}
        vocabulary = tokens.tokenizer.get_vocab_size()
        self._others = [t for t in range(vocabulary) if t not in self._written]
        self.known: dict[str, list[float]] = {}

    def guesses(self, count: int, length: int) -> list[str]:
        """The likeliest runs of digits, when nothing but digits is allowed and when all is."""
        runs: list[str] = []
        for first, others in ((_FIRST, self._others), ("", [-1])):
            before = [*self._lead, *self._stretch.tokens.encode(first)]
            for ids in self._stretch.runs(before, others, count, length):
                text = first + self._stretch.tokens.decode(ids)
                runs.append(digits_of(text)[:length] if others == [-1] else text[:length])
        return list(dict.fromkeys(runs))

    def score(self, numbers: Sequence[str]) -> None:
        """Put the numbers' likelihoods into `known`."""
        for number in numbers:
            if number in self.known:
                continue
            groups = [self._spoken[int(digit)] for digit in number]
            text = [*self._lead, *(t for group in groups for t in group)]
            chances = self._stretch.chances(text)[len(self._lead) :]
            ends = np.cumsum([len(group) for group in groups])
            self.known[number] = [
                float(chances[end - len(group) : end].sum())
                for end, group in zip(ends, groups, strict=True)
            ]

    def total(self, number: str) -> float:
        """The log likelihood of a scored number."""
        return sum(self.known[number])
