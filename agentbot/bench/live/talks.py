"""Calls with truth played live: how soon steps are ticked and wrong read-backs flagged."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from math import inf
from typing import Any, Final

from agentbot.bench.live.figures import Figure, Target, delays, not_measured
from agentbot.bench.live.reader import PageStream, Seen
from agentbot.bench.live.stage import Stage
from agentbot.bench.truth import Truth, TruthStep
from agentbot.core.events import Leg
from agentbot.simulate.call import SimulatedCall
from agentbot.speech.recording import read_recording

__all__ = [
    "Played",
    "alerts",
    "call_of",
    "calls_of",
    "engine_share",
    "play",
    "ticks",
    "wrong_first",
]

_PERFORMED: Final = {"done", "wrong"}
_READ_BACK_WRONG: Final = "wrong_readback"
_SAID: Final = {"done", "wrong_greeting", _READ_BACK_WRONG}
"""What truth calls a step that was taken."""
_READ_BACK_RIGHT: Final = "done"
_SOON: Final = (Target(key="p95", limit=3000.0),)
_SELDOM: Final = (Target(key="share", limit=1.0),)
_ALERT: Final = "readback_mismatch"
_AFTER: Final = 3.0
"""Seconds for which the page is looked at after a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A call that was played, and what its seat showed."""

    id: str = ""
    """Of the call."""
    truth: Truth
    began: float
    """Loop time of second 0 of the recording."""
    lead: float
    """Seconds of the talk before that."""
    seen: list[Seen]

    def first(self, fits: Any, since: float) -> float:
        """Seconds from second `since` of the recording to the first picture that fits; infinite: none."""
        moment = self.began + since
        return next((s.at - moment for s in self.seen if fits(s.message)), inf)


def wrong_first(truths: Sequence[Truth]) -> list[Truth]:
    """The calls in which most is read back wrongly come first, for where not all are played."""
    return sorted(truths, key=lambda t: -sum(s.status == _READ_BACK_WRONG for s in t.steps))


def calls_of(truths: Sequence[Truth]) -> dict[str, str]:
    """A seat for each of these calls, and the number that is said in its greeting."""
    return {f"{9001 + n}": truth.agent_no or "" for n, truth in enumerate(truths)}


async def play(stage: Stage, truths: Sequence[Truth], number: int, lines: int) -> list[Played]:
    """So many calls, these over and over, on so many lines at once; each call has its own seat."""
    waiting = iter(islice(cycle(enumerate(truths)), number))
    seats = [str(9001 + n) for n in range(len(truths))]
    async with stage.watching(seats, pictures=True) as streams:
        found = await asyncio.gather(*(_line(stage, streams, waiting) for _ in range(lines)))
    return [played for some in found for played in some]


async def _line(
    stage: Stage, streams: list[PageStream], waiting: Iterator[tuple[int, Truth]]
) -> list[Played]:
    done = []
    for number, truth in waiting:
        stream = streams[number]
        since = len(stream.seen)
        placed = stage.exchange.place(call_of(stream.seat, truth))
        await placed.over()
        await asyncio.sleep(_AFTER)
        if placed.playback.began is not None:
            began = placed.playback.moment(0.0)
            lead = began - placed.playback.began
            seen = stream.seen[since:]
            done.append(Played(id=placed.id, truth=truth, began=began, lead=lead, seen=seen))
    return done


def call_of(seat: str, truth: Truth) -> SimulatedCall:
    """The call as it is played at a seat."""
    recording = read_recording(
        truth.sound, "left" if truth.channels[0] is Leg.OPERATOR else "right"
    )
    return SimulatedCall(
        seat=seat, rings=0.5, sound=recording.legs,
        variables={"AGENTBOT_SCRIPT": truth.script} if truth.script else {},
    )  # fmt: skip


def ticks(played: Sequence[Played], engine: str, limit: float) -> Figure:
    """From the end of the operator's phrase to its tick."""
    name = f"operator's phrase to its tick, {engine}"
    targets = (Target(key="p95", limit=limit),)
    found, said = [], 0
    for one in played:
        for step in one.truth.steps:
            if step.status not in _SAID or step.start is None or step.end is None:
                continue
            said += 1
            delay = one.first(lambda view, step=step.step: _ticked(view, step), step.end)
            # A tick before the phrase was not for it, and what is never ticked was not understood.
            if step.start - step.end <= delay < inf:
                found.append(delay)
    note = f"of {said} phrases in {len(played)} calls ticked"
    return delays(name, found, targets, note, "no step was ticked")


