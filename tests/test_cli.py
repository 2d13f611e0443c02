"""The command line: help, versions, and errors of one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from shell import Command

from agentbot import __version__
from agentbot.errors import ConfigError
from agentbot.settings import Settings, house, settings

ROOT = Path(__file__).parent.parent


def test_version_is_the_package_version(agentbot: Command) -> None:
    assert agentbot("--version").out == f"agentbot {__version__}\n"


def test_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "agentbot", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"agentbot {__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_output_on_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "agentbot", "schema"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "the output cannot be written: No space left on device; make room\n"


@pytest.mark.parametrize(
    "command", ["replay", "check", "greeting", "models", "schema", "bench accuracy", "bench replay"]
)
def test_every_command_explains_itself_and_stands_in_the_readme(
    agentbot: Command, command: str
) -> None:
    said = agentbot(*command.split(), "--help")

    assert said.code == 0
    assert f"agentbot {command}" in said.out
    assert f"agentbot {command}" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["replay", "gone.wav", "--out", "out"], "gone.wav: there is no such file or folder"),
        (
            ["replay", "{call}", "--out", "out", "--started-at", "noon"],
            "--started-at noon: no date and time",
        ),
        (["replay", "{call}", "--out", "out", "--engine", "ear"], None),
        (["bench", "accuracy", "gone"], "gone: there is no such file or folder"),
        (["bench", "accuracy", "{folder}"], "no calls with ground truth"),
        (["bench", "replay", "{folder}"], "no call to judge there"),
    ],
)
def test_what_a_user_can_mend_is_one_line(
    agentbot: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "call.json").write_text('{"utterances": []}')
    (tmp_path / "call.wav").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    names = {"call": "call.wav" if message is None else "call.json", "folder": "folder"}

    said = agentbot(*(argument.format(**names) for argument in arguments))

    assert said.code == 1
    assert said.err.count("\n") == 1
    assert (message or "'ear'") in said.err


def test_replay_judges_a_transcript_and_prints_the_page(
    agentbot: Command, samples: Path, tmp_path: Path
) -> None:
    said = agentbot(
        *("replay", samples / "repair-perfect.json", "--out", tmp_path / "out"),
        *("--script", "heating-repair", "--seat", "218"),
        *("--started-at", "2026-01-14T10:22:08+08:00", "--lang", "en"),
    )

    assert said.code == 0, said.err
    assert said.out.splitlines() == [
        "1 judged, 0 unchanged, 0 broken",
        (tmp_path / "out/overview.html").as_uri(),
    ]
    verdict = json.loads((tmp_path / "out/repair-perfect.json").read_bytes())
    assert verdict["seat"] == "218"
    assert verdict["greeting"]["variant_due"] == "plain"


def test_replay_without_a_script_says_which_there_are(
    agentbot: Command, samples: Path, tmp_path: Path
) -> None:
    said = agentbot("replay", samples / "repair-perfect.json", "--out", tmp_path / "out")

    assert said.code == 1
    assert "heating-callback, heating-repair" in said.err
    assert "0 judged, 0 unchanged, 1 broken" in said.out


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTBOT_LANG", "en")
    monkeypatch.setenv("AGENTBOT_JOBS", "3")
    settings.cache_clear()

    assert (settings().lang, settings().jobs) == ("en", 3)


@pytest.mark.parametrize(("name", "value"), [("LANG", "fr"), ("JOBS", "-1"), ("JOBS", "many")])
def test_setting_that_cannot_be_is_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"AGENTBOT_{name}", value)
    settings.cache_clear()

    with pytest.raises(ConfigError, match=f"^AGENTBOT_{name}={value}: .*; change or unset"):
        settings()


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()

    for name, field in Settings.model_fields.items():
        assert f"`AGENTBOT_{name.upper()}`" in readme, name
        assert field.description


def test_house_holds_scripts_and_greetings() -> None:
    assert list((house() / "scripts").glob("*.yaml"))
    assert list((house() / "greetings").glob("*.yaml"))


def test_script_may_be_a_file_of_its_own(agentbot: Command, samples: Path, tmp_path: Path) -> None:
    text = (ROOT / "scripts/heating-repair.yaml").read_text(encoding="utf-8")
    own = tmp_path / "mine.yaml"
    own.write_text(text.replace("heating-repair", "mine", 1), encoding="utf-8")

    said = agentbot(
        *("replay", samples / "repair-perfect.json", "--out", tmp_path / "out", "--script", own)
    )

    assert said.code == 0, said.err
    assert json.loads((tmp_path / "out/repair-perfect.json").read_bytes())["script"] == "mine"
    gone = agentbot("replay", samples, "--out", tmp_path / "out", "--script", "gone.yaml")
    assert (gone.code, gone.err) == (
        1,
        "--script gone.yaml: there is no such file; check the path\n",
    )


STOP_WHILE_LOADING = """
import os, signal, threading
from agentbot.__main__ import main
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
main()
"""


def test_ctrl_c_while_it_loads_is_silent() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOP_WHILE_LOADING], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
