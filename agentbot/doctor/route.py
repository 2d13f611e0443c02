"""The way of a call's sound to us, tried with a call to ourselves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from agentbot.core.events import Leg
from agentbot.doctor.call import Call, UnreachableError, call
from agentbot.doctor.check import Check, failed, fine, warning
from agentbot.doctor.doors import local
from agentbot.doctor.likeness import Measured, Piece, measure
from agentbot.doctor.untried import untried
from agentbot.doctor.visit import Visit
from agentbot.errors import PbxError, RecordingError
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.sound import Recorded, Route, Tap
from agentbot.service.sound import Taps
from agentbot.settings_sound import SoundForm
from agentbot.speech.codecs import decode

__all__ = ["test_call"]

_LISTEN: Final = 3.0
"""Seconds of sound that are looked at."""
_ALIKE: Final = 0.8
"""Likeness of the right party's sound; plain samples give 1.00, at 16 kHz 0.99."""
_MIXED: Final = 0.5
_LATE_MS: Final = 250.0
"""Delay that prompts would suffer from; Asterisk alone adds some 30 ms for both ways."""
_SLACK: Final = 0.5
"""Seconds by which a file may begin later than it was told to."""
_LOST: Final = 0.02
_PAUSE_MS: Final = 60.0
"""Between two frames of 20 ms that we sent: this machine has no time, and loses by that alone."""


async def test_call(visit: Visit, form: SoundForm, taps: Taps, *, runs: bool) -> Check:
    """The route's line; what the call made of messages is put into `visit.call`.

    `runs`: the service holds the ports of the settings.
    """
    route = taps.route(visit.exchange)
    if route is None:
        return warning("route", "none")
    if runs and form.route == "websocket":
        return warning("route", "held", port=form.websocket_port)
    visit.notices.append(route.notice)
    try:
        async with _phones(form, taps) as server:
            address = f"{form.address or form.host}:{server.port}"
            await route.check()
            if (found := await untried(visit, form, route.name)) is not None:
                return found
            async with call(visit, server, address) as under_way:
                tap, heard = await _listen(route, under_way)
            if isinstance(tap, Recorded):
                heard = await _recorded(tap)
            found = await asyncio.to_thread(_judged, under_way, heard, f"{route.name} {address}")
            if isinstance(tap, Recorded) and found.said == "late":  # files are not heard live
                found = fine("route", "ok", **found.values)
    except UnreachableError as error:
        return _unreachable(str(error), address, visit.exchange.account.host)
    except (PbxError, RecordingError) as error:
        return _refused(error, route.name)
    finally:
        visit.notices.remove(route.notice)
    # The last of its events is on the way.
    ours = (under_way.operator.uniqueid, under_way.caller.uniqueid)
    for one in ours:
        await visit.event("Hangup", Uniqueid=one, seconds=3.0)
    visit.joined = under_way.joined
    visit.call = [
        one for one in visit.seen if one.get("Uniqueid") in ours or one.get("DestUniqueid") in ours
    ]
    return found


@asynccontextmanager
async def _phones(form: SoundForm, taps: Taps) -> AsyncIterator[AudioSocketServer]:
    """Where the two parties of the call come: the port for sound itself, if that is open."""
    if form.route not in {"websocket", "files"}:
        yield taps.server
        return
    server = AudioSocketServer(host=form.host)
    await server.open()
    try:
        yield server
    finally:
        await server.close()


async def _listen(route: Route, under_way: Call) -> tuple[Tap, dict[Leg, list[Piece]]]:
    tap = await route.open(under_way.talk)
    pieces: dict[Leg, list[Piece]] = {leg: [] for leg in Leg}
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LISTEN):
                if isinstance(tap, Recorded):
                    await asyncio.sleep(_LISTEN)
                await _take(tap, pieces)
    finally:
        await tap.close()
    return tap, pieces


async def _recorded(tap: Recorded) -> dict[Leg, list[Piece]]:
    """What its files hold, as if it had come while it was recorded."""
    files, begun = await tap.files()
    try:
        return await asyncio.to_thread(_pieces, files, begun)
    finally:
        tap.forget(files)


def _pieces(files: Mapping[Leg, Path], begun: float | None) -> dict[Leg, list[Piece]]:
    found: dict[Leg, list[Piece]] = {}
    since = time.monotonic() - time.time()
    for leg, path in files.items():
        sound = decode(path)
        samples = (sound.samples[:, 0] * 32767).astype(np.int16)
        size = sound.rate // 50
        start = begun or path.stat().st_mtime - len(samples) / sound.rate
        found[leg] = [
            Piece(
                at=start + since + _SLACK + (at + size) / sound.rate,
                samples=samples[at : at + size],
                rate=sound.rate,
            )
            for at in range(0, len(samples) - size + 1, size)
        ]
    return {leg: found.get(leg, []) for leg in Leg}


async def _take(tap: Tap, pieces: dict[Leg, list[Piece]]) -> None:
    async for sound in tap:
        pieces[sound.leg].append(Piece(at=sound.at, samples=sound.samples, rate=sound.rate))


def _judged(under_way: Call, heard: dict[Leg, list[Piece]], way: str) -> Check:
    caller, operator = under_way.caller, under_way.operator
    legs = (
        measure(heard[Leg.CALLER], caller.sent, caller.said, operator.said),
        measure(heard[Leg.OPERATOR], operator.sent, operator.said, caller.said),
    )
    pauses = (b - a for phone in (caller, operator) for a, b in pairwise(phone.sent))
    pause = max(pauses, default=0.0)
    values = _figures(legs) | {"way": way, "pause_ms": round(pause * 1000)}
    if not all(leg.frames for leg in legs):
        return failed("route", "silence", **values)
    if any(leg.likeness < _ALIKE for leg in legs):
        return failed("route", "garbled", **values)
    if any(leg.other > _MIXED for leg in legs):
        return failed("route", "mixed", **values)
    if float(values["lost_percent"]) > 100 * _LOST:
        # A burst of ours is more than ChanSpy keeps; a phone's stream has none.
        own = float(values["pause_ms"]) > _PAUSE_MS
        return warning("route", "busy" if own else "lossy", **values)
    if float(values["delay_ms"]) > _LATE_MS:
        return warning("route", "late", **values)
    return fine("route", "ok" if under_way.joined else "unjoined", **values)


def _figures(legs: Sequence[Measured]) -> dict[str, str | int | float]:
    frames, lost = sum(leg.frames for leg in legs), sum(leg.lost for leg in legs)
    return {
        "likeness": min(leg.likeness for leg in legs),
        "other": max(leg.other for leg in legs),
        "delay_ms": max(leg.delay_ms for leg in legs),
        "worst_ms": max(leg.worst_ms for leg in legs),
        "frames": frames,
        "lost": lost,
        "lost_percent": round(100 * lost / frames, 1) if frames else 100.0,
    }


def _unreachable(how: str, address: str, exchange: str) -> Check:
    if local(address.rpartition(":")[0]) and not local(exchange):
        return failed("route", "loopback", address=address, exchange=exchange)
    return failed("route", how, address=address, exchange=exchange)


def _refused(error: PbxError | RecordingError, route: str) -> Check:
    problem = str(error)
    if "simulated exchange" in problem:
        return warning("route", "simulated")
    if "ermission" in problem and route == "ari":
        return warning("route", "ari")
    if "ermission" in problem or "may not originate" in problem:
        return failed("route", "no_right")
    if "has not loaded" in problem:
        return failed("route", "no_module")
    return failed("route", "problem", problem=problem)
