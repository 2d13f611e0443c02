"""What the exchange and the figures are told of a talk: each step, alert and next line once."""

from __future__ import annotations

from typing import Final

from agentbot.core.calls.events import TalkBegan
from agentbot.core.seat.view import AlertKind, SeatView, StepState
from agentbot.core.verdict import CallVerdict, Severity
from agentbot.service.means import Line
from agentbot.service.metrics import Metrics

__all__ = ["Telling"]

_OPEN: Final = (StepState.TODO, StepState.NOW)
_ALERTS: Final = 1_000
_KINDS: Final = frozenset(AlertKind)


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
            if step.state not in _OPEN:
                self._step(step.step, step.state)
        for alert in view.alerts:
            if alert.id not in self._alerts and len(self._alerts) < _ALERTS:
                self._alerts.add(alert.id)
                self._line.whisper(self._operator, alert)
                self._alert(alert.kind, alert.severity)

    def judged(self, verdict: CallVerdict) -> None:
        """Nothing was heard before the end: what would have been told meanwhile, from the recording."""
        for step in verdict.steps:
            self._step(step.step, StepState(step.verdict.value))
        for finding in verdict.findings:
            if finding.kind.value in _KINDS:
                self._alert(AlertKind(finding.kind.value), finding.severity)

    def _step(self, step: str, state: StepState) -> None:
        if self._states.get(step) is not state:
            self._states[step] = state
            self._metrics.steps.labels(state.value).inc()
            self._line.tell("AgentbotStep", {**self._who, "Step": step, "State": state.value})

    def _alert(self, kind: AlertKind, severity: Severity) -> None:
        self._metrics.alerts.labels(kind.value).inc()
        told = {**self._who, "Kind": kind.value, "Severity": severity.value}
        self._line.tell("AgentbotAlert", told)
