"""Many calls judged: spread over threads, each written at once, what is done skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from agentbot.core.verdict import CallVerdict
from agentbot.errors import AgentbotError, ReportError
from agentbot.replay.call import Broken, Source
from agentbot.replay.house import House, Lang
from agentbot.replay.judge import judge
from agentbot.replay.pool import OnePerThread, spread
from agentbot.replay.results import Results, fingerprint
from agentbot.speech.base import Recogniser

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
    broken: list[Broken] = field(default_factory=list)

    def count(self, state: State) -> int:
        """Calls that ended so."""
        return sum(each is state for each in self.finished.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything that all calls of a run share."""

    house: House
    results: Results
    lang: Lang
    engine: str | None
    """Name of the recogniser; None: there are only transcripts."""
    recogniser: OnePerThread[Recogniser]
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
                outcome.broken.append(Broken(call_id=source.call_id, reason=_reason(source, error)))
                self.results.drop(source.call_id)
            tell(source)

    def _one(self, source: Source) -> State:
        script = self.house.script(source)
        started = self.house.started(source, script, self.lang)
        engine = "transcript" if source.transcript else self.engine or ""
        digest = fingerprint(source, script, started, engine, self.lang)
        if self.results.holds(source.call_id, digest):
            return State.KEPT
        recogniser = None if source.transcript else self.recogniser()
        self.results.keep(judge(source, script, started, recogniser, self.lang), digest)
        return State.JUDGED

    def verdicts(self, sources: Sequence[Source], outcome: Outcome) -> Iterator[CallVerdict]:
        """The verdicts of all finished calls, in the order of the sources, read one by one."""
        for source in sources:
            if outcome.finished.get(source.call_id) in {State.JUDGED, State.KEPT}:
                yield self.results.read(source.call_id)


def _reason(source: Source, error: BaseException) -> str:
    if isinstance(error, AgentbotError):
        return str(error)
    # A fault of ours: it must not cost the other calls, and must not go unseen.
    log.error("call failed", call_id=source.call_id, exc_info=error)
    return (
        f"{source.listed}: agentbot failed ({type(error).__name__}); please report it with the log"
    )
