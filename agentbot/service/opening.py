"""What a talk begins with: its clock, its place in the call, and what it has from the talk before."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from agentbot.core.calls.events import TalkBegan
from agentbot.core.events import Leg
from agentbot.core.script import HandOver, Script
from agentbot.replay.call import Source
from agentbot.service.clock import CallClock
from agentbot.service.means import Means
from agentbot.store.shelf import file_name

__all__ = ["Opening"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first second of a talk."""

    clock: CallClock
    source: Source
    how: HandOver
    """What becomes of the talk before; `restart` where there was none."""

    @classmethod
    def of(
        cls, began: TalkBegan, script: Script, means: Means, earlier: tuple[Self, Script] | None
    ) -> Self:
        """`earlier`: how the talk began that was put through to this seat, and its script."""
        source = _source(began, script, means)
        if earlier is None or earlier[1].id != script.id or script.transfer is HandOver.RESTART:
            loop = asyncio.get_running_loop()
            clock = CallClock.start(began.at, time.time(), loop.time(), picked_up=began.picked_up)
            return cls(clock=clock, source=source, how=HandOver.RESTART)
        before, how = earlier[0], script.transfer
        # Who goes on need not greet again: the greeting was the other operator's.
        greeter = None if how is HandOver.GREET else before.source.greeter or before.source.seat
        return cls(
            clock=replace(before.clock, begins=before.clock.from_epoch(began.at)),
            source=replace(
                before.source, call_id=source.call_id, seat=source.seat, greeter=greeter
            ),
            how=how,
        )


def _source(began: TalkBegan, script: Script, means: Means) -> Source:
    # What was kept of it before we came back is not written over.
    since = f"-from-{began.at:.0f}" if began.picked_up else ""
    return Source(
        call_id=file_name(began.talk) + since, listed="", script=script.id,
        seat=began.variables.get("AGENTBOT_OPERATOR") or means.number(began.seat),
        started_at=datetime.fromtimestamp(began.at).astimezone(),
        channels=(Leg.CALLER, Leg.OPERATOR), queue=began.queue, ring_seconds=began.ring_seconds,
    )  # fmt: skip
