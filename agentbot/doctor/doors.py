"""The ports of this machine: free, or held by the running service, or by somebody else."""

from __future__ import annotations

import asyncio
import errno
import json
import socket
from ipaddress import ip_address
from typing import Final

from agentbot.doctor.check import Check, Value, failed, fine, warning
from agentbot.settings_form import AgiForm, WebForm
from agentbot.settings_sound import SoundForm

__all__ = ["agi", "local", "pages", "service_runs", "sound"]

_ANSWER: Final = 3.0


async def service_runs(form: WebForm) -> bool:
    """Does an agentbot answer on the port of the pages?"""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(form.host, form.host)  # noqa: S104
    try:
        async with asyncio.timeout(_ANSWER):
            reader, writer = await asyncio.open_connection(host, form.port)
            try:
                writer.write(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                answer = await reader.read(1 << 16)
            finally:
                writer.transport.abort()
        told = json.loads(answer.partition(b"\r\n\r\n")[2] or b"null")
    except (OSError, TimeoutError, ValueError):
        return False
    return isinstance(told, dict) and "healthy" in told


def pages(form: WebForm, *, runs: bool) -> Check:
    """The port of the pages, and who can reach it."""
    if not runs and (problem := _problem(form.host, form.port)):
        return _shut("pages", form.host, form.port, problem)
    where: dict[str, Value] = {"host": form.host, "port": form.port}
    if not local(form.host) and not form.https:
        return warning("pages", "in_clear", **where)
    return fine("pages", "runs" if runs else "ok", **where)


def agi(form: AgiForm, *, runs: bool) -> Check:
    """The port for the dialplan."""
    if not form.enabled:
        return fine("agi", "off")
    if form.port and (problem := _problem(form.host, form.port)):
        if runs and problem == errno.EADDRINUSE:
            return fine("agi", "runs", host=form.host, port=form.port)
        return _shut("agi", form.host, form.port, problem)
    return fine("agi", "ok", host=form.host, port=form.port)


def sound(form: SoundForm, *, runs: bool) -> Check | None:
    """The port that Asterisk sends sound to: what is wrong with it, or None."""
    problem = _problem(form.host, form.port)
    if problem is None or (runs and problem == errno.EADDRINUSE and form.port):
        return None
    return _shut("sound", form.host, form.port, problem)


def local(host: str) -> bool:
    """Reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shut(subject: str, host: str, port: int, problem: int) -> Check:
    said = {
        errno.EADDRINUSE: "taken", errno.EACCES: "forbidden", errno.EADDRNOTAVAIL: "no_address",
    }.get(problem, "no_host")  # fmt: skip
    return failed(subject, said, host=host, port=port)


def _problem(host: str, port: int) -> int | None:
    """Why nobody can listen there, as an errno; None: one can."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except socket.gaierror:
        return errno.EINVAL
    except OSError as error:
        return error.errno or errno.EINVAL
    return None
