"""The sound that a page carries: right, bounded, the same each time."""

from __future__ import annotations

import io
import time

import examples
import numpy as np
import pytest
import soundfile as sf

from agentbot.core.events import Leg
from agentbot.report import sound as module
from agentbot.report.sound import MOST_BYTES, Sound, sound


def _leg(seconds: float, rate: int = 8000, level: float = 0.5) -> examples.Recorded:
    times = np.arange(int(seconds * rate)) / rate
    tone = level * np.sin(2 * np.pi * 440 * times)
    return examples.Recorded(samples=tone.astype(np.float32), rate=rate)


def _noise(seconds: float) -> examples.Recorded:
    """Sound that packs badly."""
    samples = np.random.default_rng(3).uniform(-0.9, 0.9, int(seconds * 8000))
    return examples.Recorded(samples=samples.astype(np.float32), rate=8000)


def _unpack(made: Sound) -> tuple[np.ndarray, int]:
    samples, rate = sf.read(io.BytesIO(made.audio), dtype="float32", always_2d=True)
    return samples, rate


def test_a_call_is_flac_sample_for_sample_caller_left() -> None:
    legs = {Leg.OPERATOR: _leg(3.0, level=0.2), Leg.CALLER: _leg(3.0, level=0.8)}

    made = sound(legs)
    samples, rate = _unpack(made)

    assert (made.mime, rate, made.seconds) == ("audio/flac", 8000, 3.0)
    assert np.allclose(samples[:, 0], legs[Leg.CALLER].samples, atol=1e-4)
    assert np.allclose(samples[:, 1], legs[Leg.OPERATOR].samples, atol=1e-4)


def test_the_same_sound_gives_the_same_bytes_at_another_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 200_000)
    legs = {Leg.CALLER: _noise(60.0), Leg.OPERATOR: _leg(60.0)}
    short = {Leg.CALLER: _noise(2.0), Leg.OPERATOR: _leg(2.0)}

    first, first_short = sound(legs), sound(short)
    time.sleep(1.1)  # encoders that stamp the time do so by the second
    second, second_short = sound(legs), sound(short)

    assert (first.mime, first_short.mime) == ("audio/mpeg", "audio/flac")
    assert first == second
    assert first_short == second_short


@pytest.mark.parametrize(("most", "bitrate"), [(250_000, 32), (200_000, 24), (130_000, 16)])
def test_a_long_call_becomes_mp3_that_fits_and_keeps_time(
    monkeypatch: pytest.MonkeyPatch, most: int, bitrate: int
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", most)  # 40 minutes would take long to pack

    made = sound({Leg.CALLER: _noise(60.0), Leg.OPERATOR: _leg(60.0)})
    samples, rate = _unpack(made)

    assert made.mime == "audio/mpeg"
    assert len(made.audio) <= most
    assert len(made.audio) * 8 / 60 == pytest.approx(bitrate * 1000, rel=0.01)
    assert len(samples) / rate == pytest.approx(60.0, abs=0.1)
    assert samples[:, 1].std() > 0.2


def test_a_call_beyond_all_bounds_has_a_picture_and_no_sound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10_000)

    made = sound({Leg.CALLER: _noise(60.0), Leg.OPERATOR: _leg(60.0)})

    assert made.audio == b""
    assert len(made.peaks[Leg.CALLER]) == 1500


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 44100, 48000])
def test_any_rate_is_played(rate: int) -> None:
    made = sound({Leg.CALLER: _leg(1.0, rate), Leg.OPERATOR: _leg(1.0, 8000)})
    samples, packed_at = _unpack(made)

    assert packed_at == (8000 if rate == 8000 else 16000)
    assert len(samples) == packed_at
    assert samples[:, 0].std() == pytest.approx(0.5 / 2**0.5, rel=0.05)


def test_a_shorter_and_a_missing_leg_are_silent() -> None:
    half, _ = _unpack(sound({Leg.CALLER: _leg(1.0), Leg.OPERATOR: _leg(2.0)}))
    alone, _ = _unpack(sound({Leg.OPERATOR: _leg(1.0)}))

    assert len(half) == 16000
    assert not half[8000:, 0].any()
    assert not alone[:, 0].any()


@pytest.mark.parametrize("legs", [{}, {Leg.CALLER: _leg(0.0), Leg.OPERATOR: _leg(0.0)}])
def test_no_sound_at_all_is_a_moment_of_silence(legs: dict[Leg, examples.Recorded]) -> None:
    made = sound(legs)

    assert made.seconds == 0.0
    assert made.peaks == {Leg.CALLER: ((0, 0),), Leg.OPERATOR: ((0, 0),)}


def test_samples_no_line_carries_are_cut_off() -> None:
    wild = np.array([np.nan, np.inf, -np.inf, 7.0] * 2000, np.float32)

    samples, _ = _unpack(sound({Leg.CALLER: examples.Recorded(samples=wild, rate=8000)}))

    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0


def test_peaks_are_bounded_and_show_where_it_is_loud() -> None:
    samples = np.zeros(8000 * 600, np.float32)
    samples[8000 * 300 : 8000 * 301] = -0.6
    made = sound({Leg.CALLER: examples.Recorded(samples=samples, rate=8000)})

    peaks = made.peaks[Leg.CALLER]

    assert len(peaks) == 3000
    assert {place // 10 for place, (low, _) in enumerate(peaks) if low == -60} == {150}
    assert max(high for _, high in peaks) == 0
    assert len(made.audio) <= MOST_BYTES
