"""One sound asked for numbers: decoding to digits alone, and each digit's likelihood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from agentbot.core.values.digits import digits_of
from agentbot.speech.whisper_stretch import Stretch

__all__ = ["DigitScorer", "spoken"]

_LEAD: Final = "电话是"
"""Words put before the digits, so that the decoder skips whatever leads up to them."""
_FIRST: Final = "1"
"""What every mobile number begins with, and recognisers lose."""
_SPOKEN: Final = "零一二三四五六七八九"
_COUNTS: Final = "零一二三四五"
_RUN: Final = re.compile(r"(\d)\1{2,4}")
"""A digit that comes three times and more is often counted."""


def spoken(number: str) -> list[list[str]]:
    """The words that a number may be said with: digit by digit, and a repeated one counted (三个八)."""
    plain = [_SPOKEN[int(digit)] for digit in number]
    run = _RUN.search(number)
    if not run:
        return [plain]
    counted = f"{_COUNTS[len(run.group())]}个{plain[run.start()]}"
    return [plain, [*plain[: run.start()], counted, *plain[run.end() :]]]


class DigitScorer:
    """One sound, asked for numbers: `known` holds each number's log probabilities by digit."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch = stretch
        tokens = stretch.tokens
        self._lead = tokens.encode(_LEAD)
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
            found = [self._chances(said) for said in spoken(number)]
            self.known[number] = max(found, key=sum)

    def _chances(self, said: Sequence[str]) -> list[float]:
        """Log likelihood of each digit; digits counted in one word share its own."""
        encoded = [self._stretch.tokens.encode(word) for word in said]
        text = [*self._lead, *(t for word in encoded for t in word)]
        chances = self._stretch.chances(text)[len(self._lead) :]
        ends = np.cumsum([len(word) for word in encoded])
        found: list[float] = []
        for word, end, tokens in zip(said, ends, encoded, strict=True):
            digits = _COUNTS.index(word[0]) if len(word) > 1 else 1
            found += [float(chances[end - len(tokens) : end].sum()) / digits] * digits
        return found

    def total(self, number: str) -> float:
        """The log likelihood of a scored number."""
        return sum(self.known[number])
