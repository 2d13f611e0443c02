"""The verdict at the end of a live call, the one on its recording, and `agentbot replay` of the original."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from agentbot.bench.live.figures import Figure, Target, not_measured
from agentbot.bench.live.talks import Played
from agentbot.bench.truth import Truth
from agentbot.core.verdict import CallVerdict, StepVerdict
from agentbot.replay.call import Source
from agentbot.replay.house import House
from agentbot.replay.judge import judge
from agentbot.report.encode import from_json
from agentbot.speech.engines import open_engine
from agentbot.store.shelf import file_name

__all__ = ["Told", "alike", "differences", "verdicts"]

_PATIENCE: Final = 600.0
"""Seconds for the last recording to be judged."""
_TARGETS: Final = (Target(key="alike", limit=100.0, least=True),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the service said of a call that was played."""

    truth: Truth
    at_hang_up: CallVerdict
    final: CallVerdict


async def verdicts(kept: Path, played: Sequence[Played]) -> list[Told]:
    """Both verdicts of each call, once they are written; a call without is left out."""
    told = []
    for one in played:
        name = file_name(one.id)
        live = await _written(kept, f"{name}*.live.json")
        if live is None:
            continue
        final = await _written(kept, f"{live.name.removesuffix('.live.json')}.json")
        if final is not None:
            told.append(Told(truth=one.truth, at_hang_up=_read(live), final=_read(final)))
    return told


async def _written(kept: Path, name: str) -> Path | None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while True:
                if found := await asyncio.to_thread(_first, kept, name):
                    return found
                await asyncio.sleep(0.5)
    return None


def _first(kept: Path, name: str) -> Path | None:
    return next(iter(sorted(kept.glob(f"*/{name}"))), None)


def _read(path: Path) -> CallVerdict:
    return from_json(path.read_bytes(), path.name)


def alike(told: Sequence[Told], engine: str) -> list[Figure]:
    """In how many calls the same is said of steps, fields and findings; where not, what differs."""
    names = (
        "final verdict against replay of the original",
        "verdict at hang-up against the final one",
    )
    if not told:
        return [not_measured(name, "%", _TARGETS, "no verdict was kept") for name in names]
    house, recogniser = House.read(), open_engine(engine)[0]
    replayed = []
    for one in told:
        source, script = _source(one), house.scripts[one.final.script]
        started = house.started(source, script, "zh")
        replayed.append(judge(source, script, started, recogniser, "zh").verdict)
    pairs = (
        [(one.final, replay) for one, replay in zip(told, replayed, strict=True)],
        [(one.at_hang_up, one.final) for one in told],
    )
    return [
        _figure(name, [one.truth for one in told], some)
        for name, some in zip(names, pairs, strict=True)
    ]


def _source(one: Told) -> Source:
    began = one.final.started_at
    return Source(
        call_id=one.truth.id, listed="", script=one.final.script, seat=one.final.seat,
        started_at=datetime.fromisoformat(began) if began else None,
        audio=one.truth.sound, channels=one.truth.channels,
    )  # fmt: skip


def _figure(
    name: str, truths: Sequence[Truth], pairs: Sequence[tuple[CallVerdict, CallVerdict]]
) -> Figure:
    found = [differences(*pair) for pair in pairs]
    same = sum(not one for one in found)
    steps = [s.verdict for one, _ in pairs for s in one.steps]
    lines = [
        f"{truth.id}: {', '.join(differ)}"
        for truth, differ in zip(truths, found, strict=True)
        if differ
    ]
    return Figure(
        name=name, unit="% of calls", targets=_TARGETS,
        values={
            "alike": round(100 * same / len(pairs), 1), "differences": sum(map(len, found)),
            "missed": steps.count(StepVerdict.MISSED), "cannot_tell": steps.count(StepVerdict.CANNOT_TELL),
        },
        note="\n".join([f"{same} of {len(pairs)} calls", *lines]),
    )  # fmt: skip


def differences(one: CallVerdict, other: CallVerdict) -> list[str]:
    """Steps, fields and findings of which the two say another thing, as `what: one/other`."""
    verdicts = {s.step: s.verdict.value for s in other.steps}
    found = [
        f"{s.step}: {s.verdict.value}/{verdicts.get(s.step, 'none')}"
        for s in one.steps
        if verdicts.get(s.step) != s.verdict.value
    ]
    found += [
        f"{field}: {result.verdict.value}/{other.fields[field].verdict.value}"
        for field, result in one.fields.items()
        if other.fields[field].verdict is not result.verdict
    ]
    mine, theirs = (
        Counter((f.kind, f.step or f.field or "") for f in v.findings) for v in (one, other)
    )
    found += [
        f"finding {kind.value} {about}/-" for kind, about in sorted((mine - theirs).elements())
    ]
    found += [
        f"finding -/{kind.value} {about}" for kind, about in sorted((theirs - mine).elements())
    ]
    return found
