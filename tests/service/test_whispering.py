"""Which alerts are whispered, with what sound, and what is said when that fails."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from structlog.testing import capture_logs
from talking import Played, Told, began, ended, floor, lines, until

from agentbot.core.calls.events import Party
from agentbot.core.seat.view import Alert, AlertKind
from agentbot.core.verdict import Severity
from agentbot.errors import PbxError
from agentbot.replay.house import House
from agentbot.service.whispering import Whispering

OPERATOR = Party(channel="PJSIP/1001-1", uniqueid="1.2")
WRONG = AlertKind.READBACK_MISMATCH


class Voice:
    """Takes what is whispered."""

    def __init__(self, fails: str = "") -> None:
        self.heard: list[tuple[str, np.ndarray]] = []
        self._fails = fails

    async def whisper(self, party: Party, samples: np.ndarray) -> None:
        self.heard.append((party.uniqueid, samples))
        if self._fails:
            raise PbxError(self._fails)


def _alert(kind: AlertKind = WRONG) -> Alert:
    return Alert(
        id=f"{kind}:1",
        kind=kind,
        severity=Severity.MAJOR,
        texts=("号码不对", "wrong number"),
        at=3.0,
    )


async def _true(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():  # noqa: ASYNC110 - a thread tells nobody
            await asyncio.sleep(0.01)


async def test_only_the_kinds_wanted_and_one_at_a_time() -> None:
    voice = Voice()
    whispering = Whispering(voice, kinds=[WRONG], pause=0.2)
    whispering.whisper(OPERATOR, _alert(AlertKind.DEAD_AIR))
    for _ in range(3):
        whispering.whisper(OPERATOR, _alert())
    whispering.whisper(Party(channel="PJSIP/1002-1", uniqueid="1.9"), _alert())
    await _true(lambda: len(voice.heard) == 2)
    assert sorted(to for to, _ in voice.heard) == ["1.2", "1.9"]
    await _true(lambda: whispering._busy == {})
    whispering.whisper(OPERATOR, _alert())
    await _true(lambda: len(voice.heard) == 3)
    assert 0.2 < len(voice.heard[0][1]) / 8_000 < 1.0
    assert 1_000 < np.abs(voice.heard[0][1]).max() < 8_000


async def test_recordings_by_kind_and_for_all_others(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "alert.wav", np.full(1_600, 0.25), 16_000)
    soundfile.write(tmp_path / "dead_air.wav", np.full((800, 2), -0.5), 8_000)
    voice = Voice()
    whispering = Whispering(voice, kinds=list(AlertKind), folder=tmp_path, pause=0.0)
    for number, kind in enumerate((WRONG, AlertKind.DEAD_AIR), 1):
        whispering.whisper(OPERATOR, _alert(kind))
        await _true(lambda number=number: len(voice.heard) == number and not whispering._busy)
    assert [len(sound) for _, sound in voice.heard] == [800, 800]
    assert [np.median(sound) for _, sound in voice.heard] == pytest.approx([8_191, -16_383], abs=2)


SPEAKS = """
import sys, wave
text = sys.stdin.read()
with wave.open(sys.stdout.buffer, "wb") as out:
    out.setparams((1, 2, 8000, 0, "NONE", ""))
    out.writeframes(b"\\1\\0" * 100 * len(text))
"""


async def test_a_program_speaks_the_text(tmp_path: Path) -> None:
    (tmp_path / "say.py").write_text(SPEAKS)
    voice = Voice()
    command = f"{sys.executable} -X utf8 {tmp_path / 'say.py'}"
    Whispering(voice, kinds=[WRONG], command=command).whisper(OPERATOR, _alert())
    await _true(lambda: voice.heard != [])
    assert len(voice.heard[0][1]) == 400


@pytest.mark.parametrize("command", ["no-such-program", "false", "echo nonsense"])
async def test_a_program_that_fails_is_said_and_a_tone_played(command: str) -> None:
    voice = Voice()
    with capture_logs() as logs:
        Whispering(voice, kinds=[WRONG], command=command).whisper(OPERATOR, _alert())
        await _true(lambda: voice.heard != [])
    assert np.abs(voice.heard[0][1]).max() > 1_000
    assert [one["event"] for one in logs] == ["whisper cannot be spoken, a tone is played"]
    assert "号码" not in str(logs)


async def test_an_exchange_that_refuses_is_said() -> None:
    with capture_logs() as logs:
        whispering = Whispering(Voice("may not originate"), kinds=[WRONG], pause=0.0)
        whispering.whisper(OPERATOR, _alert())
        await _true(lambda: logs != [])
    assert logs[0]["problem"] == "may not originate"


async def test_a_wrong_digit_is_whispered_to_its_operator(
    house: House, samples: Path, tmp_path: Path
) -> None:
    told = Told()
    async with floor(
        house, tmp_path, Played(75.0), lines(samples / "repair-wrong-digit.json")
    ) as seats:
        seats.take(began(), told)
        await until(seats, "218", lambda v: any(a.kind is WRONG for a in v.alerts))
        seats.take(ended(75.0), told)
    assert {"to": "o-c1-o1", "kind": "readback_mismatch"} in told.named("whisper")
