"""What a supervisor sees: all seats as they are now, and the newest calls with their reports."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from agentbot.core.seat.view import SeatView, StepState
from agentbot.core.verdict import Severity
from agentbot.web.accounts import Account, Position
from agentbot.web.kept import Kept
from agentbot.web.render import render
from agentbot.web.seats import Seats, to_login

__all__ = ["Overview"]

_REPORT = {"Content-Security-Policy": "frame-ancestors 'none'; form-action 'none'; base-uri 'none'"}
"""A report seals itself, script and style by their digests."""
_WEIGHT = {severity: rank for rank, severity in enumerate(Severity)}
_TAKEN = {StepState.DONE, StepState.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Overview:
    """Answers for the list of seats and for calls that are over."""

    seats: Seats
    kept: Kept | None
    _reading: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(2))

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [Route("/", self.page), Route("/call/{day}/{call}", self.report)]

    async def page(self, request: Request) -> Response:
        """The seats one may see; whoever has only one goes there. `?part`: what changes of it."""
        seats, desk = self.seats, self.seats.desk
        lang, account = seats.language(request), await seats.doorman.who(request)
        part = "part" in request.query_params
        if account is None:
            if part:
                raise HTTPException(401)
            return to_login(request)
        seen = [seat for seat in desk.seats() if account.sees(seat)]
        if len(seen) == 1 and account.position is Position.OPERATOR:
            return RedirectResponse(f"/seat/{seen[0]}", 303)
        views = [desk.view(seat) for seat in seen]
        by_alerts = request.query_params.get("by") == "alerts"
        calls = None
        if self._may_read(account) and self.kept is not None:
            calls = await to_thread.run_sync(self.kept.newest, limiter=self._reading)
        html = render(
            "parts/overview.html" if part else "overview.html", lang,
            views=sorted(views, key=_urgency) if by_alerts else views, by_alerts=by_alerts,
            calls=calls, taken=_taken, account=account, token=seats.doorman.token(request),
        )  # fmt: skip
        return HTMLResponse(html)

    async def report(self, request: Request) -> Response:
        """One call that is over, as `agentbot replay` shows it."""
        account = await self.seats.doorman.who(request)
        if account is None:
            return to_login(request)
        if not self._may_read(account):
            raise HTTPException(403)
        told = request.path_params
        page = None
        if self.kept is not None:
            page = await to_thread.run_sync(
                self.kept.page, told["day"], told["call"], limiter=self._reading
            )
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(page, headers=_REPORT)

    @staticmethod
    def _may_read(account: Account) -> bool:
        return account.position is Position.SUPERVISOR


def _urgency(view: SeatView) -> tuple[int, int]:
    """Seats with alerts first, the most severe before the others; else as they were."""
    worst = min((_WEIGHT[alert.severity] for alert in view.alerts), default=len(_WEIGHT))
    return worst, -len(view.alerts)


def _taken(view: SeatView) -> int:
    """Steps behind the operator."""
    return sum(step.state in _TAKEN for step in view.steps)
