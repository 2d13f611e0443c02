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

from agentbot.errors import RecognizerError
from agentbot.speech.vad import RATE

__all__ = ["Decoded", "Decoder", "Piece", "Placed"]

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
        limit = len(before) + len(self._start) + 8 + int(_TOKENS_PER_SECOND * length)
        result = self._model.model.generate(
            encoded, [[*before, *self._start]], beam_size=_BEAM, max_length=min(448, limit), return_scores=True
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

    def guesses(self, samples: NDArray[np.float32], count: int, prompt: str = "") -> list[str]:
        """The `count` best readings of a sound, best first."""
        encoded, _ = self.encode(samples)
        before = [self._tokens.sot_prev, *self._tokens.encode(" " + prompt)] if prompt else []
        limit = len(before) + len(self._start) + 8 + int(_TOKENS_PER_SECOND * len(samples) / RATE)
        result = self._model.model.generate(
            encoded, [[*before, *self._start]], beam_size=max(_BEAM, count), num_hypotheses=count,
            max_length=min(448, limit),
        )[0]  # fmt: skip
        texts = [self._simplify(self._tokens.decode([t for t in s if t < self._tokens.eot])) for s in result.sequences_ids]
        return list(dict.fromkeys(t.strip() for t in texts if t.strip()))


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
