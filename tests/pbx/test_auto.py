"""Which route of sound is taken, and what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agentbot.errors import ConfigError, PbxError
from agentbot.pbx.ami import Connected, Exchange
from agentbot.service.sound import Taps
from agentbot.settings_form import ExchangeForm
from agentbot.settings_sound import SoundForm
from agentbot.simulate.exchange import MODULES, SimulatedExchange

Login = Callable[..., AbstractAsyncContextManager[Exchange]]


@asynccontextmanager
async def login(modules: Iterable[str] = MODULES) -> AsyncIterator[Exchange]:
    async with SimulatedExchange(modules=modules) as simulated, asyncio.TaskGroup() as group:
        ami = Exchange(simulated.account())
        group.create_task(ami.run())
        async with asyncio.timeout(20):
            async for event in ami:
                if isinstance(event, Connected):
                    break
        yield ami
        await ami.close()


async def test_what_the_exchange_can_do_is_taken_and_said_in_one_line() -> None:
    taps = Taps(SoundForm())
    async with login() as ami:
        route = taps.route(ami)
        assert route is not None
        with capture_logs() as logs:
            await route.check()

    assert route.name == "audiosocket"
    assert [one for one in logs if one["event"] == "sound route"] == [
        {
            "event": "sound route", "log_level": "info", "exchange": "simulated",
            "route": "audiosocket", "why": "audiosocket: nothing is missing",
        }
    ]  # fmt: skip


async def test_what_each_route_lacks_is_said() -> None:
    async with login(modules=MODULES - {"app_chanspy"}) as ami:
        route = Taps(SoundForm()).route(ami)
        assert route is not None
        with pytest.raises(PbxError, match=r"^audiosocket: .*has not loaded app_chanspy"):
            await route.check()

    assert route.name == "auto"


async def test_a_dialplan_needs_a_port_it_can_name() -> None:
    with pytest.raises(ValueError, match=r"needs sound.port"):
        SoundForm(route="dialplan")


async def test_ari_needs_to_know_where_it_is() -> None:
    taps = Taps(SoundForm(route="ari"))
    async with login() as ami:
        with pytest.raises(
            ConfigError, match="needs ari_url, ari_user and ari_secret of exchange sim"
        ):
            taps.route(ami)


async def test_auto_goes_on_to_what_is_set(tmp_path: Path) -> None:
    ari = ExchangeForm(name="simulated", secret="x", ari_url="http://127.0.0.1:1")  # noqa: S106
    taps = Taps(SoundForm(folder=tmp_path, websocket_port=1), [ari])
    async with login(modules={"app_mixmonitor"}) as ami:
        route = taps.route(ami)
        assert route is not None
        with pytest.raises(PbxError) as caught:
            await route.check()
        await taps.close()

    lacking = ("audiosocket: ", "websocket: ", "ari: ", "files: ")
    assert [name for name in lacking if name not in str(caught.value)] == []
    assert "chan_websocket" in str(caught.value)


async def test_calls_that_are_not_to_be_heard_have_no_route() -> None:
    async with login() as ami:
        assert Taps(SoundForm(route="none")).route(ami) is None
