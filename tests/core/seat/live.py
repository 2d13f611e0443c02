"""Calls told as data, heard live: partials that grow, finals that come late, a clock that ticks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.talks import Talk, scripts
from ruamel.yaml import YAML

from agentbot.core.events import CallEnded, CallStarted, Event, Heard, Held, Resumed, Tick
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import SeatView, StepState

_PARTIAL, _TICK, _LATE = 0.2, 0.5, 1.0
"""Seconds between partials, between ticks, and from an utterance's end to its final."""


@dataclass(frozen=True)
class Live:
    """One case of a file under `calls/`."""

    name: str
    talk: Talk
    until: float
    keys: list[dict[str, Any]] = field(default_factory=list)
    then: list[dict[str, Any]] = field(default_factory=list)
    alerts: dict[str, list[float]] = field(default_factory=dict)
    holds: list[list[float]] = field(default_factory=list)

    def events(self) -> list[Event | dict[str, Any]]:
        """Everything by time of arrival; keys of the operator among it."""
        told: list[tuple[float, int, Event | dict[str, Any]]] = []
        started = next(e for e in self.talk.events() if isinstance(e, CallStarted))
        for heard in self.talk.heard():
            told += [(h.at or 0.0, 1, h) for h in spoken(heard)]
        for start, end in self.holds:
            told += [(start, 1, Held(at=start)), (end, 1, Resumed(at=end))]
        told += [(k["at"], 2, k) for k in self.keys]
        told += [(n * _TICK, 3, Tick(at=n * _TICK)) for n in range(int(self.until / _TICK) + 1)]
        return [started, *(e for _, _, e in sorted(told, key=lambda item: item[:2]))]

    def pictures(self) -> Iterator[tuple[float, SeatView]]:
        """The picture after each event, and when."""
        call = SeatCall(scripts()[self.talk.script])
        now = 0.0
        for version, event in enumerate(self.events()):
            if isinstance(event, dict):
                press(call, event)
                now = max(now, event["at"])
            else:
                call.feed(event)
                now = max(now, event.at or 0.0)
            yield now, call.view(seat=self.talk.seat, version=version)


def spoken(heard: Heard) -> list[Heard]:
    """An utterance as a streaming recogniser gives it."""
    length = max(heard.end - heard.start, 0.01)
    steps = int(length / _PARTIAL)
    grown = []
    for n in range(1, steps + 4):
        at = heard.start + n * _PARTIAL
        signs = min(len(heard.text), int(len(heard.text) * n * _PARTIAL / length))
        if signs:
            text = heard.text[:signs]
            grown.append(
                replace(heard, text=text, end=min(at, heard.end), final=False, at=at, confidence=None)
            )  # fmt: skip
    return [*grown, replace(heard, at=heard.end + _LATE)]


def press(call: SeatCall, key: dict[str, Any]) -> None:
    """A key of the operator, as a case tells it."""
    if "mark" in key:
        call.mark(key["mark"], StepState(key["as"]) if key["as"] else None)
    elif "dismiss" in key:
        call.dismiss(key["dismiss"])
    else:
        call.correct(key["correct"], key["to"])


@cache
def lives() -> tuple[Live, ...]:
    """All cases of all files."""
    found = []
    for path in sorted((Path(__file__).parent / "calls").glob("*.yaml")):
        for case in YAML(typ="safe").load(path):
            told = {k: v for k, v in case.items() if k in {"say", "script", "at", "seat"}}
            talk = Talk(name=case["name"], **told)
            end = max(h.end for h in talk.heard()) + 3
            found.append(
                Live(
                    name=case["name"], talk=talk, until=case.get("until", end),
                    keys=case.get("keys", []), then=case.get("then", []), alerts=case["alerts"],
                    holds=case.get("holds", []),
                )
            )  # fmt: skip
    return tuple(found)


def ended(until: float) -> CallEnded:
    """The hang-up."""
    return CallEnded(at=until)
