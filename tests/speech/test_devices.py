"""Which inputs of a machine are the operator's and the caller's, and what is said where there are none."""

from __future__ import annotations

import importlib
import sys
import time

import numpy as np
import pytest
from shell import Command

from agentbot.core.events import Leg
from agentbot.errors import RecordingError
from agentbot.speech.devices import RATE, Devices
from agentbot.testing import FakeSounddevice

TONE = (8_000 * np.sin(2 * np.pi * 400 * np.arange(48_000) / 48_000)).astype(np.int16)
HUM = (8_000 * np.sin(2 * np.pi * 200 * np.arange(48_000) / 48_000)).astype(np.int16)
USUAL = {"Headset: USB Audio": TONE, "Webcam": TONE, "Monitor of Headset": HUM}


def test_microphone_and_monitor_are_found_by_themselves() -> None:
    found = Devices(FakeSounddevice(USUAL)).chosen()
    assert {leg: one.name for leg, one in found.items()} == {
        Leg.OPERATOR: "Headset: USB Audio", Leg.CALLER: "Monitor of Headset",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("microphone", "caller", "names"),
    [
        ("webcam", "", ("Webcam", "Monitor of Headset")),
        ("1", "0", ("Webcam", "Headset: USB Audio")),
    ],
)
def test_inputs_are_named_by_number_or_part(
    microphone: str, caller: str, names: tuple[str, str]
) -> None:
    found = Devices(FakeSounddevice(USUAL)).chosen(microphone, caller)
    assert (found[Leg.OPERATOR].name, found[Leg.CALLER].name) == names


@pytest.mark.parametrize(
    ("inputs", "names", "says"),
    [
        ({}, ("", ""), "no sound input on this machine; plug in"),
        ({"Monitor of x": HUM}, ("", ""), "no microphone"),
        ({"Mic": TONE}, ("", ""), "no loopback device.*--caller-device"),
        (USUAL, ("nothing", ""), "--microphone nothing: no input is called so; --list-devices"),
        (USUAL, ("", "headset"), "--caller-device headset: several inputs are called so"),
        (USUAL, ("Webcam", "1"), "both legs would come from 'Webcam'"),
    ],
)
def test_what_cannot_be_chosen_is_one_clear_line(
    inputs: dict, names: tuple[str, str], says: str
) -> None:
    with pytest.raises(RecordingError, match=says) as caught:
        Devices(FakeSounddevice(inputs)).chosen(*names)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_each_leg_brings_its_own_at_one_rate(rate: int) -> None:
    devices = Devices(FakeSounddevice(USUAL, rate=rate))
    heard: dict[Leg, list[np.ndarray]] = {leg: [] for leg in Leg}
    stop = devices.listen(devices.chosen(), lambda leg, piece: heard[leg].append(piece))
    until = time.monotonic() + 20
    while min(sum(map(len, pieces)) for pieces in heard.values()) < RATE / 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    stop()
    pitch = {}
    for leg, pieces in heard.items():
        sound = np.concatenate(pieces)[RATE // 10 : RATE // 2].astype(float)
        pitch[leg] = np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound)
    scale = 48_000 / rate
    assert pitch[Leg.OPERATOR] == pytest.approx(400 / scale, abs=5)
    assert pitch[Leg.CALLER] == pytest.approx(200 / scale, abs=5)


def test_a_device_that_is_in_use_is_named() -> None:
    devices = Devices(FakeSounddevice({"Mic": None, "Monitor": HUM}))
    with pytest.raises(RecordingError, match=r"'Mic' cannot be opened: Device unavailable"):
        devices.listen(devices.chosen(), lambda leg, piece: None)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(RecordingError, match=r"^sounddevice is not installed; pip install"):
        Devices()


def test_inputs_are_listed(agentbot: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSounddevice(USUAL))
    said = agentbot("seat", "--list-devices")
    assert said.code == 0
    assert said.out.splitlines() == [
        "  0 Headset: USB Audio (default)", "  1 Webcam", "  2 Monitor of Headset (loopback)",
    ]  # fmt: skip


def test_a_seat_without_sound_devices_is_told_before_anything_else(
    agentbot: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", FakeSounddevice({}))
    said = agentbot("seat", "1001", "--headset")
    assert said.code == 1
    assert said.err.startswith("no sound input on this machine; plug in the headset")


def test_the_real_library_works_or_says_what_to_install() -> None:
    try:
        importlib.import_module("sounddevice")
    except OSError:
        with pytest.raises(RecordingError, match=r"PortAudio.*apt-get install libportaudio2"):
            Devices()
        return
    except ImportError:
        pytest.skip("sounddevice is not installed")
    assert isinstance(Devices().all(), tuple)
