"""From a seat's picture to the parts of its page; only those that changed are sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from agentbot.core.seat.view import SeatState, SeatView
from agentbot.web.render import render, words

__all__ = ["PARTS", "Drawing", "parts", "state"]

PARTS = ("status", "line", "alerts", "steps", "fields", "talk")
_LONG, _VERY_LONG = 26, 52
"""Signs of a line from which its letters are smaller."""
_LIVE = (SeatState.TALKING, SeatState.HELD)


def parts(view: SeatView, lang: str, *, own: bool) -> dict[str, str]:
    """Each part of the page as HTML; `own`: the reader's keys count here."""
    length = len(view.prompt.text) if view.prompt else 0
    size = "longest" if length > _VERY_LONG else "long" if length > _LONG else "short"
    return {
        name: render(f"parts/{name}.html", lang, view=view, own=own, size=size, live=view.state in _LIVE)
        for name in PARTS
    }  # fmt: skip


def state(view: SeatView, lang: str) -> dict[str, str]:
    """What the page's script must know of it."""
    labels = {s.step: s.label for s in view.steps}
    step = view.prompt.step if view.prompt else ""
    return {
        "version": str(view.version),
        "state": view.state.value,
        "call": view.call or "",
        "step": step,
        "label": labels.get(step, ""),
        "live": "yes" if view.state in _LIVE and view.call else "",
        "elapsed": str(view.elapsed),
        "title": words(lang)["state"][view.state.value],
    }


@dataclass(slots=True)
class Drawing:
    """What one page has been sent."""

    lang: str
    own: bool
    sent: dict[str, str] = field(default_factory=dict)

    def change(self, view: SeatView) -> dict[str, object]:
        """The message that brings the page up to this picture."""
        now = parts(view, self.lang, own=self.own)
        new = {name: html for name, html in now.items() if self.sent.get(name) != html}
        self.sent = now
        return {"state": state(view, self.lang), "parts": new}
