"""What an exchange can do for us, asked before a route of sound is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from agentbot.errors import PbxError
from agentbot.pbx.message import Message

__all__ = ["Exchange", "may_not", "need_modules", "need_right"]


class Exchange(Protocol):
    """What is asked of the AMI client."""

    async def ask(self, action: str, headers: Mapping[str, str]) -> Message:
        """Send an action and wait for its reply.

        Raises:
            PbxError: refused (the message has the exchange's words), or no answer.
        """


async def need_modules(exchange: Exchange, modules: Mapping[str, str]) -> None:
    """Ask for each module (name: where it comes from).

    Raises:
        PbxError: one is not loaded; names it. An AMI user who may not ask is not told.
    """
    for module, where in modules.items():
        try:
            await exchange.ask("ModuleCheck", {"Module": module})
        except PbxError as error:
            if "not loaded" in str(error):
                raise PbxError(
                    f"calls cannot be heard: Asterisk has not loaded {module}; "
                    f"load it (modules.conf) or install it ({where})"
                ) from error
            if "ermission" not in str(error):
                raise


async def need_right(exchange: Exchange, action: str, right: str) -> None:
    """Ask whether the AMI user may send an action.

    Raises:
        PbxError: it may not; names the right.
    """
    try:
        known = await exchange.ask("ListCommands", {})
    except PbxError as error:
        if "nvalid" in str(error) or "ermission" in str(error):
            return  # who may not ask is told by the action itself
        raise
    if action not in known.headers:
        raise may_not(right)


def may_not(right: str) -> PbxError:
    """The AMI user lacks a right."""
    return PbxError(
        f"calls cannot be heard: the AMI user may not {right}; "
        f"add {right} to its write= in manager.conf"
    )
