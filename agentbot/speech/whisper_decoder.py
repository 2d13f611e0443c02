"""One window of sound through Whisper: tokens, their times and their probabilities.

Whisper is trained on windows of thirty seconds, but CTranslate2 takes shorter ones, and the
encoder's cost falls faster than the window's length. Accuracy needs context, so several
utterances go into one window, set apart by silence, and the words are dealt out again by
the decoder's own alignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agentbot.core.values.digits import digits_of
from agentbot.errors import RecognizerError
from agentbot.speech.vad import RATE

__all__ = ["Decoded", "Decoder", "DigitScorer", "Piece", "Placed"]

_GAP: Final = 0.7
"""Seconds of silence between utterances of a window; with less, words run over the edge."""
_TAIL: Final = 1.0
"""Seconds of silence behind the last utterance; with less, the end is cut or invented."""
_AHEAD: Final = 0.25
"""Seconds by which the alignment's times lead; tried 0 to 0.4 s on recorded calls, the words
dealt to the wrong utterance were fewest here (syllable errors 24.5 % at 0, 16.6 % at 0.25)."""
_FRAME: Final = 0.02
"""Seconds of one encoder frame."""
_BEAM: Final = 5
_TOKENS_PER_SECOND: Final = 9
"""No one says more; a decoder that goes on is looping."""
_LOOP: Final = 4
"""So many repetitions in a row of the same one to four tokens are a loop."""
_LANGUAGE: Final = "zh"
_LEAD: Final = "电话是"
"""Words put before the digits, so that the decoder skips whatever leads up to them."""
_SPOKEN: Final = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Piece:
    """One utterance to be decoded: seconds in the leg, and its sound at 16 kHz."""

    start: float
    end: float
    samples: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Placed:
    """A word at its time in the leg."""

    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """The words of one piece."""

    piece: Piece
    words: tuple[Placed, ...]
    looped: bool = False

    @property
    def text(self) -> str:
        """All words."""
        return "".join(w.text for w in self.words).strip()

    @property
    def confidence(self) -> float:
        """The words' geometric mean probability, 0..1."""
        if not self.words:
            return 0.0
        return float(np.exp(np.mean([np.log(max(w.probability, 1e-6)) for w in self.words])))


class Decoder:
    """Whisper weights in memory. `threads`: how many windows can be decoded at once."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415 - an extra
            from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415
            from opencc import OpenCC  # noqa: PLC0415
        except ImportError as error:
            raise RecognizerError(
                f"Whisper needs the library {error.name}; run: pip install 'agentbot[whisper]'"
            ) from None
        try:
            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=threads,
                local_files_only=True,
            )  # fmt: skip
        except (RuntimeError, ValueError, OSError) as error:
            line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise RecognizerError(f"{folder}: Whisper cannot load this model: {line}") from None
        self._tokens: Any = Tokenizer(
            self._model.hf_tokenizer, True, task="transcribe", language=_LANGUAGE  # noqa: FBT003
        )
        self._simplify = OpenCC("t2s").convert
        self._start = [*self._tokens.sot_sequence, self._tokens.no_timestamps]

    def encode(self, samples: NDArray[np.float32]) -> tuple[Any, int]:
        """The encoder's view of a sound of at most thirty seconds, and its number of 10 ms frames."""
        tail = np.zeros(int(_TAIL * RATE), np.float32)
        features = self._model.feature_extractor(np.concatenate([samples, tail]), padding=0)
        frames = min(features.shape[1] - features.shape[1] % 2, 3000)
        return self._model.encode(np.ascontiguousarray(features[:, :frames])), frames

    def decode(self, pieces: Sequence[Piece], prompt: str = "") -> list[Decoded]:
        """The words of each piece, decoded together in one window."""
        offsets: list[float] = []
        sounds: list[NDArray[np.float32]] = []
        length = 0.0
        for piece in pieces:
            offsets.append(length)
            sounds += [piece.samples, np.zeros(int(_GAP * RATE), np.float32)]
            length += len(piece.samples) / RATE + _GAP
        encoded, frames = self.encode(np.concatenate(sounds))
        before = [self._tokens.sot_prev, *self._tokens.encode(" " + prompt)] if prompt else []
        limit = _longest(len(before) + len(self._start), 8 + int(_TOKENS_PER_SECOND * length))
        result = self._model.model.generate(
            encoded, [[*before, *self._start]], beam_size=_BEAM, max_length=limit, return_scores=True
        )[0]
        tokens = [t for t in result.sequences_ids[0] if t < self._tokens.eot]
        looped = _loops(tokens)
        words = self._timed(encoded, frames, tokens) if tokens else []
        spans = [(o, o + len(p.samples) / RATE) for p, o in zip(pieces, offsets, strict=True)]
        dealt: list[list[Placed]] = [[] for _ in pieces]
        for word in words:
            mine = _owner(word, spans)
            dealt[mine].append(self._shift(word, pieces[mine], offsets[mine]))
        return [Decoded(p, tuple(d), looped) for p, d in zip(pieces, dealt, strict=True)]

    @staticmethod
    def _shift(word: Placed, piece: Piece, offset: float) -> Placed:
        def place(at: float) -> float:
            return min(max(piece.start + at - offset, piece.start), piece.end)

        return Placed(word.text, place(word.start), place(word.end), word.probability)

    def _timed(self, encoded: Any, frames: int, tokens: list[int]) -> list[Placed]:  # noqa: ANN401
        aligned = self._model.model.align(encoded, self._tokens.sot_sequence, [tokens], [frames])[0]
        probabilities = aligned.text_token_probs
        times: dict[int, tuple[int, int]] = {}
        for token, frame in aligned.alignments:
            first, _ = times.get(token, (frame, frame))
            times[token] = (first, frame)
        texts, groups = self._tokens.split_to_word_tokens([*tokens, self._tokens.eot])
        words: list[Placed] = []
        at = 0
        for text, group in zip(texts[:-1], groups[:-1], strict=True):
            spans = [times[i] for i in range(at, at + len(group)) if i in times]
            chances = probabilities[at : at + len(group)] or [0.0]
            if spans:
                words.append(
                    Placed(
                        self._simplify(text), spans[0][0] * _FRAME, (spans[-1][1] + 1) * _FRAME,
                        float(np.exp(np.mean(np.log(np.maximum(chances, 1e-6))))),
                    )
                )  # fmt: skip
            at += len(group)
        return words

    def likelihoods(self, samples: NDArray[np.float32], texts: Sequence[str]) -> list[float]:
        """How likely each text is as what is said in the sound (sum of log probabilities)."""
        encoded, frames = self.encode(samples)
        found: list[float] = []
        for text in texts:
            tokens = self._tokens.encode(text)
            aligned = self._model.model.align(encoded, self._start, [tokens], [frames])[0]
            found.append(float(np.sum(np.log(np.maximum(aligned.text_token_probs, 1e-9)))))
        return found

    def readings(self, samples: NDArray[np.float32], count: int, margin: float) -> list[str]:
        """Up to `count` readings of a sound, none more than `margin` nats below the best."""
        encoded, _ = self.encode(samples)
        limit = _longest(len(self._start), 8 + int(_TOKENS_PER_SECOND * len(samples) / RATE))
        result = self._model.model.generate(
            encoded, [self._start], beam_size=count, num_hypotheses=count, max_length=limit, return_scores=True
        )[0]
        found: list[str] = []
        sums = [score * max(1, len(ids)) for score, ids in zip(result.scores, result.sequences_ids, strict=True)]
        for total, ids in zip(sums, result.sequences_ids, strict=True):
            text = self._simplify(self._tokens.decode([t for t in ids if t < self._tokens.eot])).strip()
            if text and total >= max(sums) - margin and text not in found:
                found.append(text)
        return found

    def digits(self, samples: NDArray[np.float32]) -> DigitScorer:
        """A listener for digits alone in one sound."""
        encoded, frames = self.encode(samples)
        return DigitScorer(self._model.model, self._tokens, self._start, encoded, frames)


