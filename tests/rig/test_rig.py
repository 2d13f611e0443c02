"""The rig itself: the Asterisk is real and alone on loopback, the phones hear each other."""

from __future__ import annotations

import numpy as np
import pytest
from rig.asterisk import Asterisk
from rig.fixtures import NewPhone
from rig.g711 import TO_SAMPLES, encode
from rig.phone import SipError


def test_g711_takes_each_of_its_levels_as_it_is() -> None:
    assert encode(TO_SAMPLES) == bytes(range(256))


def test_it_listens_on_loopback_only(asterisk: Asterisk) -> None:
    assert "Asterisk" in asterisk.cli("core show version")
    ports = (asterisk.ami, asterisk.http, asterisk.sip)
    assert asterisk.listens() == {("0100007F", port) for port in ports}


async def test_what_one_phone_says_the_other_hears(phones: NewPhone) -> None:
    seat, trunk = await phones("1001"), await phones("trunk")
    call = await (await trunk.call("1001", caller="13800138000")).answered()
    answered = await seat.incoming.get()
    said = TO_SAMPLES[np.random.default_rng(1).integers(0, 256, 8_000)]
    call.say(said)
    await call.said()
    await call.hang_up()
    await answered.ended()
    heard = answered.rtp.listened()
    start = np.flatnonzero(heard == said[0])
    assert any((heard[at : at + 4_000] == said[:4_000]).all() for at in start)


async def test_busy_and_unknown_seats_refuse(phones: NewPhone) -> None:
    seat, trunk = await phones("1001"), await phones("trunk")
    seat.mode = "busy"
    with pytest.raises(SipError, match="486"):
        await (await trunk.call("1001")).answered()
    with pytest.raises(SipError, match="404"):
        await (await trunk.call("99")).answered()
