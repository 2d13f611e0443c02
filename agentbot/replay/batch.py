"""Many calls judged: spread over threads, each written at once, what is done skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from agentbot.errors import AgentbotError, ReportError
from agentbot.replay.call import Source
from agentbot.replay.house import House, Lang
from agentbot.replay.judge import judge
from agentbot.replay.listening import Listener
from agentbot.replay.pool import spread
from agentbot.replay.results import Results, fingerprint
from agentbot.report.summary import Failure

__all__ = ["Batch", "Outcome", "State"]

log = structlog.get_logger()


class State(StrEnum):
    """What became of a call in this run."""

    JUDGED = "judged"
    KEPT = "kept"
    """An earlier run's verdict still holds."""
    BROKEN = "broken"


@dataclass(slots=True)
class Outcome:
    """How the batch went so far; `finished` in no order."""

    finished: dict[str, State] = field(default_factory=dict)
    broken: list[Failure] = field(default_factory=list)

    def count(self, state: State) -> int:
        """Calls that ended so."""
        return sum(each is state for each in self.finished.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that all calls of a run share."""

    house: House
    results: Results
    lang: Lang
    recogniser: Listener | None
    """Safe to use from many threads; None: there are only transcripts."""
    jobs: int

    def run(
        self, sources: Sequence[Source], outcome: Outcome, tell: Callable[[Source], None]
    ) -> None:
        """Judge all calls; `tell` hears of each that is finished, in the caller's thread.

        A call that cannot be read is put into `outcome.broken` and the batch goes on. After
        Ctrl-C, calls under way are finished and `outcome` holds them.

        Raises:
            ReportError: results cannot be written, so that going on would be in vain.
        """

        def work(source: Source) -> None:
            outcome.finished[source.call_id] = self._one(source)

        for source, future in spread(work, sources, self.jobs):
            error = future.exception()
            if isinstance(error, ReportError):
                raise error
            if error is not None:
                outcome.finished[source.call_id] = State.BROKEN
                outcome.broken.append(
                    Failure(
                        call_id=source.call_id, source=source.listed, reason=_reason(source, error)
                    )
                )
                self.results.drop(source.call_id)
            tell(source)

    def _one(self, source: Source) -> State:
        script = self.house.script(source)
        started = self.house.started(source, script, self.lang)
        engine = "transcript"
        if source.transcript is None and self.recogniser is not None:
            engine = self.recogniser.name
        digest = fingerprint(source, script, started, engine, self.lang)
        if self.results.holds(source.call_id, digest):
            return State.KEPT
        judged = judge(source, script, started, self.recogniser, self.lang)
        self.results.keep(judged, digest)
        return State.JUDGED

    def summarise(self, sources: Sequence[Source], outcome: Outcome) -> None:
        """Write the summaries over all finished calls, in the order of the sources.

        Raises:
            ReportError: results cannot be written or read again.
        """
        place = {source.call_id: number for number, source in enumerate(sources)}
        outcome.broken.sort(key=lambda failure: place.get(failure.call_id, len(place)))
        finished = [
            source.call_id
            for source in sources
            if outcome.finished.get(source.call_id) in {State.JUDGED, State.KEPT}
        ]
        self.results.summarise(map(self.results.read, finished), outcome.broken)


def _reason(source: Source, error: BaseException) -> str:
    if isinstance(error, AgentbotError):
        return str(error)
    # A fault of ours: it must not cost the other calls, and must not go unseen.
    log.error("call failed", call_id=source.call_id, exc_info=error)
    return f"agentbot failed ({type(error).__name__}); please report it with the log"