class DigitScorer:
    """One sound, asked for numbers: `known` holds each number's log probabilities by digit."""

    def __init__(self, model: Any, tokens: Any, start: list[int], encoded: Any, frames: int) -> None:  # noqa: ANN401
        self._model, self._encoded, self._frames = model, encoded, frames
        self._start, self._tokens = start, tokens
        self._lead = tokens.encode(_LEAD)
        self._spoken = [tokens.encode(sign) for sign in _SPOKEN]
        self._written = {tokens.encode(str(digit))[0]: str(digit) for digit in range(10)}
        vocabulary = tokens.tokenizer.get_vocab_size()
        self._others = [t for t in range(vocabulary) if t not in self._written]
        self.known: dict[str, list[float]] = {}

    def guesses(self, count: int, length: int) -> list[str]:
        """The likeliest runs of digits, when nothing but digits is allowed and when all is."""
        prompt = [*self._start, *self._lead]
        runs: list[str] = []
        for others in (self._others, [-1]):
            result = self._model.generate(
                self._encoded, [prompt], beam_size=count, num_hypotheses=count, suppress_blank=False,
                max_length=2 * (len(prompt) + length), suppress_tokens=others,
            )[0]  # fmt: skip
            for ids in result.sequences_ids:
                text = self._tokens.decode([t for t in ids if t < self._tokens.eot])
                runs.append(digits_of(text)[:length] if others == [-1] else text[:length])
        return list(dict.fromkeys(runs))

    def score(self, numbers: Sequence[str]) -> None:
        """Put the numbers' likelihoods into `known`."""
        for number in numbers:
            if number in self.known:
                continue
            groups = [self._spoken[int(digit)] for digit in number]
            text = [*self._lead, *(t for group in groups for t in group)]
            aligned = self._model.align(self._encoded, self._start, [text], [self._frames])[0]
            chances = np.log(np.maximum(aligned.text_token_probs[len(self._lead) :], 1e-9))
            ends = np.cumsum([len(group) for group in groups])
            self.known[number] = [
                float(chances[end - len(group) : end].sum()) for end, group in zip(ends, groups, strict=True)
            ]

    def total(self, number: str) -> float:
        """The log likelihood of a scored number."""
        return sum(self.known[number])


def _longest(prompt: int, tokens: int) -> int:
    """CTranslate2's `max_length` for so many new tokens: it allows half of it, or less the prompt."""
    return min(448, max(2 * tokens, prompt + tokens))


def _owner(word: Placed, spans: Sequence[tuple[float, float]]) -> int:
    """The piece whose sound a word overlaps most; in a silence, the next one.

    The alignment runs ahead of the sound by `_AHEAD`.
    """
    overlaps = [min(word.end + _AHEAD, end) - max(word.start + _AHEAD, start) for start, end in spans]
    best = max(range(len(spans)), key=lambda i: (overlaps[i], i))
    if overlaps[best] > 0:
        return best
    return next((i for i, (_, end) in enumerate(spans) if word.end + _AHEAD <= end), len(spans) - 1)


def _loops(tokens: Sequence[int]) -> bool:
    """Whether the same few tokens come again and again without end."""
    for size in (1, 2, 3, 4):
        run = 1
        for i in range(size, len(tokens) - size + 1, size):
            run = run + 1 if tokens[i : i + size] == tokens[i - size : i] else 1
            if run > _LOOP:
                return True
    return False
