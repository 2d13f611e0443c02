"""The live pages as one application: log in, seats, health, metrics."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Mapping
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agentbot.errors import AgentbotError
from agentbot.store.shelf import Shelf
from agentbot.web.accounts import Accounts
from agentbot.web.desk import Desk, Headsets
from agentbot.web.doorman import Doorman
from agentbot.web.headers import Guarded
from agentbot.web.headset import HeadsetDoor
from agentbot.web.kept import Kept
from agentbot.web.keys import Keys
from agentbot.web.overview import Overview
from agentbot.web.render import LANGUAGES, render, words
from agentbot.web.seats import Seats
from agentbot.web.stream import Streams

__all__ = ["app"]

_SHIFT = 12 * 3600
"""Seconds for which one stays logged in."""


def app(
    desk: Desk,
    accounts: Accounts,
    *,
    secret: str,
    lang: str = "zh",
    registry: CollectorRegistry | None = None,
    secure: bool = False,
    keys: Keys | None = None,
    shelf: Shelf | None = None,
    headsets: Headsets | None = None,
) -> Starlette:
    """The application of one service.

    `secret` signs the cookies (at least 16 signs; a new one logs everybody out); `secure`: the
    pages are reached by HTTPS only; `registry`: what `/metrics` tells; `keys`: links that let
    somebody in once; `shelf`: the kept calls, for supervisors; `headsets`: who takes their sound.
    """
    if len(secret) < 16 or lang not in LANGUAGES:
        raise ValueError("a secret of at least 16 signs and a language of the pages are needed")
    doorman = Doorman(accounts)
    seats = Seats(desk, doorman, Streams(desk, secrets.token_hex(4)), lang)
    overview = Overview(seats, Kept(shelf, lang) if shelf else None)
    site = _Site(desk, doorman, seats, registry, keys or Keys())
    static = StaticFiles(directory=Path(__file__).parent / "static")
    return Starlette(
        routes=[
            *overview.routes(),
            *seats.routes(),
            *(HeadsetDoor(desk, doorman, headsets).routes() if headsets else ()),
            Route("/login", site.login, methods=["GET", "POST"], name="login"),
            Route("/enter/{key}", site.enter),
            Route("/logout", site.logout, methods=["POST"]),
            Route("/healthz", site.health),
            Route("/metrics", site.metrics),
            Mount("/static", static),
        ],
        middleware=[
            Middleware(Guarded),
            Middleware(
                SessionMiddleware, secret_key=secret, session_cookie="agentbot", max_age=_SHIFT,
                same_site="lax", https_only=secure,
            ),
        ],
        exception_handlers={HTTPException: site.refuse, AgentbotError: site.fail},
    )  # fmt: skip


class _Site:
    """Everything that is no seat's."""

    def __init__(
        self, desk: Desk, doorman: Doorman, seats: Seats, registry: CollectorRegistry | None,
        keys: Keys,
    ) -> None:  # fmt: skip
        self._desk = desk
        self._keys = keys
        self._doorman = doorman
        self._seats = seats
        self._registry = registry

    async def login(self, request: Request) -> Response:
        """The form, and what it sends."""
        to = _inside(request.query_params.get("to", "/"))
        if request.method == "GET":
            return self._form(request, to, "", 200)
        form = await request.form(max_files=0, max_fields=5, max_part_size=4096)
        told = {name: value for name, value in form.items() if isinstance(value, str)}
        if not self._doorman.meant(request, told.get("token", "")):
            return self._form(request, to, "stale", 403)
        try:
            account = await self._doorman.enter(
                request, told.get("name", ""), told.get("password", "")
            )
        except HTTPException as wait:
            return self._form(request, to, "wait", 429, wait.headers)
        if account is None:
            return self._form(request, to, "wrong", 401)
        self._doorman.admit(request, account)
        return RedirectResponse(to, 303)

    def _form(
        self, request: Request, to: str, error: str, status: int,
        headers: Mapping[str, str] | None = None,
    ) -> Response:  # fmt: skip
        page = render(
            "login.html", self._seats.language(request), to=to, error=error,
            token=self._doorman.token(request),
        )  # fmt: skip
        return HTMLResponse(page, status, headers)

    async def enter(self, request: Request) -> Response:
        """A link that lets in once; the login form where it is spent."""
        to = _inside(request.query_params.get("to", "/"))
        name = self._keys.take(str(request.path_params["key"]))
        account = self._doorman.known(name) if name else None
        if account is None:
            return RedirectResponse(request.url_for("login").include_query_params(to=to), 303)
        self._doorman.admit(request, account)
        return RedirectResponse(to, 303)

    async def logout(self, request: Request) -> Response:
        """Ends the session."""
        form = await request.form(max_files=0, max_fields=5, max_part_size=4096)
        if not self._doorman.meant(request, str(form.get("token", ""))):
            raise HTTPException(403)
        lang = self._seats.language(request)
        request.session.clear()
        request.session["lang"] = lang  # the next reader is as a rule the same
        return RedirectResponse("/login", 303)

    async def health(self, _: Request) -> Response:
        """For watchdogs and load balancers: 200, or 503 and what does not work."""
        healthy, told = self._desk.healthy()
        return JSONResponse({"healthy": healthy, "parts": told}, 200 if healthy else 503)

    async def metrics(self, request: Request) -> Response:
        """For Prometheus, from this machine or with a login."""
        if not _here(request) and await self._doorman.who(request) is None:
            raise HTTPException(401)
        if self._registry is None:
            raise HTTPException(404)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    async def fail(self, request: Request, error: Exception) -> Response:
        """Something that the house must mend, such as the file of accounts."""
        structlog.get_logger().error("page not served", reason=str(error))
        return await self.refuse(request, HTTPException(503))

    async def refuse(self, request: Request, error: Exception) -> Response:
        """An error as a page for people, as JSON for programs."""
        assert isinstance(error, HTTPException)  # noqa: S101  registered for it alone
        lang = self._seats.language(request)
        if "text/html" not in request.headers.get("accept", ""):
            told = {"error": words(lang)["error"].get(str(error.status_code), error.detail)}
            return JSONResponse(told, error.status_code, error.headers)
        page = render("error.html", lang, status=str(error.status_code), detail=error.detail)
        return HTMLResponse(page, error.status_code, error.headers)


def _inside(path: str) -> str:
    """A page of ours to go to after the login, never another site's."""
    plain = path.startswith("/") and not path.startswith("//")
    return path if plain and path.isprintable() and "\\" not in path else "/"


def _here(request: Request) -> bool:
    """Asked from this machine itself, and not through a proxy that runs on it."""
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
