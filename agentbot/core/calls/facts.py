"""What each kind of message does."""

from __future__ import annotations

from agentbot.core.calls.bridging import BRIDGING
from agentbot.core.calls.dialling import DIALLING
from agentbot.core.calls.exchange import Exchange, Fact, Told
from agentbot.core.calls.moving import MOVING
from agentbot.core.calls.queueing import QUEUEING
from agentbot.core.calls.resync import RESYNC

__all__ = ["FACTS"]


def _variable(x: Exchange, told: Told, at: float) -> None:
    name = told.headers.get("Variable", "")
    # A global variable is told as one of a channel called "none".
    if name.startswith("AGENTBOT_") and told.headers.get("Channel") != "none":
        channel = x.seen(told, at)
        if channel is not None:
            channel.variables[name] = told.headers.get("Value", "")


FACTS: dict[str, Fact] = {
    **DIALLING,
    **BRIDGING,
    **QUEUEING,
    **MOVING,
    **RESYNC,
    "VarSet": _variable,
}
