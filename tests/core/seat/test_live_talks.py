"""What the seat shows at which second of calls told as data."""

from __future__ import annotations

from typing import Any

import pytest
from core.seat.live import Live, lives

from agentbot.core.seat.view import SeatView

LIVES = lives()
_ROUGHLY = 1.0
"""Seconds by which an alert may come or go otherwise than told."""


@pytest.mark.parametrize("live", LIVES, ids=[live.name for live in LIVES])
def test_the_picture_at_each_second(live: Live) -> None:
    pictures = list(live.pictures())

    for wanted in live.then:
        view = [v for at, v in pictures if at <= wanted["at"]][-1]
        assert {**told(view, wanted), "at": wanted["at"]} == wanted


@pytest.mark.parametrize("live", LIVES, ids=[live.name for live in LIVES])
def test_alerts_come_and_go_in_time(live: Live) -> None:
    seen: dict[str, list[float]] = {}
    for at, view in live.pictures():
        assert len(view.alerts) <= 2
        for alert in view.alerts:
            seen.setdefault(alert.id, [at, at])[1] = at

    assert set(seen) == set(live.alerts)
    assert seen == {k: pytest.approx(v, abs=_ROUGHLY) for k, v in live.alerts.items()}


@pytest.mark.parametrize("live", LIVES, ids=[live.name for live in LIVES])
def test_a_tick_never_flickers(live: Live) -> None:
    """Whatever partials say, a step that was ticked stays so, unless it turns out wrong."""
    marked = {k["mark"] for k in live.keys if "mark" in k}
    before: dict[str, str] = {}
    for _, view in live.pictures():
        now = {s.step: s.state.value for s in view.steps}
        lost = {
            s
            for s, state in before.items()
            if state == "done" and now[s] not in {"done", "wrong", "now"}
        }
        assert not lost - marked
        before = now


def told(view: SeatView, wanted: dict[str, Any]) -> dict[str, Any]:
    """As much of a picture as a case asks for, in its own words."""
    prompt = view.prompt
    pieces = prompt.pieces if prompt else ()
    states = {s.step: s.state.value for s in view.steps}
    values = {f.field: f.value for f in view.fields}
    whole = {
        "at": wanted["at"],
        "line": "".join(f"[{p.text}]" if p.uncertain else p.text for p in pieces),
        "step": prompt.step if prompt else None,
        "again": bool(prompt and prompt.again),
        "state": view.state.value,
        "steps": {s: states[s] for s in wanted.get("steps", {})},
        "fields": {f: values[f] for f in wanted.get("fields", {})},
        "uncertain": [f.field for f in view.fields if f.uncertain and f.field in wanted.get("uncertain", [])],
        "edited": [f.field for f in view.fields if f.edited],
        "alert": next((a.id for a in view.alerts if a.kind == "readback_mismatch"), None),
    }  # fmt: skip
    return {key: whole[key] for key in wanted}
