"""The pages of a seat: as it is now, its stream, and what its operator enters."""

from __future__ import annotations

import json
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from agentbot.core.seat.view import SeatView, StepState
from agentbot.web.accounts import Account, Position
from agentbot.web.desk import Desk
from agentbot.web.doorman import Doorman
from agentbot.web.drawing import PARTS, Drawing, parts, state
from agentbot.web.render import LANGUAGES, render
from agentbot.web.stream import Streams

__all__ = ["Seats", "to_login"]

_MARKS = {
    "done": StepState.DONE,
    "wrong": StepState.WRONG,
    "not_applicable": StepState.NOT_APPLICABLE,
    "": None,
}
_LONGEST = 2000
"""Signs of anything entered."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Answers for the seats."""

    desk: Desk
    doorman: Doorman
    streams: Streams
    lang: str

    def routes(self) -> list[Route]:
        """Where the pages are."""
        return [
            Route("/seat/{seat}", self.page),
            Route("/seat/{seat}/events", self.events),
            Route("/seat/{seat}/mark", self.mark, methods=["POST"]),
            Route("/seat/{seat}/correct", self.correct, methods=["POST"]),
            Route("/seat/{seat}/dismiss", self.dismiss, methods=["POST"]),
            Route("/seat/{seat}/shown", self.shown, methods=["POST"]),
        ]

    def language(self, request: Request) -> str:
        """That of `?lang=`, kept for the session; else the session's, else the house's."""
        wanted = request.query_params.get("lang")
        if wanted in LANGUAGES:
            request.session["lang"] = wanted
        kept = request.session.get("lang")
        return kept if kept in LANGUAGES else self.lang

    async def page(self, request: Request) -> Response:
        """One seat's page, whole as it is now."""
        lang, account = self.language(request), await self.doorman.who(request)
        if account is None:
            return to_login(request)
        seat = self._seen(request, account)
        view, own = self.desk.view(seat), account.works_at(seat)
        return HTMLResponse(
            render(
                "seat.html", lang, view=view, account=account, own=own,
                several=account.position is Position.SUPERVISOR or len(account.seats) > 1,
                token=self.doorman.token(request), names=PARTS,
                parts=parts(view, lang, own=own), state=state(view, lang),
            )
        )  # fmt: skip

    async def events(self, request: Request) -> Response:
        """The seat's stream; `?as=json`: pictures instead of parts of the page."""
        account = await self._known(request)
        seat = self._seen(request, account)
        plain = request.query_params.get("as") == "json"
        drawing = Drawing(self.language(request), account.works_at(seat))
        last = request.headers.get("last-event-id", "")
        return self.streams.open(
            seat, last, None if plain else drawing, self.doorman.stays(account.name, seat)
        )

    async def mark(self, request: Request) -> Response:
        """Mark a step: `call`, `step`, `state` (empty: take the mark back)."""
        seat, told = await self._told(request, "call", "step", "state")
        if told["state"] not in _MARKS or told["step"] not in _steps(self.desk.view(seat)):
            raise HTTPException(400)
        done = self.desk.mark(seat, told["call"], told["step"], _MARKS[told["state"]])
        return _taken(done)

    async def correct(self, request: Request) -> Response:
        """Correct a field: `call`, `field`, `value` (empty: take the correction back)."""
        seat, told = await self._told(request, "call", "field", "value")
        if told["field"] not in {f.field for f in self.desk.view(seat).fields}:
            raise HTTPException(400)
        return _taken(self.desk.correct(seat, told["call"], told["field"], told["value"]))

    async def dismiss(self, request: Request) -> Response:
        """Take an alert away: `call`, `alert`."""
        seat, told = await self._told(request, "call", "alert")
        return _taken(self.desk.dismiss(seat, told["call"], told["alert"]))

    async def shown(self, request: Request) -> Response:
        """The page has drawn a `version`."""
        seat, told = await self._told(request, "version")
        if not (told["version"].isascii() and told["version"].isdigit()):
            raise HTTPException(400)
        self.desk.shown(seat, int(told["version"][:18]))
        return Response(status_code=204)

    async def _known(self, request: Request) -> Account:
        account = await self.doorman.who(request)
        if account is None:
            raise HTTPException(401)
        return account

    def _seen(self, request: Request, account: Account) -> str:
        """The seat asked for; 403 also for one that there is not, to those who see only theirs."""
        seat = str(request.path_params["seat"])
        if not account.sees(seat):
            raise HTTPException(403)
        if seat not in self.desk.seats():
            raise HTTPException(404)
        return seat

    async def _told(self, request: Request, *names: str) -> tuple[str, dict[str, str]]:
        """The seat and what its own operator sent."""
        account = await self._known(request)
        if not self.doorman.meant(request, request.headers.get("x-token", "")):
            raise HTTPException(403)
        seat = self._seen(request, account)
        if not account.works_at(seat):
            raise HTTPException(403)
        try:
            told = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise HTTPException(400) from None
        if not isinstance(told, dict):
            raise HTTPException(400)
        values = {name: told.get(name) for name in names}
        if not all(isinstance(v, str) and len(v) <= _LONGEST for v in values.values()):
            raise HTTPException(400)
        return seat, {name: str(value) for name, value in values.items()}


def to_login(request: Request) -> Response:
    """Log in first, then come back."""
    return RedirectResponse(request.url_for("login").include_query_params(to=request.url.path), 303)


def _steps(view: SeatView) -> set[str]:
    return {s.step for s in view.steps}


def _taken(done: bool) -> Response:
    """409: that call is over."""
    return JSONResponse({"taken": done}, 200 if done else 409)
