"""The other routes of sound in a real Asterisk: each brings every leg its own party."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from rig.ami import Ami
from rig.asterisk import SECRET, Asterisk
from rig.listening import Listener, NewTalk, Talk, hears_each_leg, own_and_other, until
from rig.sounds import broken
from structlog.testing import capture_logs

from agentbot.core.events import Leg
from agentbot.errors import PbxError
from agentbot.pbx.audiosocket import AudioSocketServer
from agentbot.pbx.auto import AutoRoute
from agentbot.pbx.dialplan import DialplanRoute
from agentbot.pbx.files import FilesRoute
from agentbot.pbx.mediasocket import MediaSocketServer
from agentbot.pbx.snoop import AriRoute
from agentbot.pbx.sound import Recorded
from agentbot.pbx.tap import AudioSocketRoute, WebSocketRoute
from agentbot.speech.codecs import decode


@pytest.fixture
async def watcher(asterisk: Asterisk) -> AsyncIterator[Ami]:
    """May watch and no more."""
    one = await Ami.open(asterisk.ami, "watcher", SECRET)
    yield one
    await one.close()


@pytest.mark.parametrize("number", ["730", "731"])
async def test_taps_of_the_dialplan(
    asterisk: Asterisk, watcher: Ami, talk: NewTalk, number: str
) -> None:
    server = AudioSocketServer(port=asterisk.sound, grace=1.5)
    await server.open()
    route = DialplanRoute(watcher.exchange, server, patience=20)
    watcher.listeners.append(route.notice)
    await route.check()
    here = await talk(number)
    tap = Listener(await route.open(await watcher.talk("1001")))
    await hears_each_leg(tap, here)
    await server.close()
    assert not server.refused


async def test_a_call_whose_dialplan_opens_no_tap(
    asterisk: Asterisk, watcher: Ami, talk: NewTalk
) -> None:
    route = DialplanRoute(watcher.exchange, AudioSocketServer(), patience=0.3)
    await talk()
    with pytest.raises(PbxError, match="has announced no sound"):
        await route.open(await watcher.talk("1001"))


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_taps_by_websocket(asterisk: Asterisk, ami: Ami, talk: NewTalk, rate: int) -> None:
    server = MediaSocketServer(port=asterisk.websocket)
    await server.open()
    route = WebSocketRoute(ami.exchange, server, rate=rate, patience=20)
    ami.listeners.append(route.notice)
    await route.check()
    here = await talk()
    tap = Listener(await route.open(await ami.talk("1001")))
    await hears_each_leg(tap, here)
    await server.close()
    assert {piece.rate for piece in tap.pieces} == {rate}
    assert not server.refused


async def test_a_websocket_that_breaks_off_leaves_the_call_alone(
    asterisk: Asterisk, ami: Ami, talk: NewTalk
) -> None:
    server = MediaSocketServer(port=asterisk.websocket)
    await server.open()
    route = WebSocketRoute(ami.exchange, server, patience=20)
    ami.listeners.append(route.notice)
    here = await talk()
    saying = asyncio.create_task(here.say(4))
    tap = Listener(await route.open(await ami.talk("1001")))
    await until(lambda: len(tap.of(Leg.OPERATOR)) > 20)
    for connection in [*server._lines.values()]:
        connection.transport.abort()
    await tap.over()
    caller, operator = await saying
    await until(lambda: len(asterisk.channels()) == 2)
    await here.caller.hang_up()
    await here.operator.ended()
    await server.close()
    assert broken(here.caller.rtp, here.operator.rtp, caller) == ""
    assert broken(here.operator.rtp, here.caller.rtp, operator) == ""


async def test_no_websocket_server_is_told(ami: Ami, talk: NewTalk) -> None:
    await talk()
    route = WebSocketRoute(ami.exchange, MediaSocketServer(), patience=20)
    ami.listeners.append(route.notice)
    with pytest.raises(PbxError, match=r"\[agentbot\] in websocket_client.conf"):
        await route.open(await ami.talk("1001"))


async def _recorded(route: FilesRoute, ami: Ami, here: Talk) -> tuple[float, float]:
    """The talk, to its end: each file holds its own party. When it and its files began."""
    talk = await ami.talk("1001")
    recording = await route.open(talk)
    caller, operator = await here.say(3)
    await here.caller.hang_up()
    await recording.close()
    files, begun = await recording.files()
    heard = {
        leg: (decode(path).samples[:, 0] * 32767).astype("int16") for leg, path in files.items()
    }
    own_and_other(heard[Leg.CALLER], caller, operator)
    own_and_other(heard[Leg.OPERATOR], operator, caller)
    recording.forget(files)
    left = [path for path in files.values() if path.exists()]
    assert len(left) == (0 if "agentbot-" in next(iter(files.values())).name else 2)
    assert begun is not None
    return begun, talk.at


async def test_recordings_that_we_have_made(asterisk: Asterisk, ami: Ami, talk: NewTalk) -> None:
    route = FilesRoute(ami.exchange, asterisk.recordings, patience=20)
    ami.listeners.append(route.notice)
    await route.check()
    begun, at = await _recorded(route, ami, await talk())
    assert 0 <= begun - at < 5


async def test_recordings_of_the_dialplan(asterisk: Asterisk, ami: Ami, talk: NewTalk) -> None:
    route = FilesRoute(
        ami.exchange, asterisk.recordings, pattern="agentbot/{uniqueid}", patience=20
    )
    ami.listeners.append(route.notice)
    await route.check()
    begun, at = await _recorded(route, ami, await talk("720"))
    assert begun < at


async def test_where_asterisk_cannot_reach_us_the_call_is_recorded_at_least(
    asterisk: Asterisk, ami: Ami, talk: NewTalk
) -> None:
    dead = AudioSocketRoute(ami.exchange, AudioSocketServer(), address="127.0.0.1:1", patience=20)
    files = FilesRoute(ami.exchange, asterisk.recordings, patience=20)
    route = AutoRoute("rig", [dead, files])
    ami.listeners.append(route.notice)
    await talk()
    with capture_logs() as logs:
        recording = await route.open(await ami.talk("1001"))
    assert isinstance(recording, Recorded)
    assert [one["route"] for one in logs] == ["audiosocket", "files"]
    assert "could not connect to 127.0.0.1:1" in logs[1]["why"]
    await recording.close()
    recording.forget((await recording.files())[0])


async def test_a_muted_recording_is_silent(asterisk: Asterisk, ami: Ami, talk: NewTalk) -> None:
    route = FilesRoute(ami.exchange, asterisk.recordings, patience=20)
    here = await talk()
    recording = await route.open(await ami.talk("1001"))
    await recording.mute(on=True)
    await here.say(2)
    await here.caller.hang_up()
    files, _ = await recording.files()
    assert all(not decode(path).samples.any() for path in files.values())
    recording.forget(files)


async def test_a_user_who_may_not_record_is_told(watcher: Ami, asterisk: Asterisk) -> None:
    with pytest.raises(PbxError, match=r"add system to its write="):
        await FilesRoute(watcher.exchange, asterisk.recordings).check()
    with pytest.raises(PbxError, match=r"name it \(sound.folder\)"):
        await FilesRoute(watcher.exchange, asterisk.recordings / "gone").check()


@pytest.fixture
async def ari(asterisk: Asterisk, ami: Ami) -> AsyncIterator[NewAri]:
    """A route by ARI, taken away after the test."""
    async with AsyncExitStack() as stack:

        async def new(**more: object) -> AriRoute:
            server = AudioSocketServer()
            await server.open()
            stack.push_async_callback(server.close)
            route = AriRoute(
                ami.exchange, server,
                **{
                    "url": f"http://127.0.0.1:{asterisk.http}", "user": "agentbot",
                    "secret": SECRET, "address": f"127.0.0.1:{server.port}", "patience": 20,
                } | more,
            )  # fmt: skip
            stack.push_async_callback(route.close)
            return route

        yield new


NewAri = Callable[..., Awaitable[AriRoute]]


def _left(asterisk: Asterisk) -> list[str]:
    bridges = asterisk.cli("bridge show all").splitlines()[1:]
    return [*asterisk.channels(), *filter(None, bridges)]


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_taps_by_ari_leave_nothing_behind(
    asterisk: Asterisk, ami: Ami, talk: NewTalk, ari: NewAri, rate: int
) -> None:
    route = await ari(rate=rate)
    await route.check()
    here = await talk()
    tap = Listener(await route.open(await ami.talk("1001")))
    await hears_each_leg(tap, here)
    await tap.pair.close()
    assert {piece.rate for piece in tap.pieces} == {rate}
    await until(lambda: _left(asterisk) == [])


async def test_a_tap_by_ari_that_is_closed_leaves_the_call_alone(
    asterisk: Asterisk, ami: Ami, talk: NewTalk, ari: NewAri
) -> None:
    route = await ari()
    here = await talk()
    saying = asyncio.create_task(here.say(4))
    tap = Listener(await route.open(await ami.talk("1001")))
    await until(lambda: len(tap.of(Leg.OPERATOR)) > 20)
    await tap.pair.close()
    caller, operator = await saying
    await until(lambda: len(asterisk.channels()) == 2)
    await here.caller.hang_up()
    await here.operator.ended()
    assert broken(here.caller.rtp, here.operator.rtp, caller) == ""
    assert broken(here.operator.rtp, here.caller.rtp, operator) == ""


async def test_taps_that_were_left_are_taken_away(
    asterisk: Asterisk, ami: Ami, talk: NewTalk, ari: NewAri
) -> None:
    here = await talk()
    killed, route = await ari(), await ari()
    await killed.open(await ami.talk("1001"))
    await route.check()
    assert len(asterisk.channels()) == 6, "what another of us uses is left alone"
    killed._lines.clear()
    await killed.close()
    await killed._server.close()
    await until(lambda: len(asterisk.channels()) == 4)
    await route.check()
    await until(lambda: len(asterisk.channels()) == 2)
    await here.caller.hang_up()
    await until(lambda: _left(asterisk) == [])


async def test_ari_that_cannot_be_used_says_why(
    asterisk: Asterisk, ami: Ami, talk: NewTalk, ari: NewAri
) -> None:
    await talk()
    for problem, more in {
        "refuses name or password": {"secret": "wrong"},
        "cannot be reached": {"url": "http://127.0.0.1:1"},
        "is no ARI": {"url": f"http://127.0.0.1:{asterisk.http}/elsewhere"},
    }.items():
        with pytest.raises(PbxError, match=problem):
            await (await ari(**more)).check()
    with pytest.raises(PbxError, match="refuses POST"):
        await (await ari(address="127.0.0.1:1", patience=5)).open(await ami.talk("1001"))
