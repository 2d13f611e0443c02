"""Files to the two legs of a call, and what is said where that cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from agentbot.core.events import AudioLost, Leg, LossCause
from agentbot.errors import RecordingError
from agentbot.speech.recording import read_recording


def _write(file: Path, *channels, rate: int = 8_000) -> Path:
    longest = max(map(len, channels))
    padded = [np.pad(channel, (0, longest - len(channel))) for channel in channels]
    soundfile.write(file, np.stack(padded, axis=1), rate, subtype="FLOAT", format="WAV")
    return file


def test_two_channels(tmp_path: Path, talk) -> None:
    left, right = talk(1), talk(2)
    file = _write(tmp_path / "a.wav", left, right)

    recording = read_recording([file])

    assert recording.legs_apart
    assert recording.seconds == 6.0
    assert np.array_equal(recording.legs[Leg.CALLER].samples, left)
    assert np.array_equal(recording.legs[Leg.OPERATOR].samples, right)
    assert recording.channels["layout"] == "apart"
    assert recording.channels["operator"] == "right"
    assert recording.channels["how"].startswith("assumed")
    assert recording.warnings == ()
    assert recording.lost == ()
    assert recording.sound == (file,)


def test_the_operator_as_given(tmp_path: Path, talk) -> None:
    left, right = talk(1), talk(2)
    file = _write(tmp_path / "a.wav", left, right)

    recording = read_recording([file], operator="left")

    assert np.array_equal(recording.legs[Leg.OPERATOR].samples, left)
    assert recording.channels["operator"] == "left"
    assert recording.channels["how"] == "given"


def test_swapped_is_the_same_call_the_other_way_round(tmp_path: Path, talk) -> None:
    left, right = talk(1), np.zeros(48_000, np.float32)
    recording = read_recording([_write(tmp_path / "a.wav", left, right)])

    turned = recording.swapped("by words")

    assert np.array_equal(turned.legs[Leg.OPERATOR].samples, left)
    assert turned.channels["operator"] == "left"
    assert turned.channels["how"] == "by words"
    assert [loss.leg for loss in recording.lost] == [Leg.OPERATOR]
    assert [loss.leg for loss in turned.lost] == [Leg.CALLER]


@pytest.mark.parametrize("order", [("x-in.wav", "x-out.wav"), ("x-out.wav", "x-in.wav")])
def test_a_pair_in_any_order(tmp_path: Path, talk, order) -> None:
    sound = {"x-in.wav": talk(1), "x-out.wav": talk(2)}
    files = [_write(tmp_path / name, sound[name]) for name in order]

    recording = read_recording(files)

    assert np.array_equal(recording.legs[Leg.CALLER].samples, sound["x-in.wav"])
    assert np.array_equal(recording.legs[Leg.OPERATOR].samples, sound["x-out.wav"])
    assert recording.channels["source"] == "pair"
    assert "x-out.wav the operator" in recording.channels["how"]


def test_halves_of_different_length_and_rate(tmp_path: Path, talk) -> None:
    files = [
        _write(tmp_path / "x-in.wav", talk(1, 6.0, 16_000), rate=16_000),
        _write(tmp_path / "x-out.wav", talk(2, 3.5)),
    ]

    recording = read_recording(files)

    assert {leg.rate for leg in recording.legs.values()} == {8_000}
    assert {len(leg.samples) for leg in recording.legs.values()} == {48_000}
    assert not recording.legs[Leg.OPERATOR].samples[28_000:].any()
    assert "x-out.wav is 2.5 s shorter" in recording.warnings[0]
    assert [(loss.leg, loss.start, loss.end) for loss in recording.lost] == [
        (Leg.OPERATOR, 3.5, 6.0)
    ]


def test_one_channel_is_named_and_not_judged(tmp_path: Path, talk) -> None:
    recording = read_recording([_write(tmp_path / "a.wav", talk(1) + talk(2))])

    assert not recording.legs_apart
    assert recording.channels["layout"] == "mono"
    assert recording.channels["operator"] == "unknown"
    assert "one channel only" in recording.warnings[0]
    assert {loss.leg for loss in recording.lost} == set(Leg)
    assert recording.swapped("by words") is recording


@pytest.mark.parametrize("pair", [False, True])
def test_the_same_signal_twice_is_named(tmp_path: Path, talk, pair) -> None:
    said = talk(1) + talk(2)
    late = np.concatenate([np.zeros(400, np.float32), 0.5 * said])[:48_000]
    if pair:
        files = [_write(tmp_path / "x-in.wav", said), _write(tmp_path / "x-out.wav", late)]
    else:
        files = [_write(tmp_path / "a.wav", said, late)]

    recording = read_recording(files)

    assert not recording.legs_apart
    assert recording.channels["layout"] == "same_twice"
    assert "same signal on both" in recording.warnings[0]


def test_a_silent_leg_is_lost_not_missed(tmp_path: Path, talk) -> None:
    recording = read_recording([_write(tmp_path / "a.wav", np.zeros(48_000, np.float32), talk(1))])

    assert recording.legs_apart
    assert recording.lost == (
        AudioLost(leg=Leg.CALLER, start=0.0, end=6.0, cause=LossCause.NOT_TAPPED),
    )
    assert "one channel (left)" in recording.warnings[0]


def test_silence_is_refused(tmp_path: Path) -> None:
    silence = np.zeros(48_000, np.float32)

    with pytest.raises(RecordingError, match="no speech"):
        read_recording([_write(tmp_path / "a.wav", silence, silence)])


@pytest.mark.parametrize("count", [0, 3])
def test_a_call_is_one_file_or_two(tmp_path: Path, count) -> None:
    with pytest.raises(RecordingError, match="one file or two"):
        read_recording([tmp_path / "a.wav"] * count)


def test_half_of_a_pair_with_two_channels(tmp_path: Path, talk) -> None:
    files = [
        _write(tmp_path / "x-in.wav", talk(1)),
        _write(tmp_path / "x-out.wav", talk(2), talk(3)),
    ]

    with pytest.raises(RecordingError, match=r"x-out\.wav: one of two files"):
        read_recording(files)


def test_what_a_file_warned_of_is_passed_on(tmp_path: Path, talk) -> None:
    file = _write(tmp_path / "a.wav", talk(1), talk(2))
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])

    recording = read_recording([file])

    assert "cut off" in recording.warnings[0]
    # Nobody knows what was said after that.
    assert {(loss.leg, loss.start) for loss in recording.lost} == {
        (leg, recording.seconds) for leg in Leg
    }
    assert all(loss.end > recording.seconds + 5 for loss in recording.lost)