def _ticked(view: dict[str, Any], step: str) -> bool:
    return any(s["step"] == step and s["state"] in _PERFORMED for s in view["steps"])


def alerts(played: Sequence[Played], read_backs: Collection[str]) -> list[Figure]:
    """From the end of a wrong read-back to its alert: numbers, then all else; and false alerts.

    `read_backs`: the steps that read a field back.
    """
    wrong = list(_went(played, _READ_BACK_WRONG, read_backs))
    numbers = [delay for delay, step in wrong if _digits(step.truth)]
    others = [delay for delay, step in wrong if not _digits(step.truth)]
    right = [delay < inf for delay, _ in _went(played, _READ_BACK_RIGHT, read_backs)]
    name = "alert on a right read-back"
    return [
        _raised("wrong digit read back to alert", numbers, "numbers read back wrongly"),
        _raised("anything else read back wrongly to alert", others, "read back wrongly"),
        Figure(
            name=name, unit="%", targets=_SELDOM, values={"share": round(100 * sum(right) / len(right), 1)},
            note=f"{sum(right)} of {len(right)} right read-backs",
        ) if right else not_measured(name, "%", _SELDOM, "no call has a right read-back"),
    ]  # fmt: skip


def _went(
    played: Sequence[Played], status: str, steps: Collection[str]
) -> Iterator[tuple[float, TruthStep]]:
    """Those of these steps that went so, each with the delay of its alert."""
    for one in played:
        for step in one.truth.steps:
            if step.status == status and step.end is not None and step.step in steps:
                fits = partial(_flagged, step=step.step)
                yield one.first(fits, step.end), step


def _raised(name: str, found: Sequence[float], what: str) -> Figure:
    """How soon, and how many at all."""
    raised = [delay for delay in found if delay < inf]
    figure = delays(name, found, _SOON, what, f"no call has {what}")
    if not found:
        return figure
    own = delays(name, raised, _SOON, "", "").values if raised else {}
    values = {**figure.values, **({"p95_of_raised": own["p95"]} if own else {})}
    return replace(figure, values=values, note=f"{len(raised)} of {len(found)} {what} alerted")


def _flagged(view: dict[str, Any], *, step: str) -> bool:
    """Whether an alert stands about the field that this step reads back."""
    field = next((s["field"] for s in view["steps"] if s["step"] == step), "")
    return any(a["id"].startswith(f"{_ALERT}:{field}:") for a in view["alerts"])


def _digits(text: str | None) -> bool:
    return text is not None and text.isascii() and text.isdigit()


def engine_share(before: dict[str, float], after: dict[str, float], legs: str) -> Figure:
    """CPU of everything beside recognition, of all CPU that the service took."""
    name, targets = "the engine beside recognition", (Target(key="engine", limit=3.0),)
    spent = {key: after[key] - before[key] for key in after if key.endswith("_cpu_seconds")}
    whole = spent["agentbot_cpu_seconds"]
    if not whole:
        return not_measured(name, "% of CPU", targets, "the service did nothing")
    shares = {
        "engine": spent["agentbot_engine_cpu_seconds"],
        "event_loop": spent["agentbot_loop_cpu_seconds"],
    }
    values = {key: round(100 * seconds / whole, 2) for key, seconds in shares.items()}
    return Figure(name=name, unit="% of CPU", targets=targets, values=values, note=legs)
