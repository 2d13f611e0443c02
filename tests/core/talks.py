"""Calls told as data: who said what, turned into events."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from agentbot.authoring.greetings import Greetings, load_greetings
from agentbot.authoring.scripts import load_script, load_scripts
from agentbot.core.events import AudioLost, CallEnded, CallStarted, Event, Heard, Leg, LossCause
from agentbot.core.script import Script
from agentbot.core.session import Session

ROOT = Path(__file__).parents[2]
_LINE = re.compile(
    r"(?P<leg>[OC])(?:@(?P<start>[\d.]+)(?:-(?P<end>[\d.]+))?)?(?:\s*~(?P<conf>[\d.]+))?(?:\s*\+(?P<loud>\d+))?\s*:\s*(?P<text>.+)"
)
_SIGN, _PAUSE = 0.22, 0.6
"""Seconds a sign takes, and between two lines."""


@dataclass(frozen=True)
class Talk:
    """One case of a file under `calls/`."""

    name: str
    say: str
    script: str = "heating-repair"
    at: str = "2026-03-10T10:00:00+08:00"
    seat: str = "563"
    lost: list[list[float]] = field(default_factory=list)
    """Seconds of the operator's leg that are missing."""
    caller_lost: list[list[float]] = field(default_factory=list)
    steps: dict[str, str] = field(default_factory=dict)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[str] | None = None
    has: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    points: dict[str, float] = field(default_factory=dict)
    out_of_order: list[str] | None = None
    late: list[str] | None = None

    def heard(self) -> list[Heard]:
        """The lines as utterances, one after the other unless a time is given."""
        now, lines = 0.5, []
        for line in self.say.strip().splitlines():
            match = _LINE.fullmatch(line.strip())
            assert match, line
            start = float(match["start"] or now)
            end = float(match["end"] or start + _SIGN * len(match["text"]))
            leg = Leg.OPERATOR if match["leg"] == "O" else Leg.CALLER
            conf = float(match["conf"]) if match["conf"] else None
            loud = float(match["loud"]) if match["loud"] else None
            lines.append(
                Heard(
                    leg=leg,
                    start=start,
                    end=end,
                    text=match["text"],
                    confidence=conf,
                    loudness=loud,
                )
            )
            now = max(now, end) + _PAUSE
        return lines

    def events(self) -> list[Event]:
        """Everything from answer to hang-up."""
        lines = self.heard()
        greeting = scripts()[self.script].greeting
        due = (
            greetings().due(greeting, datetime.fromisoformat(self.at), self.seat)
            if greeting
            else None
        )
        started = CallStarted(
            call_id=self.name,
            seat=self.seat,
            started_at=datetime.fromisoformat(self.at),
            greeting=due,
        )
        lost = [
            AudioLost(leg=leg, start=a, end=b, cause=LossCause.GAP)
            for leg, gaps in ((Leg.OPERATOR, self.lost), (Leg.CALLER, self.caller_lost))
            for a, b in gaps
        ]
        return [started, *lines, *lost, CallEnded(at=max(h.end for h in lines) + 1)]

    def session(self) -> Session:
        """The call, followed to its end."""
        session = Session(scripts()[self.script])
        for event in self.events():
            session.feed(event)
        return session


@cache
def scripts() -> dict[str, Script]:
    """The house's scripts, and those that only the tests have."""
    return load_scripts(ROOT / "scripts") | {
        script.id: script
        for script in map(load_script, sorted((ROOT / "tests/core/scripts").glob("*.yaml")))
    }


@cache
def greetings() -> Greetings:
    """The house's greetings."""
    return load_greetings(ROOT / "greetings")


def talks() -> list[Talk]:
    """All cases of all files."""
    found = []
    for path in sorted((Path(__file__).parent / "calls").glob("*.yaml")):
        for case in YAML(typ="safe").load(path):
            told: dict[str, Any] = dict(case)
            told["never"] = told.pop("not", [])
            found.append(Talk(**told))
    return found
