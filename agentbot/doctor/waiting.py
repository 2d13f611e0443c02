"""Nothing that is looked at may hold up the rest: each look has its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias, TypeVar

from agentbot.doctor.check import Check, failed
from agentbot.errors import AgentbotError

__all__ = ["Look", "aside", "left_behind", "look"]

Result = TypeVar("Result")
_ASIDE: Final = "doctor aside"
_GOODBYE: Final = 1.0
Look: TypeAlias = Coroutine[Any, Any, Check | list[Check]]


async def look(subject: str, work: Look, seconds: float) -> list[Check]:
    """What was found, or that it took too long, or that the exchange would not answer."""
    try:
        async with asyncio.timeout(seconds):
            found = await work
    except TimeoutError:
        return [failed(subject, "timeout", seconds=f"{seconds:g}")]
    except AgentbotError as error:
        return [failed(subject, "problem", problem=str(error))]
    return found if isinstance(found, list) else [found]


async def aside(work: Callable[[], Result]) -> Result:
    """Do what blocks in a thread that nobody waits for: a disk that hangs holds up nothing."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - raised where it is awaited
            tell(done.set_exception, error)
        else:
            tell(done.set_result, result)

    def tell(how: Callable[[Any], None], what: object) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lambda: None if done.done() else how(what))

    thread = threading.Thread(target=run, name=_ASIDE, daemon=True)
    thread.start()
    result = await done
    # What it held of a speech engine is let go before the interpreter may end.
    thread.join(_GOODBYE)
    return result


def left_behind() -> bool:
    """Is something still at work that nobody waits for?"""
    return any(thread.name == _ASIDE for thread in threading.enumerate())
