"""Every warning that a real recording gives is said in Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from agentbot.report.notices import notice
from agentbot.speech.legs import assign_by_words
from agentbot.speech.recording import read_recording

RATE = 8000


def _talk(seed: int, seconds: float = 4.0) -> np.ndarray:
    """Noise in bursts, as loud and quiet as speech."""
    random = np.random.default_rng(seed)
    times = np.arange(int(seconds * RATE)) / RATE
    return 0.3 * random.standard_normal(len(times)) * (np.sin(times * (3 + seed)) > 0)


def _write(path: Path, *channels: np.ndarray, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.stack(channels, axis=1), RATE, subtype=subtype)
    return path


def _mono(folder: Path) -> list[Path]:
    return [_write(folder / "a.wav", _talk(1))]


def _twice(folder: Path) -> list[Path]:
    return [_write(folder / "a.wav", _talk(1), _talk(1))]


def _one_silent(folder: Path) -> list[Path]:
    return [_write(folder / "a.wav", _talk(1), 0 * _talk(1))]


def _cut_off(folder: Path) -> list[Path]:
    (path,) = [_write(folder / "a.wav", _talk(1), _talk(2))]
    path.write_bytes(path.read_bytes()[:-20_000])
    return [path]


def _unfinished(folder: Path) -> list[Path]:
    path = _write(folder / "a.wav", _talk(1), _talk(2))
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = bytes(4)
    path.write_bytes(content)
    return [path]


def _contradicting(folder: Path) -> list[Path]:
    path = _write(folder / "a.wav", _talk(1), _talk(2))
    content = bytearray(path.read_bytes())
    content[28:32] = (2 * RATE).to_bytes(4, "little")
    path.write_bytes(content)
    return [path]


def _no_numbers(folder: Path) -> list[Path]:
    left = _talk(1)
    left[100] = np.nan
    return [_write(folder / "a.wav", left, _talk(2), subtype="FLOAT")]


def _uneven_and_cut_off(folder: Path) -> list[Path]:
    short = _write(folder / "a-in.wav", _talk(1))
    short.write_bytes(short.read_bytes()[:-30_000])
    return [short, _write(folder / "a-out.wav", _talk(2))]


@pytest.mark.parametrize(
    "made",
    [
        _mono,
        _twice,
        _one_silent,
        _cut_off,
        _unfinished,
        _contradicting,
        _no_numbers,
        _uneven_and_cut_off,
    ],
)
def test_a_warning_is_said_in_chinese(made: Callable[[Path], list[Path]], tmp_path: Path) -> None:
    warnings = read_recording(made(tmp_path)).warnings

    assert warnings
    for warning in warnings:
        assert _english(notice(warning, "zh")) == [], warning
        assert re.findall(r"\d+", notice(warning, "zh")) == re.findall(r"\d+", warning)
        assert notice(warning, "en") == warning


@pytest.mark.parametrize("wordings", [["请问您的地址是哪里"], []])
@pytest.mark.parametrize(
    "frame",
    [
        "the channels are swapped: left was given as the operator, yet {why}",
        "who is the operator cannot be told ({why}), nothing is judged; give --operator",
    ],
)
def test_who_speaks_is_explained_in_chinese(frame: str, wordings: list[str]) -> None:
    texts = {"left": ["你好"], "right": ["请问您的地址是哪里"]}
    for first in ("left", None):
        why = assign_by_words(texts, wordings, first=first).why

        assert _english(notice(frame.format(why=why), "zh").replace("--operator", "")) == []


def test_a_warning_that_nobody_translated_stays_as_it_is() -> None:
    assert notice("the moon is {full}", "zh") == "the moon is {full}"


def _english(text: str) -> list[str]:
    plain = re.sub(r"[\w-]+\.wav|WAV|Hz", "", text)
    return re.findall(r"[A-Za-z]+", plain)
