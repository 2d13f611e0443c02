"""A real Asterisk for the tests, everything on loopback, configured from this folder and `asterisk/`."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "asterisk"
FETCHED = Path(os.environ.get("AGENTBOT_RIG_ROOT", "/var/cache/agentbot-rig/asterisk"))
REQUIRED = os.environ.get("AGENTBOT_RIG") == "required"
SECRET = "rig-secret"  # noqa: S105 (guards a loopback port while a test runs)
SEATS = tuple(str(1001 + n) for n in range(13))
FESTIVE = "1006"
"""The one seat in the queue `festival`."""
BOOT = 60.0


class NoAsteriskError(Exception):
    """This machine cannot run one; the message says why."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Where an Asterisk lies, and how it is started."""

    root: Path
    """What it sees as `/`."""
    run: tuple[str, ...]

    @classmethod
    def find(cls) -> Installation:
        if (FETCHED / "usr/sbin/asterisk").exists() and os.geteuid() == 0:
            # pdeathsig: whatever becomes of the tests, no Asterisk is left behind.
            run = ("chroot", str(FETCHED), "setpriv", "--reuid=asterisk", "--regid=asterisk")
            return cls(FETCHED, (*run, "--init-groups", "--no-new-privs", "--pdeathsig=KILL"))
        if shutil.which("asterisk"):
            return cls(Path("/"), ("setpriv", "--pdeathsig=KILL"))
        raise NoAsteriskError(
            "no real Asterisk here: `make test` as root on Debian or Ubuntu fetches one"
        )

    def modules(self) -> str:
        """Folder of its modules, as it sees it."""
        found = [
            *self.root.glob("usr/lib/*/asterisk/modules"),
            *self.root.glob("usr/lib/asterisk/modules"),
        ]
        if not found:
            raise NoAsteriskError(f"{self.root} has an Asterisk without modules")
        return "/" + str(found[0].relative_to(self.root))


def free(kind: socket.SocketKind) -> int:
    """A port that nobody has right now."""
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])


