"""How a caller gets from one seat to another: by the phones, or by somebody at the AMI."""

from __future__ import annotations

from agentbot.core.events import Leg
from agentbot.simulate.call import Transfer
from agentbot.simulate.scene import Scene
from agentbot.simulate.switch import Channel

__all__ = ["move"]

_SPACE = "721"
"""Where calls are parked."""


async def move(scene: Scene, operator: Channel, transfer: Transfer) -> Channel | None:
    """Move the caller; returns who the operator is now, None where nobody is.

    An attended one goes as by the phone; Atxfer's detour over Local channels is left out.
    """
    scene.playback.stand_still()
    ways = {"blind": _blind, "attended": _attended, "redirect": _redirect, "park": _park}
    return await ways[transfer.kind](scene, operator, transfer)


async def _blind(scene: Scene, operator: Channel, transfer: Transfer) -> Channel | None:
    switch, caller = scene.switch, scene.caller
    bridge = operator.bridge
    bridge_headers = bridge.headers() if bridge else []
    switch.about("Unhold", operator)
    caller.exten = transfer.seat
    switch.leave(caller)
    switch.leave(operator)
    switch.tell(
        "BlindTransfer",
        [
            ("Result", "Success"),
            *operator.headers("Transferer"),
            *caller.headers("Transferee"),
            *bridge_headers,
            ("IsExternal", "Yes"),
            ("Context", "from-seats"),
            ("Extension", transfer.seat),
        ],
    )
    phone = switch.seat(transfer.seat, caller)
    switch.end(operator)
    return await _dial(scene, phone, transfer)


async def _redirect(scene: Scene, operator: Channel, transfer: Transfer) -> Channel | None:
    """The caller goes on in the dialplan; the operator is left with nobody."""
    switch, caller = scene.switch, scene.caller
    caller.context, caller.exten = "from-seats", transfer.seat
    switch.leave(caller)
    switch.end(operator)
    return await _dial(scene, switch.seat(transfer.seat, caller), transfer)


async def _park(scene: Scene, operator: Channel, transfer: Transfer) -> Channel | None:
    """The caller waits in a parking space until a seat fetches it, or the parker is rung again."""
    switch, caller = scene.switch, scene.caller
    parked = (
        *caller.headers("Parkee"),
        ("ParkerDialString", f"PJSIP/{operator.number}"),
        ("Parkinglot", "default"),
        ("ParkingSpace", _SPACE),
        ("ParkingTimeout", f"{transfer.consult:.0f}"),
        ("ParkingDuration", "0"),
    )
    switch.tell("ParkedCall", parked)
    switch.leave(caller)
    switch.join(caller)
    switch.about("MusicOnHoldStart", caller, ("Class", "default"))
    switch.about("HangupRequest", operator, ("Cause", "16"))
    switch.end(operator)
    stays = await scene.wait(transfer.consult, ())
    switch.about("MusicOnHoldStop", caller)
    if not stays:
        return None
    comes_back = transfer.seat == operator.number
    switch.tell("ParkedCallTimeOut" if comes_back else "UnParkedCall", parked)
    if comes_back:
        switch.leave(caller)
        caller.context, caller.exten = "park-dial", f"PJSIP_{transfer.seat}"
        return await _dial(scene, switch.seat(transfer.seat, caller), transfer)
    fetcher = switch.channel(
        transfer.seat,
        number=transfer.seat,
        person=f"Seat {transfer.seat}",
        context="from-seats",
        exten=_SPACE,
        state=4,
    )
    switch.state(fetcher, 6)
    switch.leave(caller)
    fetcher.linkedid = caller.linkedid
    return scene.together(fetcher)


async def _dial(scene: Scene, phone: Channel, transfer: Transfer) -> Channel | None:
    """The caller rings a phone, as long as it takes."""
    scene.ring(phone)
    if not await scene.wait(transfer.rings, (phone,)):
        scene.switch.end(phone, 0)
        return None
    scene.answer(phone)
    return scene.together(phone)


async def _attended(scene: Scene, operator: Channel, transfer: Transfer) -> Channel | None:
    switch, caller = scene.switch, scene.caller
    first = operator.bridge
    scene.hold(operator)
    second = switch.channel(
        operator.number,
        number=operator.number,
        person=operator.person,
        context="from-seats",
        exten=transfer.seat,
        state=4,
    )
    target = switch.seat(transfer.seat, second)
    parts = (operator, second, target)
    scene.ring(target, second)
    stays = await scene.wait(transfer.rings, parts)
    if stays:
        scene.answer(target, second)
        switch.state(second, 6)
        consult = switch.join(target, second)
        stays = await scene.wait(transfer.consult, parts)
    if not stays or first is None:
        for channel in (second, target):
            switch.end(channel)
        return operator
    headers = [*operator.headers("OrigTransferer"), *first.headers("Orig")]
    headers += [*second.headers("SecondTransferer"), *consult.headers("Second")]
    for channel in (operator, second):
        switch.about("Unhold", channel)
    switch.leave(caller)
    switch.leave(second)
    switch.enter(consult, caller)
    switch.about("MusicOnHoldStop", caller)
    headers += [*caller.headers("Transferee"), *target.headers("TransferTarget")]
    headers += [("IsExternal", "No"), ("DestType", "Bridge")]
    headers += [("DestBridgeUniqueid", consult.id)]
    switch.tell("AttendedTransfer", [("Result", "Success"), *headers])
    target.linkedid = caller.linkedid
    target.connected, caller.connected = (
        (caller.number, caller.person),
        (target.number, target.person),
    )
    for channel in (operator, second):
        switch.end(channel)
    target.says = (scene.playback, Leg.OPERATOR)
    scene.playback.go_on()
    return target
