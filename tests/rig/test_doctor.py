"""`agentbot doctor` at a real Asterisk: all well, and each thing that may be missing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rig.ami import Ami
from rig.asterisk import SECRET, Asterisk, Installation, free
from rig.fixtures import NewPhone

from agentbot.doctor.check import Check, State
from agentbot.doctor.examine import examine
from agentbot.doctor.exchange import exchange
from agentbot.pbx.tap import TAP_PREFIX
from agentbot.replay.house import House
from agentbot.service.app import Service
from agentbot.service.sound import Taps
from agentbot.settings import Settings
from agentbot.settings_form import AgiForm, ExchangeForm
from agentbot.settings_sound import SoundForm
from agentbot.testing import ScriptedRecogniser


@asynccontextmanager
async def listening(form: SoundForm, *exchanges: ExchangeForm) -> AsyncIterator[Taps]:
    taps = Taps(form, exchanges)
    await taps.open()
    yield taps
    await taps.close()


async def examined(
    asterisk: Asterisk, *, user: str = "agentbot", secret: str = SECRET, port: int = 0,
    sound: SoundForm | None = None, agi: AgiForm | None = None, seats: str = "",
    **ari: str,
) -> dict[str, Check]:  # fmt: skip
    """The lines of the exchange, by subject; of several the worst."""
    sound = sound or SoundForm()
    settings = Settings(sound=sound, agi=agi or AgiForm(port=asterisk.agi))
    form = ExchangeForm(
        **ari, name="rig", port=port or asterisk.ami, user=user, secret=secret, seats=seats
    )
    found: dict[str, Check] = {}
    async with listening(sound, form) as taps:
        async for check in exchange(form, settings, taps, runs=False):
            before = found.get(check.subject)
            if before is None or before.state is State.OK:
                found[check.subject] = check
    assert {check.exchange for check in found.values()} == {"rig"}
    return found


def complaints(found: dict[str, Check]) -> dict[str, str]:
    """What is not as it should be. A busy machine loses sound by itself, and says so."""
    return {
        subject: check.said
        for subject, check in found.items()
        if check.state is not State.OK and check.said not in {"busy", "late", "lossy"}
    }


@pytest.mark.parametrize("rate", [8_000, 16_000])
async def test_the_bundled_user_has_all_it_needs(
    asterisk: Asterisk, ami: Ami, phones: NewPhone, rate: int
) -> None:
    seat = await phones("1001")
    found = await examined(asterisk, sound=SoundForm(rate=rate))
    assert complaints(found) == {}
    assert list(found) == [
        *("reach", "protocol", "login", "version", "clock", "zone", "write", "modules"),
        *("seats", "route", "read", "hooks"),
    ]
    assert found["hooks"].said == "reached"
    assert found["seats"].values["some"].startswith("PJSIP/1001, PJSIP/1002")
    heard = found["route"].values
    assert heard["likeness"] > 0.95
    assert heard["other"] < 0.5
    assert heard["frames"] > 100
    assert abs(found["clock"].values["seconds"]) < 1
    assert seat.incoming.empty(), "no phone rings"
    assert asterisk.channels() == [], "no channel is left"
    made = [event for event in ami.events if event.event == "Newchannel"]
    assert len(made) == 5
    assert all(event.get("Uniqueid").startswith(TAP_PREFIX) for event in made)


async def test_a_test_call_by_websocket(asterisk: Asterisk) -> None:
    sound = SoundForm(route="websocket", websocket_port=asterisk.websocket)
    found = await examined(asterisk, sound=sound)
    assert complaints(found) == {}
    assert found["route"].values["likeness"] > 0.95


async def test_a_test_call_by_ari(asterisk: Asterisk) -> None:
    ari = {"ari_url": f"http://127.0.0.1:{asterisk.http}", "ari_user": "agentbot"}
    sound = SoundForm(route="ari")
    found = await examined(asterisk, sound=sound, **ari, ari_secret=SECRET)
    assert complaints(found) == {}
    assert found["route"].values["likeness"] > 0.95
    assert asterisk.channels() == []
    found = await examined(asterisk, sound=sound, **ari, ari_secret="wrong")  # noqa: S106
    assert complaints(found) == {"route": "problem"}


async def test_a_test_call_by_files(asterisk: Asterisk) -> None:
    sound = SoundForm(route="files", folder=asterisk.recordings)
    found = await examined(asterisk, sound=sound)
    assert complaints(found) == {}
    assert found["route"].values["way"].startswith("files ")
    assert found["route"].values["likeness"] > 0.95
    assert [path.name for path in asterisk.recordings.glob("agentbot-*")] == []
    found = await examined(asterisk, sound=sound.model_copy(update={"recordings": "x-{linkedid}"}))
    assert complaints(found) == {"route": "files"}


async def test_a_user_who_may_do_anything_may_do_too_much(asterisk: Asterisk) -> None:
    found = await examined(asterisk, user="rig")
    assert complaints(found) == {"write": "excess"}
    assert found["write"].values["excess"] == "command, config"


async def test_the_dialplan_asks_elsewhere(asterisk: Asterisk) -> None:
    found = await examined(asterisk, agi=AgiForm(port=asterisk.agi, host="127.0.0.9"))
    assert complaints(found) == {"hooks": "not_reached"}
    found = await examined(asterisk, agi=AgiForm(port=asterisk.sound))
    assert complaints(found) == {"hooks": "other_port"}


async def test_seats_that_the_settings_do_not_know(asterisk: Asterisk) -> None:
    found = await examined(asterisk, seats=r"^PJSIP/(\d\d\d2)-")
    assert complaints(found) == {"seats": "strange"}
    assert found["seats"].values["some"].startswith("PJSIP/1001")
    assert "PJSIP/1002" not in found["seats"].values["some"]
    assert complaints(await examined(asterisk, seats=r"^PJSIP/(1\d\d\d)-")) == {}


async def test_too_few_rights_are_named(asterisk: Asterisk) -> None:
    found = await examined(asterisk, user="watcher")
    assert complaints(found) == {
        "write": "missing", "modules": "not_told", "route": "no_right", "read": "missing",
    }  # fmt: skip
    assert found["write"].state is State.FAILED
    assert found["write"].values["line"] == "call,user,system,originate"
    assert found["read"].values["line"] == "system"


async def test_a_user_who_is_told_of_no_call(asterisk: Asterisk) -> None:
    found = await examined(asterisk, user="deaf")
    assert complaints(found) == {"read": "missing"}
    assert found["read"].state is State.FAILED
    assert found["read"].values["line"] == "call,system"


async def test_a_filter_that_hides_what_calls_are_followed_by(asterisk: Asterisk) -> None:
    found = await examined(asterisk, user="blinkered")
    assert complaints(found) == {"read": "hidden"}
    assert found["read"].values["events"] == "BridgeEnter"


async def test_a_wrong_secret_is_tried_once(asterisk: Asterisk) -> None:
    before = asterisk.said().count("failed to authenticate")
    found = await examined(asterisk, secret="wrong")  # noqa: S106
    assert complaints(found) == {"login": "refused"}
    assert list(found) == ["reach", "protocol", "login"]
    assert asterisk.said().count("failed to authenticate") - before <= 1


async def test_the_web_port_of_asterisk_and_a_dead_one(asterisk: Asterisk) -> None:
    assert complaints(await examined(asterisk, port=asterisk.http)) == {"protocol": "http"}
    assert complaints(await examined(asterisk, port=asterisk.trunk)) == {"reach": "refused"}


async def test_sound_that_the_exchange_cannot_send_here(asterisk: Asterisk) -> None:
    found = await examined(asterisk, sound=SoundForm(address="127.0.0.9"))
    assert complaints(found) == {"route": "refused"}
    assert asterisk.channels() == []


async def test_a_running_service_is_left_alone(
    asterisk: Asterisk, house: House, tmp_path: Path
) -> None:
    settings = Settings(
        exchanges=({"name": "rig", "port": asterisk.ami, "secret": SECRET},),
        rules=({"script": "heating-repair"},), accounts=tmp_path / "accounts.json",
        web={"port": free(socket.SOCK_STREAM)}, agi={"port": asterisk.agi},
        sound={"port": free(socket.SOCK_STREAM)}, store={"folder": tmp_path / "calls"},
    )  # fmt: skip
    service = Service(settings, ScriptedRecogniser([]), 2, house)
    async with service.running(), asyncio.timeout(60):
        while not service.floor.healthy()[0]:  # noqa: ASYNC110 - logins tell only the page
            await asyncio.sleep(0.02)
        examined = [check async for check in examine(settings, f"whisper:{tmp_path}", 2)]
        metrics = service.metrics.registry
        assert metrics.get_sample_value("agentbot_calls_total") == 0
        assert service.floor.healthy()[0]
    found = {check.subject: check for check in examined}
    known = {"engine", "accounts", "holidays"}
    assert set(complaints(found)) - known == set()
    assert [found[one].said for one in ("pages", "agi", "hooks")] == ["runs"] * 3


@pytest.fixture(params=["app_chanspy", "chan_audiosocket", "codec_alaw", "func_db"])
def bare(request: pytest.FixtureRequest, asterisk: Asterisk) -> Iterator[tuple[Asterisk, str]]:
    """One without a module; `asterisk` skips the test where there is none at all."""
    one = Asterisk(Installation.find())
    one.configure(without=(request.param,))
    one.start()
    yield one, request.param
    one.remove()


async def test_a_missing_module_is_named(bare: tuple[Asterisk, str]) -> None:
    one, module = bare
    found = await examined(one)
    if module == "func_db":
        assert complaints(found) == {"hooks": "no_module"}
        return
    needed = module != "codec_alaw"
    assert complaints(found)["modules"] == ("missing" if needed else "codec")
    assert module in str(found["modules"].values.values())
    assert (found["route"].said == "no_module") is needed
