"""The voice detector."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ASK = """
import os
from agentbot.speech.voice import VoiceDetector

before = len(os.listdir("/proc/self/task"))
VoiceDetector().process_samples([0.01] * 512)
print(len(os.listdir("/proc/self/task")) - before, os.environ.get("OMP_THREAD_LIMIT"))
"""


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's list of threads")
@pytest.mark.parametrize("limit", [None, "7"])
def test_it_takes_no_threads_and_leaves_the_environment_alone(limit: str | None) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OMP_THREAD_LIMIT"}
    if limit:
        environment["OMP_THREAD_LIMIT"] = limit

    said = subprocess.run(
        [sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["0", str(limit)]
