"""One stretch of sound, encoded once and asked many questions: forced and closed decoding.

What it has answered it knows: live, the caller's number is asked about before the operator
reads it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Stretch"]

_LEAST: Final = 1e-9
"""Probability below which differences mean nothing."""


class Stretch:
    """What Whisper's decoder makes of one encoded sound, behind words given to it."""

    def __init__(
        self, model: Any, tokens: Any, start: list[int], encoded: Any, frames: int
    ) -> None:
        self.model, self.tokens = model, tokens
        self.start, self.encoded, self.frames = start, encoded, frames
        self._chances: dict[tuple[int, ...], NDArray[np.float64]] = {}
        self._runs: dict[tuple[int, ...], list[list[int]]] = {}

    def chances(self, ids: list[int]) -> NDArray[np.float64]:
        """Log probability of each token of a text, said from the beginning on."""
        found = self._chances.get(tuple(ids))
        if found is None:
            aligned = self.model.align(self.encoded, self.start, [ids], [self.frames])[0]
            found = np.log(np.maximum(aligned.text_token_probs, _LEAST))
            self._chances[tuple(ids)] = found
        return found

    def runs(
        self, before: Sequence[int], others: Sequence[int], count: int, length: int
    ) -> list[list[int]]:
        """The `count` likeliest runs of some `length` tokens behind the tokens `before`.

        None of the tokens in `others` is in them ([-1]: what the model never writes).
        """
        key = (*before, -len(others), count, length)
        if key not in self._runs:
            prompt = [*self.start, *before]
            result = self.model.generate(
                self.encoded, [prompt], beam_size=count, num_hypotheses=count, suppress_blank=False,
                max_length=2 * (len(prompt) + length), suppress_tokens=others,
            )[0]  # fmt: skip
            # What was put before is given back along with what was decoded behind it.
            self._runs[key] = [
                [t for t in ids[len(before) :] if t < self.tokens.eot]
                for ids in result.sequences_ids
            ]
        return self._runs[key]

    def likelihood(self, lead: str, text: str) -> float:
        """How likely `text` follows the words of `lead` (sum of log probabilities)."""
        before = self.tokens.encode(lead)
        return float(self.chances([*before, *self.tokens.encode(text)])[len(before) :].sum())

    def mean(self, text: str) -> float:
        """How likely `text` is said: mean log probability of a token."""
        return float(self.chances(self.tokens.encode(text)).mean())

    def following(self, lead: str) -> NDArray[np.float64]:
        """Log probability of every token of the vocabulary, straight behind `lead`."""
        before = self.tokens.encode(lead)
        result = self.model.generate(
            self.encoded, [[*self.start, *before]], beam_size=1, suppress_blank=False,
            max_length=2 * (len(self.start) + len(before) + 1), suppress_tokens=[], return_logits_vocab=True,
        )[0]  # fmt: skip
        logits = np.asarray(result.logits[0][len(before)], np.float64).ravel()
        found: NDArray[np.float64] = logits - np.logaddexp.reduce(logits)
        return found

    def spelled(self, lead: str, others: Sequence[int], count: int, length: int) -> list[str]:
        """The likeliest texts of at most `length` tokens behind `lead`, without the tokens in `others`."""
        before = self.tokens.encode(lead)
        result = self.model.generate(
            self.encoded, [[*self.start, *before]], beam_size=count, num_hypotheses=count,
            suppress_blank=False, suppress_tokens=others, max_length=2 * (len(before) + length),
        )[0]  # fmt: skip
        texts = (
            self.tokens.decode([t for t in ids[len(before) :] if t < self.tokens.eot])
            for ids in result.sequences_ids
        )
        return list(dict.fromkeys(texts))
