"""What all tests share: the house's own files, the bundled samples, the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from rig.fixtures import ami, asterisk, phones, talk
from shell import Command, Said

from agentbot.cli import main
from agentbot.replay.house import House
from agentbot.settings import settings

__all__ = ["ami", "asterisk", "phones", "talk"]

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have set what they like."""
    for name in [name for name in os.environ if name.startswith("AGENTBOT_")]:
        monkeypatch.delenv(name)
    settings.cache_clear()


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """A command run in a test sends the logs to an error stream that is closed after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The bundled sample calls."""
    return ROOT / "tests/samples"


@pytest.fixture(scope="session")
def house() -> House:
    """The bundled scripts and greetings."""
    return House.read(ROOT / "scripts", ROOT / "greetings")


@pytest.fixture
def agentbot(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `agentbot ARGUMENTS` in this process, as the shell would."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["agentbot", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        capfd.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        said = capfd.readouterr()
        assert code is None or isinstance(code, int)
        return Said(code or 0, said.out, said.err)

    return run
