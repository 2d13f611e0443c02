"""sherpa-onnx models of a few kilobytes that tell a low tone from a high one.

They are read and run by the real library; only what they know is small.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TOKENS = ("<blk>", "低", "高")
_LOW, _HIGH = 14, 49
"""Mel bins (of 80, up to 8 kHz) in which the two tones lie."""
_THRESHOLD = -6.0
_CHUNK = 4


def _save(path: Path, nodes, inputs, outputs, constants, description) -> None:
    floats, longs = TensorProto.FLOAT, TensorProto.INT64
    kinds = {"f": floats, "l": longs, "i": TensorProto.INT32}
    graph = helper.make_graph(
        nodes,
        path.stem,
        [helper.make_tensor_value_info(name, kinds[kind], shape) for name, kind, shape in inputs],
        [helper.make_tensor_value_info(name, kinds[kind], shape) for name, kind, shape in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    helper.set_model_props(model, {key: str(value) for key, value in description.items()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _tokens(folder: Path) -> None:
    lines = (f"{token} {number}\n" for number, token in enumerate(TOKENS))
    (folder / "tokens.txt").write_text("".join(lines), encoding="utf-8")


def _ears(bins: int) -> np.ndarray:
    """(bins, 3): how far the neighbourhood of each tone stands out, for blank, 低, 高."""
    weights = np.zeros((bins, 3), np.float32)
    for word, middle in ((1, _LOW), (2, _HIGH)):
        weights[middle - 1 : middle + 2, word] = 1 / 3
    return weights


def transducer(folder: Path) -> Path:
    """A streaming transducer (of sherpa's `lstm` type) that says each word once per change."""
    folder.mkdir()
    _tokens(folder)
    node = helper.make_node
    _save(
        folder / "encoder.onnx",
        [
            node("MatMul", ["x", "ears"], ["all"]),
            node("ReduceMean", ["all"], ["mean"], axes=[1], keepdims=1),
            node("Add", ["mean", "bias"], ["encoder_out"]),
            node("Identity", ["h"], ["next_h"]),
            node("Identity", ["c"], ["next_c"]),
        ],
        [("x", "f", ["N", _CHUNK, 80]), ("h", "f", [1, "N", 1]), ("c", "f", [1, "N", 1])],
        [
            ("encoder_out", "f", ["N", 1, 3]),
            ("next_h", "f", [1, "N", 1]),
            ("next_c", "f", [1, "N", 1]),
        ],
        {"ears": _ears(80), "bias": np.array([0, -_THRESHOLD, -_THRESHOLD], np.float32)},
        {
            "model_type": "lstm",
            "num_encoder_layers": 1,
            "T": _CHUNK,
            "decode_chunk_len": _CHUNK,
            "rnn_hidden_size": 1,
            "d_model": 1,
        },
    )
    # What was said last is not said again until another word or a reset.
    memory = np.diag([0.0, -50.0, -50.0]).astype(np.float32)
    _save(
        folder / "decoder.onnx",
        [
            node("Gather", ["y", "last"], ["token"], axis=1),
            node("Gather", ["memory", "token"], ["decoder_out"], axis=0),
        ],
        [("y", "l", ["N", 2])],
        [("decoder_out", "f", ["N", 3])],
        {"memory": memory, "last": np.array(1, np.int64)},
        {"vocab_size": len(TOKENS), "context_size": 2},
    )
    _save(
        folder / "joiner.onnx",
        [node("Add", ["encoder_out", "decoder_out"], ["logit"])],
        [("encoder_out", "f", ["N", 3]), ("decoder_out", "f", ["N", 3])],
        [("logit", "f", ["N", 3])],
        {},
        {"joiner_dim": 3},
    )
    return folder


def sense_voice(folder: Path) -> Path:
    """A SenseVoice model that writes 低 or 高 for whichever band is the louder."""
    folder.mkdir()
    _tokens(folder)
    node = helper.make_node
    stacked = np.tile(_ears(80), (7, 1)) / 7  # SenseVoice sees seven frames at once
    _save(
        folder / "model.onnx",
        [
            node("MatMul", ["x", "ears"], ["all"]),
            node("Add", ["all", "bias"], ["heard"]),
            node("Concat", ["prefix", "heard"], ["logits"], axis=1),
        ],
        [
            ("x", "f", [1, "T", 560]),
            ("x_length", "i", [1]),
            ("language", "i", [1]),
            ("text_norm", "i", [1]),
        ],
        [("logits", "f", [1, "T4", 3])],
        {
            "ears": stacked.astype(np.float32),
            "bias": np.array([0, -_THRESHOLD, -_THRESHOLD], np.float32),
            # Language, emotion, event and normalisation come before the words.
            "prefix": np.tile(np.array([9, 0, 0], np.float32), (1, 4, 1)),
        },
        {
            "model_type": "sense_voice_ctc",
            "lfr_window_size": 7,
            "lfr_window_shift": 6,
            "normalize_samples": 1,
            "vocab_size": len(TOKENS),
            "with_itn": 14,
            "without_itn": 15,
            "lang_auto": 0,
            "lang_zh": 3,
            "lang_en": 4,
            "lang_yue": 7,
            "lang_ja": 11,
            "lang_ko": 12,
            "neg_mean": ",".join(["0"] * 560),
            "inv_stddev": ",".join(["1"] * 560),
        },
    )
    return folder
