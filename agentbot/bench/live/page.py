"""From the operator's answer to the first line on the page, in a real Chromium."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice
from math import inf
from typing import TYPE_CHECKING, Final

from agentbot.bench.live.figures import Figure, Target, delays, not_measured
from agentbot.bench.live.stage import NAME, PASSWORD, Stage
from agentbot.simulate.call import SimulatedCall

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

__all__ = ["answer_to_prompt", "browser"]

_NAME: Final = "answer to first prompt on the page"
_TARGETS: Final = (Target(key="p95", limit=300.0), Target(key="p99", limit=1000.0))
_ASKED: Final = 20
_WATCH: Final = """() => {
  window.shown = {};
  new MutationObserver(() => {
    const line = document.querySelector("#line .say:not(.rest)");
    const call = document.body.dataset.call.split("/")[0];
    if (line && call && !(call in window.shown)) window.shown[call] = performance.now();
  }).observe(document.getElementById("line"), { childList: true, subtree: true });
}"""
"""The page's own moment: its line has changed and shows something to say."""


@asynccontextmanager
async def browser() -> AsyncIterator[Browser | None]:
    """Chromium; None: there is none, or no Playwright to steer it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - a library for tests
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            await opened.close()


async def answer_to_prompt(
    stage: Stage, chromium: Browser | None, calls: Sequence[SimulatedCall], number: int
) -> Figure:
    """So many calls, `calls` over and over; each seat has its page open and takes one at a time."""
    if chromium is None:
        why = "there is no Chromium, or no Playwright to steer it"
        return not_measured(_NAME, "ms", _TARGETS, why)
    seats = {call.seat for call in calls}
    by_seat = {seat: cycle([call for call in calls if call.seat == seat]) for seat in seats}
    each = -(-number // len(seats))
    pages = {seat: await _opened(stage, chromium, seat) for seat in sorted(seats)}
    found = await asyncio.gather(
        *(
            _at_one_seat(stage, pages[seat], list(islice(taken, each)))
            for seat, taken in by_seat.items()
        )
    )
    note = f"calls at {len(seats)} seats, {stage.engine} hearing them"
    return delays(
        _NAME, [one for some in found for one in some][:number], _TARGETS, note, "no call"
    )


async def _opened(stage: Stage, chromium: Browser, seat: str) -> Page:
    """A page of its own session, so that browsers' limit of six connections holds nobody up."""
    page = await (await chromium.new_context()).new_page()
    await page.goto(f"{stage.url}/login?to=/seat/{seat}")
    await page.fill("[name=name]", NAME)
    await page.fill("[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#line")
    await page.evaluate(_WATCH)
    return page


async def _at_one_seat(stage: Stage, page: Page, calls: list[SimulatedCall]) -> list[float]:
    difference = await _difference(page)
    found = []
    for call in calls:
        placed = stage.exchange.place(call)
        await placed.over()
        shown = await page.evaluate("call => window.shown[call] ?? null", placed.id)
        answered = placed.playback.began
        if answered is not None:
            found.append(inf if shown is None else shown / 1000 + difference - answered)
    return found


async def _difference(page: Page) -> float:
    """Seconds from the page's clock to ours, by the quickest of some answers."""
    loop = asyncio.get_running_loop()
    asked = []
    for _ in range(_ASKED):
        before = loop.time()
        now = float(await page.evaluate("performance.now()")) / 1000
        after = loop.time()
        asked.append((after - before, (before + after) / 2 - now))
    return min(asked)[1]
