"""Every format a telephone system writes, and every way a file can be broken."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as some

from agentbot.errors import RecordingError
from agentbot.speech.codecs import HEADERLESS, decode
from agentbot.speech.legs import likeness

WITH_HEADER = [
    ("a.wav", "WAV", "PCM_U8", 8_000),
    ("a.wav", "WAV", "PCM_16", 8_000),
    ("a.wav", "WAV", "PCM_24", 44_100),
    ("a.wav", "WAV", "PCM_32", 48_000),
    ("a.wav", "WAV", "FLOAT", 16_000),
    ("a.wav", "WAV", "ULAW", 8_000),
    ("a.wav", "WAV", "ALAW", 8_000),
    ("a.wav", "WAV", "GSM610", 8_000),
    ("a.WAV", "WAV", "GSM610", 8_000),
    ("a.flac", "FLAC", "PCM_16", 8_000),
    ("a.ogg", "OGG", "VORBIS", 8_000),
    ("a.ogg", "OGG", "OPUS", 8_000),
    ("a.mp3", "MP3", "MPEG_LAYER_III", 8_000),
    ("a.mp3", "MP3", "MPEG_LAYER_III", 22_050),
]


@pytest.mark.parametrize(("name", "container", "subtype", "rate"), WITH_HEADER)
def test_reads_with_header(tmp_path: Path, talk, name, container, subtype, rate) -> None:
    said = talk(1, 3.0, rate)
    file = tmp_path / name
    soundfile.write(file, said, rate, format=container, subtype=subtype)

    sound = decode(file)

    assert sound.rate == min(rate, 16_000)
    assert sound.samples.dtype == np.float32
    assert sound.samples.shape[1] == 1
    assert len(sound.samples) / sound.rate == pytest.approx(3.0, abs=0.06)
    assert sound.warnings == ()
    if rate == sound.rate:
        assert likeness(sound.samples[:, 0], said, rate) > 0.4


@pytest.mark.parametrize("suffix", sorted(HEADERLESS))
def test_reads_without_header(tmp_path: Path, talk, suffix) -> None:
    subtype, rate = HEADERLESS[suffix]
    said = talk(2, 3.0, rate)
    file = tmp_path / f"a{suffix}"
    soundfile.write(file, said, rate, format="RAW", subtype=subtype)

    sound = decode(file)

    assert sound.rate == min(rate, 16_000)
    assert len(sound.samples) / sound.rate == pytest.approx(3.0, abs=0.03)
    if rate == sound.rate:
        assert likeness(sound.samples[:, 0], said, rate) > 0.4


def test_a_wav_called_sln_is_read_as_the_wav_it_is(tmp_path: Path, talk) -> None:
    file = tmp_path / "a.sln"
    soundfile.write(file, talk(3, 1.0, 16_000), 16_000, format="WAV", subtype="PCM_16")

    assert decode(file).rate == 16_000


def test_two_channels_stay_apart(tmp_path: Path, talk) -> None:
    both = np.stack([talk(4), talk(5)], axis=1)
    soundfile.write(tmp_path / "a.wav", both, 8_000, subtype="FLOAT")

    assert np.array_equal(decode(tmp_path / "a.wav").samples, both)


def test_asks_pyav_for_what_soundfile_does_not_know(tmp_path: Path, talk) -> None:
    av = pytest.importorskip("av", reason="PyAV comes with the whisper extra")
    file = tmp_path / "a.m4a"
    with av.open(str(file), "w") as container:
        stream = container.add_stream("aac", rate=16_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(talk(6, 2.0, 16_000)[None, :], "fltp", "mono")
        frame.sample_rate = 16_000
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)

    sound = decode(file)

    assert len(sound.samples) / sound.rate == pytest.approx(2.0, abs=0.15)


def _wav(path: Path, samples, rate: int = 8_000, header_rate: int | None = None) -> Path:
    soundfile.write(path, samples, rate, subtype="PCM_16")
    if header_rate is not None:
        data = bytearray(path.read_bytes())
        data[24:28] = struct.pack("<I", header_rate)
        path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"RIFF", "not a sound file"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \x10", "not a sound file"),
        (b"hello, I am a letter" * 50, "not a sound file"),
        (bytes(range(256)) * 20, "not a sound file"),
    ],
)
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "noname"])
def test_what_is_no_sound_is_one_line(tmp_path: Path, name, content, said) -> None:
    file = tmp_path / name
    file.write_bytes(content)

    with pytest.raises(RecordingError, match=said) as caught:
        decode(file)

    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        decode(tmp_path / "none.wav")
    with pytest.raises(RecordingError, match="cannot be read"):
        decode(tmp_path)


def test_a_header_without_sound(tmp_path: Path, talk) -> None:
    file = _wav(tmp_path / "a.wav", talk(7))
    file.write_bytes(file.read_bytes()[:44])

    with pytest.raises(RecordingError, match="no sound"):
        decode(file)


@pytest.mark.parametrize("kept", [0.3, 0.5, 0.9])
@pytest.mark.parametrize(
    ("name", "subtype"), [("a.wav", "PCM_16"), ("a.wav", "GSM610"), ("a.flac", "PCM_16")]
)
def test_a_cut_file_is_read_as_far_as_it_goes(tmp_path: Path, talk, name, subtype, kept) -> None:
    file = tmp_path / name
    soundfile.write(file, talk(8, 10.0), 8_000, subtype=subtype)
    data = file.read_bytes()
    file.write_bytes(data[: round(len(data) * kept)])

    sound = decode(file)

    assert len(sound.samples) / sound.rate == pytest.approx(10.0 * kept, abs=1.5)
    assert "cut off" in " ".join(sound.warnings)
    assert sound.cut


def test_a_few_samples_less_than_promised_are_no_cut(tmp_path: Path, talk) -> None:
    file = _wav(tmp_path / "a.wav", talk(9, 4.0))
    file.write_bytes(file.read_bytes()[:-4_000])

    sound = decode(file)

    assert "cut off" in sound.warnings[0]
    assert not sound.cut


@pytest.mark.parametrize("length", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_never_filled_in_loses_nothing(tmp_path: Path, talk, length) -> None:
    file = _wav(tmp_path / "a.wav", talk(9, 2.0))
    data = bytearray(file.read_bytes())
    data[40:44] = struct.pack("<I", length)
    file.write_bytes(data)

    sound = decode(file)

    assert len(sound.samples) == 16_000
    assert ["never finished" in warning for warning in sound.warnings] == [True] * (length == 0)
    assert sound.cut is (length == 0)


@pytest.mark.parametrize("rate", [1, 800, 4_000, 96_000, 2_000_000])
def test_a_rate_no_telephone_has_is_named(tmp_path: Path, talk, rate) -> None:
    file = _wav(tmp_path / "a.wav", talk(10, 1.0), header_rate=rate)

    with pytest.raises(RecordingError, match=f"sample rate of {rate} Hz"):
        decode(file)


@pytest.mark.parametrize(
    ("at", "field", "said"),
    [
        (24, 16_000, "16000 Hz, but 16000 bytes a second (that is 8000 Hz); which is true"),
        (28, 32_000, "8000 Hz, but 32000 bytes a second (that is 16000 Hz); which is true"),
        (32, 4, "1 channels of 16 bits, but blocks of 4 bytes"),
        (34, 8, "1 channels of 8 bits, but blocks of 2 bytes"),
    ],
)
def test_a_header_that_may_mean_two_things_is_refused(
    tmp_path: Path, talk, at, field, said
) -> None:
    file = _wav(tmp_path / "a.wav", talk(11, 1.0))
    size = 4 if at < 32 else 2
    data = bytearray(file.read_bytes())
    data[at : at + size] = field.to_bytes(size, "little")
    file.write_bytes(data)

    with pytest.raises(RecordingError, match="contradicts itself") as refused:
        decode(file)
    assert said in str(refused.value)


@pytest.mark.parametrize("byte_rate", [0, 8_000, 12_345])
def test_a_byte_rate_that_is_none_changes_no_rate_and_is_told(
    tmp_path: Path, talk, byte_rate
) -> None:
    file = _wav(tmp_path / "a.wav", talk(11, 1.0))
    data = bytearray(file.read_bytes())
    data[28:32] = byte_rate.to_bytes(4, "little")
    file.write_bytes(data)

    sound = decode(file)

    assert sound.rate == 8_000
    assert "8000 Hz was taken" in sound.warnings[0]


def test_more_than_two_channels(tmp_path: Path, talk) -> None:
    file = _wav(tmp_path / "a.wav", np.stack([talk(seed, 1.0) for seed in range(3)], axis=1))

    with pytest.raises(RecordingError, match="3 channels"):
        decode(file)


def test_too_long_is_bounded(tmp_path: Path, talk) -> None:
    file = _wav(tmp_path / "a.wav", talk(12, 10.0))

    assert len(decode(file, longest=10.0).samples) == 80_000
    with pytest.raises(RecordingError, match=r"longer than 0\.15 minutes"):
        decode(file, longest=9.0)


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path, talk) -> None:
    said = talk(13, 1.0)
    said[100:200] = np.nan
    soundfile.write(tmp_path / "a.wav", said, 8_000, subtype="FLOAT")

    sound = decode(tmp_path / "a.wav")

    assert np.isfinite(sound.samples).all()
    assert "no numbers" in sound.warnings[0]


@settings(max_examples=60, deadline=None)
@given(
    at=some.integers(0, 60), junk=some.binary(min_size=1, max_size=12), cut=some.integers(0, 9_000)
)
def test_a_mangled_header_is_read_or_refused(tmp_path_factory, at, junk, cut) -> None:
    file = tmp_path_factory.mktemp("mangled") / "a.wav"
    soundfile.write(file, np.full(4_000, 0.1, np.float32), 8_000, subtype="PCM_16")
    data = bytearray(file.read_bytes())
    data[at : at + len(junk)] = junk
    file.write_bytes(data[: cut + 1])

    with suppress(RecordingError):
        sound = decode(file)

        assert len(sound.samples) > 0
        assert np.isfinite(sound.samples).all()
