"""A whisper in a real Asterisk: the operator hears it, the caller and the taps do not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
from rig.ami import Ami
from rig.asterisk import SECRET, Asterisk
from rig.listening import Listener, NewTalk, own_and_other, until
from rig.sounds import Samples, likeness, noise

from agentbot.core.events import Leg
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.tap import AudioSocketRoute
from agentbot.pbx.whisper import Whisperer
from agentbot.replay.house import House
from agentbot.replay.transcript import read_transcript
from agentbot.service.app import Service
from agentbot.settings import Settings
from agentbot.settings_sound import WhisperForm
from agentbot.testing import ScriptedRecogniser


async def test_only_the_operator_hears_a_whisper(
    asterisk: Asterisk, ami: Ami, talk: NewTalk
) -> None:
    server = AudioSocketServer()
    await server.open()
    address = f"127.0.0.1:{server.port}"
    here = await talk()
    found = await ami.talk("1001")
    tap = Listener(await AudioSocketRoute(ami.exchange, server, address=address).open(found))
    whisper = noise(5, 2)
    await Whisperer(ami.exchange, server, address=address, patience=20).whisper(
        found.operator, whisper
    )
    await until(lambda: len(asterisk.channels()) == 4)
    caller, operator = await here.say(1)
    await here.caller.hang_up()
    await tap.over()
    await server.close()
    heard = here.operator.rtp.listened()
    own_and_other(heard, whisper, operator)
    own_and_other(heard, caller, operator)
    own_and_other(here.caller.rtp.listened(), operator, whisper)
    for leg in Leg:
        assert abs(likeness(tap.samples(leg), whisper)) < 0.3


def _rings(heard: Samples) -> bool:
    """Whether the tone of an alert is in it."""
    at = np.arange(800) / 8_000
    wave = np.exp(-2j * np.pi * 880 * at)
    pieces = (heard[first : first + 800] for first in range(0, len(heard) - 800, 400))
    return any(abs((piece * wave).mean()) > 500 for piece in pieces)


async def test_an_alert_is_told_to_its_operator_alone(
    asterisk: Asterisk, talk: NewTalk, house: House, samples: Path, tmp_path: Path
) -> None:
    said = [
        replace(line, start=line.start / 10, end=line.end / 10)
        for line in read_transcript(samples / "repair-wrong-digit.json").heard()
    ]
    settings = Settings(
        exchanges=({"port": asterisk.ami, "secret": SECRET, "seats": r"^PJSIP/(1\d\d\d)-"},),
        rules=({"script": "heating-repair"},), web={"port": 0}, agi={"port": 0},
        accounts=tmp_path / "accounts.json", store={"folder": tmp_path / "calls", "again": False},
        whisper={"enabled": True},
    )  # fmt: skip
    service = Service(settings, ScriptedRecogniser(said), 2, house)
    async with service.running():
        await until(lambda: service.floor.healthy()[0])
        here = await talk()
        async with asyncio.timeout(20):
            async for view in service.floor.watch("1001"):
                if {alert.kind for alert in view.alerts} & {*WhisperForm().kinds}:
                    break
        await until(lambda: _rings(here.operator.rtp.listened()))
        await here.caller.hang_up()
        await here.operator.ended()
    assert not _rings(here.caller.rtp.listened())


async def test_a_whisper_to_who_has_hung_up_ends(ami: Ami, talk: NewTalk) -> None:
    server = AudioSocketServer()
    await server.open()
    here = await talk()
    found = await ami.talk("1001")
    await here.caller.hang_up()
    await here.operator.ended()
    way = Whisperer(ami.exchange, server, address=f"127.0.0.1:{server.port}", patience=20)
    async with asyncio.timeout(20):
        await way.whisper(found.operator, noise(5, 5))
    await until(lambda: server.connections == 0)
    await server.close()
