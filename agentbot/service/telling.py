"""What the exchange and the figures are told of a talk: each step, alert and next line once."""

from __future__ import annotations

from typing import Final

from agentbot.core.calls.events import TalkBegan
from agentbot.core.seat.view import SeatView, StepState
from agentbot.service.means import Line
from agentbot.service.metrics import Metrics

__all__ = ["Telling"]

_OPEN: Final = (StepState.TODO, StepState.NOW)
_ALERTS: Final = 1_000


class Telling:
    """UserEvents `AgentbotStep` and `AgentbotAlert` of one talk; nothing the caller said is in them."""

    def __init__(self, began: TalkBegan, metrics: Metrics, line: Line) -> None:
        self._metrics, self._line = metrics, line
        self._operator = began.operator
        self._who = {"Call": began.call, "Seat": began.seat, "Channel": began.operator.channel}
        self._states: dict[str, StepState] = {}
        self._alerts: set[str] = set()
        self._prompt: str | None = None
        self.begun = False
        """Something has been shown."""

    def tell(self, view: SeatView) -> None:
        """Compare with the picture before."""
        self.begun = True
        prompt = view.prompt.step if view.prompt else None
        if prompt != self._prompt:
            self._prompt = prompt
            self._metrics.prompts.inc()
        for step in view.steps:
            if step.state not in _OPEN and self._states.get(step.step) is not step.state:
                self._states[step.step] = step.state
                self._metrics.steps.labels(step.state.value).inc()
                self._line.tell(
                    "AgentbotStep", {**self._who, "Step": step.step, "State": step.state.value}
                )
        for alert in view.alerts:
            if alert.id not in self._alerts and len(self._alerts) < _ALERTS:
                self._alerts.add(alert.id)
                self._metrics.alerts.labels(alert.kind.value).inc()
                self._line.whisper(self._operator, alert)
                self._line.tell(
                    "AgentbotAlert",
                    {**self._who, "Kind": alert.kind.value, "Severity": alert.severity.value},
                )