@dataclass
class Asterisk:
    """One that runs, or will."""

    installed: Installation
    home: Path = field(init=False)
    """Its files, as this process sees them."""
    agi: int = field(default_factory=lambda: free(socket.SOCK_STREAM))
    """Where its dialplan looks for agentbot's FastAGI server."""
    sound: int = field(default_factory=lambda: free(socket.SOCK_STREAM))
    """Where its dialplan sends sound to."""
    websocket: int = field(default_factory=lambda: free(socket.SOCK_STREAM))
    trunk: int = field(default_factory=lambda: free(socket.SOCK_DGRAM))
    """Where it takes the outside world to be."""
    ami: int = field(default_factory=lambda: free(socket.SOCK_STREAM))
    http: int = field(default_factory=lambda: free(socket.SOCK_STREAM))
    sip: int = field(default_factory=lambda: free(socket.SOCK_DGRAM))
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        base = self.installed.root / "var/tmp"
        self.home = base / f"agentbot-rig-{os.getpid()}-{secrets.token_hex(4)}"

    @property
    def recordings(self) -> Path:
        """Where MixMonitor writes."""
        return self.home / "spool/monitor"

    def configure(self, *, without: tuple[str, ...] = ()) -> None:
        """Write its configuration; `without`: modules that are not loaded."""
        inside = "/" + str(self.home.relative_to(self.installed.root))
        first = 20_000 + 2 * secrets.randbelow(5_000)
        values = {
            "HOME": inside,
            "MODULES": self.installed.modules(),
            "DATA": "/usr/share/asterisk",
            "RTP_FIRST": first,
            "RTP_LAST": first + 1_999,
            "AMI": self.ami,
            "HTTP": self.http,
            "SIP": self.sip,
            "TRUNK": self.trunk,
        }
        for part in ("etc", "lib/moh", "spool/monitor/agentbot", "run", "log"):
            (self.home / part).mkdir(parents=True, exist_ok=True)
        for file in Path(__file__).with_name("etc").iterdir():
            text = file.read_text()
            for name, value in values.items():
                text = text.replace(f"@{name}@", str(value))
            if file.name == "modules.conf":
                for module in without:
                    text = text.replace(f"load = {module}.so\n", "")
            (self.home / "etc" / file.name).write_text(text)
        seats = "".join(
            f"[{seat}](seat)\nauth = {seat}\naors = {seat}\ncallerid = Seat {seat} <{seat}>\n"
            f"[{seat}](seat-login)\nusername = {seat}\n[{seat}](seat-place)\n"
            for seat in SEATS
        )
        (self.home / "etc/pjsip_seats.conf").write_text(seats)
        hooks = (SAMPLES / "extensions.conf").read_text()
        hooks = hooks.replace(f"{HOST}:4573", f"{HOST}:{self.agi}")
        hooks = hooks.replace(f"{HOST}:4574", f"{HOST}:{self.sound}")
        (self.home / "etc/agentbot_extensions.conf").write_text(hooks)
        user = (SAMPLES / "manager.conf").read_text().partition("\n[agentbot]\n")[2]
        user = user.replace("secret = change-me", f"secret = {SECRET}")
        (self.home / "etc/agentbot_manager.conf").write_text(f"[agentbot]\n{user}")
        client = (SAMPLES / "websocket_client.conf").read_text()
        client = client.replace(f"{HOST}:4575", f"{HOST}:{self.websocket}")
        (self.home / "etc/websocket_client.conf").write_text(client)
        ari = (SAMPLES / "ari.conf").read_text().replace("change-me", SECRET)
        (self.home / "etc/ari.conf").write_text(ari)
        queues = (SAMPLES / "queues.conf").read_text()
        queues += "[heard](repair)\nmembergosub = agentbot-listen\n"
        queues += f"[festival]\nstrategy = ringall\nmember => PJSIP/{FESTIVE}\n"
        (self.home / "etc/queues.conf").write_text(queues)
        with wave.open(str(self.home / "lib/moh/tone.wav"), "wb") as music:
            music.setparams((1, 2, 8_000, 0, "NONE", ""))
            tone = 3_000 * np.sin(2 * np.pi * 440 * np.arange(80_000) / 8_000)
            music.writeframes(tone.astype("<i2").tobytes())
        if self.installed.root != Path("/"):
            names = (self.installed.root / "etc/passwd").read_text().splitlines()
            user = next(name.split(":") for name in names if name.startswith("asterisk:"))
            for path in (self.home, *self.home.rglob("*")):
                os.chown(path, int(user[2]), int(user[3]))

    def start(self) -> None:
        """Boot it; returns once it takes calls."""
        inside = "/" + str((self.home / "etc/asterisk.conf").relative_to(self.installed.root))
        # Before all else that runs here: an exchange that waits loses the sound of its taps.
        ahead = ["nice", "-n", str(-10 - os.nice(0))] if os.geteuid() == 0 else []
        command = [*ahead, *self.installed.run, "asterisk", "-f", "-C", inside]
        with (self.home / "log/out").open("ab") as out:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out
            )
        end = time.monotonic() + BOOT
        while "fully booted" not in self.cli("core waitfullybooted"):
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise NoAsteriskError(f"Asterisk does not start: {self.said()[-500:]}")
            time.sleep(0.05)

    def said(self) -> str:
        """Its log."""
        files = (self.home / "log/out", self.home / "log/full")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def cli(self, command: str) -> str:
        """What it answers at its console."""
        inside = "/" + str((self.home / "etc/asterisk.conf").relative_to(self.installed.root))
        told = subprocess.run(
            [*self.installed.run, "asterisk", "-C", inside, "-rx", command],
            capture_output=True,
            check=False,
            timeout=BOOT,
        )
        return told.stdout.decode(errors="replace")

    def channels(self) -> list[str]:
        """Names of all there are."""
        lines = self.cli("core show channels concise").splitlines()
        return [line.split("!")[0] for line in lines if "!" in line]

    def kill(self) -> None:
        """As power loss would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it, orderly where it still listens."""
        if self._process and self._process.poll() is None:
            self.cli("core stop now")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.kill()

    def listens(self) -> set[tuple[str, int]]:
        """Addresses (as the kernel writes them) and ports on which its process takes anything.

        Two sockets of its name resolver, on ports the kernel chose, are left out: pjproject opens
        them to ask, and takes answers only.
        """
        assert self._process
        links = Path(f"/proc/{self._process.pid}/fd").iterdir()
        mine = {str(link.readlink()) for link in links}
        found = set()
        for table, state in (("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == state and f"socket:[{columns[9]}]" in mine:
                    address, _, port = columns[1].partition(":")
                    if table.startswith("tcp") or int(port, 16) == self.sip:
                        found.add((address, int(port, 16)))
        return found

    def remove(self) -> None:
        """Leave nothing behind."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
