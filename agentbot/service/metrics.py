"""Figures of the running service, as Prometheus reads them. No label names a caller or a call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

__all__ = ["Metrics"]

_DELAYS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0)


class Metrics:
    """One registry for one service, so that two services in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        ProcessCollector(registry=r)  # memory, open files, CPU and start of the process
        self.ami_up = Gauge(
            "agentbot_ami_up", "Logged in to the exchange", ["exchange"], registry=r
        )
        self.ami_events = Gauge(
            "agentbot_ami_events",
            "Events of the exchange since the start",
            ["exchange"],
            registry=r,
        )
        self.ami_logins = Gauge(
            "agentbot_ami_logins",
            "Logins to the exchange since the start",
            ["exchange"],
            registry=r,
        )
        self.calls = Counter("agentbot_calls", "Calls that came up", registry=r)
        self.talks = Counter("agentbot_talks", "Talks that were followed", registry=r)
        self.talking = Gauge("agentbot_talks_now", "Talks being followed", registry=r)
        self.legs = Gauge("agentbot_legs_now", "Legs being heard", registry=r)
        self.lag = Gauge("agentbot_lag_seconds", "Largest lag of recognition of a leg", registry=r)
        self.dropped = Counter(
            "agentbot_sound_dropped_seconds", "Sound for which there was no room", registry=r
        )
        self.lost = Counter(
            "agentbot_sound_lost_seconds", "Stretches not recognised", ["cause"], registry=r
        )
        self.untapped = Counter(
            "agentbot_talks_untapped", "Talks that could not be heard", registry=r
        )
        self.heard = Counter("agentbot_utterances", "Utterances recognised", ["leg"], registry=r)
        self.after = Histogram(
            "agentbot_recognised_after_seconds", "From the end of an utterance to its words",
            buckets=_DELAYS, registry=r,
        )  # fmt: skip
        self.prompts = Counter("agentbot_prompts", "Next lines shown", registry=r)
        self.steps = Counter("agentbot_steps", "Steps told", ["state"], registry=r)
        self.alerts = Counter("agentbot_alerts", "Alerts raised", ["kind"], registry=r)
        self.pictures = Counter("agentbot_pictures", "Pictures put up at seats", registry=r)
        self.drawn_after = Histogram(
            "agentbot_drawn_after_seconds", "From a picture put up to a page that drew it",
            buckets=_DELAYS, registry=r,
        )  # fmt: skip
        self.cpu = Gauge("agentbot_cpu_seconds", "CPU taken by the service", registry=r)
        self.loop_cpu = Gauge(
            "agentbot_loop_cpu_seconds", "Part of it for everything but recognition", registry=r
        )
        self.engine_cpu = Gauge(
            "agentbot_engine_cpu_seconds", "Part of that for judging and drawing talks", registry=r
        )
        self.verdicts = Counter("agentbot_verdicts", "Verdicts kept", ["kind"], registry=r)
        self.troubles = Counter(
            "agentbot_store_troubles", "Files that could not be kept", registry=r
        )

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Around work of the engine, whose CPU is counted."""
        began = time.thread_time()
        try:
            yield
        finally:
            self.engine_cpu.inc(time.thread_time() - began)
