"""A desk for tests: real seat calls, fed by hand, behind a real server on loopback."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime

import uvicorn
from core.seat.live import lives
from core.talks import greetings, scripts
from starlette.applications import Starlette

from agentbot.core.events import CallStarted, Event
from agentbot.core.seat.call import SeatCall
from agentbot.core.seat.view import SeatState, SeatView, StepState

__all__ = ["FedDesk", "Served"]

_MONDAY = datetime.fromisoformat("2026-03-09T10:00:00+08:00")


class FedDesk:
    """Seats whose calls a test plays; usable from any thread."""

    def __init__(self, *seats: str) -> None:
        self._views = {s: SeatView(seat=s, version=0, state=SeatState.IDLE) for s in seats}
        self._calls: dict[str, tuple[str, SeatCall]] = {}
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.drawn: list[tuple[str, int]] = []
        self.well = True

    # --- what a test does ---

    def begin(self, seat: str, call: str, events: Iterable[Event] = ()) -> SeatCall:
        """A talk begins at a seat."""
        now = SeatCall(scripts()["heating-repair"])
        due = greetings().due("heating-repair", _MONDAY, seat)
        now.feed(CallStarted(call_id=call, seat=seat, started_at=_MONDAY, greeting=due))
        self._calls[seat] = (call, now)
        self.feed(seat, *events)
        return now

    def feed(self, seat: str, *events: Event) -> None:
        """What is heard there."""
        for event in events:
            self._calls[seat][1].feed(event)
        self.publish(seat)

    def publish(self, seat: str, **changes: object) -> None:
        """The picture of now, changed as told."""
        call, now = self._calls.get(seat, ("", None))
        version = self._views[seat].version + 1
        view = (
            now.view(seat=seat, version=version, call=call, started_at=1.0)
            if now
            else replace(self._views[seat], version=version)
        )
        self._views[seat] = replace(view, **changes)  # type: ignore[arg-type]
        for loop, event in list(self._waiting):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    # --- what the pages ask ---

    def seats(self) -> tuple[str, ...]:
        return tuple(self._views)

    def view(self, seat: str) -> SeatView:
        return self._views[seat]

    async def watch(self, seat: str, after: int = -1) -> AsyncIterator[SeatView]:
        changed = asyncio.Event()
        waiting = (asyncio.get_running_loop(), changed)
        self._waiting.add(waiting)
        try:
            while True:
                changed.clear()
                view = self._views[seat]
                if view.version > after:
                    after = view.version
                    yield view
                else:
                    await changed.wait()
        finally:
            self._waiting.discard(waiting)

    def mark(self, seat: str, call: str, step: str, state: StepState | None) -> bool:
        return self._enter(seat, call, lambda now: now.mark(step, state))

    def correct(self, seat: str, call: str, field: str, value: str) -> bool:
        return self._enter(seat, call, lambda now: now.correct(field, value))

    def dismiss(self, seat: str, call: str, alert: str) -> bool:
        return self._enter(seat, call, lambda now: now.dismiss(alert))

    def _enter(self, seat, call, what) -> bool:
        current, now = self._calls.get(seat, ("", None))
        if now is None or current != call:
            return False
        what(now)
        self.publish(seat)
        return True

    def shown(self, seat: str, version: int) -> None:
        self.drawn.append((seat, version))

    def healthy(self) -> tuple[bool, dict[str, str]]:
        return self.well, {"exchange": "ok" if self.well else "unreachable"}

    @property
    def watchers(self) -> int:
        return len(self._waiting)


class Served:
    """An application on a port of loopback, in a thread; can be stopped and started again."""

    def __init__(self, app: Starlette, port: int = 0) -> None:
        config = uvicorn.Config(
            app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        assert not self._thread.is_alive()


def bad_call(desk: FedDesk) -> None:
    """A call under way at seat 1001: a read-back skipped, a wrong digit in the next."""
    case = next(live for live in lives() if live.name == "a skipped read-back and a wrong digit")
    told = [e for e in case.events()[1:] if not isinstance(e, dict) and (e.at or 0) <= 54]
    desk.begin("1001", "c1", told)
