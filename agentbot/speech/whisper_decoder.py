"""One window of sound through Whisper: tokens, their times and their probabilities.

Whisper is trained on windows of thirty seconds, but CTranslate2 takes shorter ones, and the
encoder's cost falls faster than the window's length. Accuracy needs context, so several
utterances go into one window, set apart by silence, and the words are dealt out again by
the decoder's own alignment.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agentbot.errors import RecognizerError
from agentbot.speech.vad import RATE
from agentbot.speech.whisper_stretch import Stretch
from agentbot.speech.whisper_words import Decoded, Piece, Placed, loops, owner, unstopped

__all__ = ["GAP", "Decoded", "Decoder", "Piece", "Placed"]

GAP: Final = 0.7
"""Seconds of silence between utterances of a window; with less, words run over the edge."""
_TAIL: Final = 1.0
"""Seconds of silence behind the last utterance; with less, the end is cut or invented."""
_FRAME: Final = 0.02
"""Seconds of one encoder frame."""
_BEAM: Final = 5
_TOKENS_PER_SECOND: Final = 9
"""No one says more; a decoder that goes on is looping."""
_LANGUAGE: Final = "zh"
_SHAPES: Final = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
"""Lengths of sound for which the library keeps its programs, some 1.5 MB each. Hardly two windows
are equally long: with the library's own 1,024 memory grows for days and nothing gets faster."""
_FILES: Final = ("config.json", "model.bin", "tokenizer.json")
_CURE: Final = "run: agentbot models fetch whisper-base, or name another folder"


class Decoder:
    """Whisper weights in memory. `threads`: how many windows can be decoded at once.

    Raises:
        RecognizerError: the library is not installed, or `folder` holds no whole model.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        os.environ.setdefault(*_SHAPES)
        try:
            from faster_whisper import WhisperModel  # noqa: PLC0415 - an extra
            from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415
            from opencc import OpenCC  # noqa: PLC0415
        except ImportError as error:
            raise RecognizerError(
                f"Whisper needs the library {error.name}; run: pip install 'agentbot[whisper]'"
            ) from None
        # The library would look on the network for a tokenizer that is not there.
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise RecognizerError(
                f"{folder}: no Whisper model ({', '.join(missing)} missing); {_CURE}"
            )
        try:
            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=threads,
                local_files_only=True,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001 - tokenizers raises nothing narrower
            line = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise RecognizerError(
                f"{folder}: this Whisper model cannot be loaded ({line}); {_CURE}"
            ) from None
        self._tokens: Any = Tokenizer(
            self._model.hf_tokenizer, True, task="transcribe", language=_LANGUAGE
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
        """The words of each piece, decoded together in one window.

        `pieces`: at most some 27 s of one leg, by time; `prompt`: text taken as said before.
        """
        offsets: list[float] = []
        sounds: list[NDArray[np.float32]] = []
        length = 0.0
        for piece in pieces:
            offsets.append(length)
            sounds += [piece.samples, np.zeros(int(GAP * RATE), np.float32)]
            length += len(piece.samples) / RATE + GAP
        encoded, frames = self.encode(np.concatenate(sounds))
        before = [self._tokens.sot_prev, *self._tokens.encode(" " + prompt)] if prompt else []
        limit = _longest(len(before) + len(self._start), 8 + int(_TOKENS_PER_SECOND * length))
        result = self._model.model.generate(
            encoded,
            [[*before, *self._start]],
            beam_size=_BEAM,
            max_length=limit,
            return_scores=True,
        )[0]
        tokens = [t for t in result.sequences_ids[0] if t < self._tokens.eot]
        looped = loops(tokens)
        words = self._timed(encoded, frames, tokens) if tokens else []
        spans = [(o, o + len(p.samples) / RATE) for p, o in zip(pieces, offsets, strict=True)]
        dealt: list[list[Placed]] = [[] for _ in pieces]
        for word in words:
            mine = owner(word, spans)
            dealt[mine].append(self._shift(word, pieces[mine], offsets[mine]))
        return [Decoded(p, unstopped(d), looped) for p, d in zip(pieces, dealt, strict=True)]

    @staticmethod
    def _shift(word: Placed, piece: Piece, offset: float) -> Placed:
        def place(at: float) -> float:
            return min(max(piece.start + at - offset, piece.start), piece.end)

        return Placed(word.text, place(word.start), place(word.end), word.probability)

    def _timed(self, encoded: Any, frames: int, tokens: list[int]) -> list[Placed]:
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

    def stretch(self, samples: NDArray[np.float32]) -> Stretch:
        """A sound encoded once, to be asked what was said in it."""
        encoded, frames = self.encode(samples)
        return Stretch(self._model.model, self._tokens, self._start, encoded, frames)


def _longest(prompt: int, tokens: int) -> int:
    """CTranslate2's `max_length` for so many new tokens: it allows half of it, or less the prompt."""
    return min(448, max(2 * tokens, prompt + tokens))
