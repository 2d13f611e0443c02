"""Which script a talk is judged by: what the dialplan asked for, else the house's rules."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from agentbot.core.calls.events import TalkBegan
from agentbot.core.script import Script

__all__ = ["Asked", "Choice", "Rule"]

_MOST: Final = 10_000
"""Calls for which something was asked beforehand; the oldest are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is set holds; empty: whatever. `seat` is a regular expression for the whole seat."""

    script: str
    queue: str = ""
    seat: str = ""
    direction: str = ""

    def fits(self, talk: TalkBegan) -> bool:
        """Whether this talk is meant."""
        return (
            (not self.queue or self.queue == talk.queue)
            and (not self.seat or re.fullmatch(self.seat, talk.seat) is not None)
            and (not self.direction or self.direction == talk.direction.value)
        )


@dataclass(slots=True)
class Asked:
    """What the dialplan said of a call before it was answered."""

    script: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def _keys(talk: TalkBegan) -> tuple[str, ...]:
    """By which of its channels the dialplan may have spoken of a call."""
    return talk.call, talk.caller.uniqueid, talk.operator.uniqueid


class Choice:
    """The house's scripts and rules, first match; what calls asked for themselves goes before."""

    def __init__(self, scripts: Mapping[str, Script], rules: Sequence[Rule]) -> None:
        self._scripts, self._rules = scripts, tuple(rules)
        self._asked: OrderedDict[str, Asked] = OrderedDict()

    def asked(self, channel: str) -> Asked:
        """What was asked for the call of a channel (its uniqueid, or the call id)."""
        asked = self._asked.setdefault(channel, Asked())
        self._asked.move_to_end(channel)
        while len(self._asked) > _MOST:
            self._asked.popitem(last=False)
        return asked

    def forget(self, call: str, talks: Iterable[TalkBegan] = ()) -> None:
        """The call is over: what the dialplan collected of its caller is kept no longer."""
        for key in {call}.union(*(_keys(talk) for talk in talks)):
            self._asked.pop(key, None)

    def knows(self, script: str) -> bool:
        """Whether there is such a script."""
        return script in self._scripts

    def of(self, talk: TalkBegan) -> tuple[Script | None, dict[str, str]]:
        """The script (None: this talk is not followed) and the fields known beforehand."""
        fields: dict[str, str] = {}
        named = talk.variables.get("AGENTBOT_SCRIPT", "")
        for key in dict.fromkeys(_keys(talk)):
            if key in self._asked:
                fields |= self._asked[key].fields
                named = self._asked[key].script or named
        if named not in self._scripts:
            named = next((rule.script for rule in self._rules if rule.fits(talk)), "")
        return self._scripts.get(named), fields
