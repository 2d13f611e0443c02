"""The wheel carries all that the command needs, and works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from replay.calls import write_transcript

pytest.importorskip("hatchling", reason="the build extra is not installed")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and laid out as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder / "site")
    return folder / "site"


def test_every_file_of_the_package_and_the_house_is_in_it(unpacked: Path) -> None:
    wanted = {
        path.relative_to(ROOT)
        for path in (ROOT / "agentbot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } | {
        Path("agentbot/house") / path.relative_to(ROOT)
        for folder in ("scripts", "greetings")
        for path in (ROOT / folder).glob("*.yaml")
    }

    assert {path for path in wanted if not (unpacked / path).is_file()} == set()


def test_it_judges_a_call_outside_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    call = write_transcript(tmp_path / "call.json")

    done = subprocess.run(
        [sys.executable, "-m", "agentbot", "replay", str(call), "--script", "heating-repair",
         "--out", "out"],
        cwd=tmp_path, env={"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert {"call.json", "call.html", "overview.html"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_it_simulates_calls_outside_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "agentbot", "simulate", "--port", "0"],
        cwd=tmp_path, env={"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as simulation:  # fmt: skip
        assert simulation.stdout is not None
        said = simulation.stdout.readline()  # after the samples were read
        simulation.terminate()

        assert said.startswith("AMI at 127.0.0.1:")
        assert simulation.communicate()[1] == ""
