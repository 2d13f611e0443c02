"""AMI events per second: ours and bare panoramisk on the same bytes, in one run.

The events are made up, of the size and kinds a real exchange sends, from many calls at once.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from agentbot.pbx.ami.wire import MessageReader
from agentbot.simulate.door import told
from agentbot.simulate.playback import Clock
from agentbot.simulate.switch import Switch

__all__ = ["compare", "events", "panoramisk_rate", "parse_rate", "pieces", "rate"]

_READ = 1 << 16
"""Bytes of one read of a socket."""


def events(count: int, calls: int) -> bytes:
    """So many events of whole calls as one stream of bytes, `calls` of them under way at once."""
    parts: list[bytes] = []
    switch = Switch(Clock(), lambda event, headers: parts.append(told(event, headers, "bench")))
    numbers = itertools.count()
    under_way = [_one_call(switch, next(numbers)) for _ in range(calls)]
    for place in itertools.cycle(range(calls)):
        if len(parts) >= count:
            break
        if next(under_way[place], None) is None:
            under_way[place] = _one_call(switch, next(numbers))
    return b"".join(parts[:count])


def _one_call(switch: Switch, number: int) -> Iterator[str]:
    """A call through a queue, event by event."""
    seat, queue = str(2000 + number % 5000), ("Queue", "repair")
    caller = switch.channel(
        "trunk",
        number=f"138{number % 10**8:08}",
        person="张三",
        context="from-trunk",
        exten="700",
        state=4,
    )
    yield "began"
    for name in ("DIALSTATUS", "QUEUENAME", "AGENTBOT_SCRIPT"):
        switch.set_variable(caller, name, "heating-repair")
        yield "variable"
    switch.about("QueueCallerJoin", caller, queue, ("Position", "1"), ("Count", "1"))
    yield "waiting"
    operator = switch.seat(seat, caller)
    switch.between("DialBegin", caller, operator, ("DialString", seat))
    yield "ringing"
    switch.state(operator, 6)
    switch.between("DialEnd", caller, operator, ("DialStatus", "ANSWER"))
    switch.join(operator, caller)
    yield "talking"
    for event in ("Hold", "MusicOnHoldStart", "Unhold", "MusicOnHoldStop"):
        switch.about(event, operator if event in {"Hold", "Unhold"} else caller)
        yield "holding"
    switch.about("HangupRequest", caller, ("Cause", "16"))
    switch.end(caller)
    switch.end(operator)


def parse_rate(stream: bytes) -> float:
    """Events per second of CPU through our reader."""

    def read() -> int:
        reader = MessageReader()
        return sum(1 for piece in pieces(stream) for _ in reader.feed(piece))

    return rate(read)


def panoramisk_rate(stream: bytes) -> float:
    """The same through panoramisk's protocol, with a callback for each event."""
    from panoramisk import Manager  # noqa: PLC0415  # only the bench needs it
    from panoramisk.ami_protocol import AMIProtocol  # noqa: PLC0415

    def read() -> int:
        seen = 0

        def count(_manager: object, _event: object) -> None:
            nonlocal seen
            seen += 1

        manager = Manager()
        manager.register_event("*", count)
        protocol = AMIProtocol()
        protocol.connection_made(None)
        protocol.factory, protocol.encoding = manager, "utf8"
        for piece in pieces(stream):
            protocol.data_received(piece)
        return seen

    logging.getLogger("panoramisk").setLevel(logging.WARNING)
    return rate(read)


def compare(count: int, calls: int, rounds: int) -> dict[str, Any]:
    """Both in turn, `rounds` times; medians."""
    stream = events(count, calls)
    ways: dict[str, Callable[[bytes], float]] = {
        "agentbot": parse_rate,
        "panoramisk": panoramisk_rate,
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, measure in ways.items():
            rates[name].append(measure(stream))
    middle = {name: median(some) for name, some in rates.items()}
    return {
        "events": count,
        "calls": calls,
        "bytes_each": round(len(stream) / count),
        **{f"{name}_events_per_second": round(rate) for name, rate in middle.items()},
        "ratio": round(middle["agentbot"] / middle["panoramisk"], 2),
    }


def rate(read: Callable[[], int]) -> float:
    """What `read` counts, by seconds of CPU."""
    began = time.process_time()
    seen = read()
    return seen / (time.process_time() - began)


def pieces(stream: bytes) -> Iterator[bytes]:
    """The stream as reads of a socket would cut it."""
    return (stream[place : place + _READ] for place in range(0, len(stream), _READ))
