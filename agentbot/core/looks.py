"""Second looks: which stretches to hear again, and what their scores say of a read-back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentbot.core.doubts import Doubt
from agentbot.core.events import Heard, Rescored
from agentbot.core.judge import Judgement
from agentbot.core.ledger import Known

__all__ = ["find_doubts"]


def find_doubts(
    known: Known, judgement: Judgement, heard: Sequence[Heard], rescored: Mapping[str, Rescored]
) -> tuple[Doubt, ...]:
    """What to hear again."""
    return ()
