"""What the tests of the pages share: accounts, a desk, a server, a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from prometheus_client import CollectorRegistry, Counter
from web.doubles import FedDesk

from agentbot.web.accounts import Accounts, Position
from agentbot.web.app import app

PASSWORD = "long enough"  # noqa: S105


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    """Two operators and a supervisor, all with the same password."""
    known = Accounts(Path(tmp_path_factory.mktemp("accounts")) / "accounts.json")
    known.add("li", PASSWORD, Position.OPERATOR, frozenset({"1001"}))
    known.add("wang", PASSWORD, Position.OPERATOR, frozenset({"1002", "1003"}))
    known.add("chief", PASSWORD, Position.SUPERVISOR, frozenset())
    return known


@pytest.fixture
def desk() -> FedDesk:
    """Three seats without a call."""
    return FedDesk("1001", "1002", "1003")


@pytest.fixture
def site(desk: FedDesk, accounts: Accounts):
    """The application."""
    registry = CollectorRegistry()
    Counter("calls", "Calls", registry=registry).inc(3)
    return app(desk, accounts, secret="s" * 32, registry=registry)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; tests that want one are skipped where it is missing.

    No longer than a module: while Playwright runs, its event loop is this thread's, and
    tests with one of their own fail.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no chromium on this machine: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
