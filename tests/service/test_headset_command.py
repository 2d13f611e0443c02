"""`agentbot seat --headset` as a whole: its own process, devices that stand for real ones."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from test_headset import PASSWORD, _until, service

from agentbot.core.seat.view import SeatState
from agentbot.replay.house import House

LIBRARY = """
import numpy as np
from agentbot.testing import FakeSounddevice
fake = FakeSounddevice({"Mic": np.full(320, 3000, np.int16), "Monitor": np.full(320, -2000, np.int16)})
query_devices, RawInputStream = fake.query_devices, fake.RawInputStream
PortAudioError, default = fake.PortAudioError, fake.default
"""


async def test_enter_begins_and_ends_a_call(house: House, samples: Path, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text(LIBRARY)
    root = Path(__file__).parents[2]
    async with service(house, samples, tmp_path) as made:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "agentbot", "seat", "218", "--headset", "--user", "li",
            "--url", f"http://127.0.0.1:{made.web_port}", "--lang", "en",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            env={
                **os.environ, "AGENTBOT_PASSWORD": PASSWORD,
                "PYTHONPATH": f"{root}{os.pathsep}{tmp_path}",
            },
        )  # fmt: skip
        assert process.stdin
        async with asyncio.timeout(60):
            while made.headsets.route("218") is None:  # noqa: ASYNC110 - it comes from outside
                await asyncio.sleep(0.05)
        process.stdin.write(b"\n")
        await _until(made, lambda v: v.state is SeatState.TALKING)
        await _until(made, lambda v: v.transcript != ())
        process.stdin.write(b"\n")
        await _until(made, lambda v: v.state is SeatState.ENDED)
        process.send_signal(signal.SIGINT)
        said, _ = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 0
    assert "headset: Caller Monitor, You Mic" in " ".join(said.decode().split())
