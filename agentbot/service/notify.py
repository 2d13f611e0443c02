"""Tells systemd how the service is: ready, alive, stopping. Without systemd nothing happens."""

from __future__ import annotations

import asyncio
import os
import socket

__all__ = ["notify", "watchdog"]


def notify(state: str) -> None:
    """One datagram to `NOTIFY_SOCKET`, e.g. `READY=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
            door.connect("\0" + address[1:] if address.startswith("@") else address)
            door.send(state.encode())
    except OSError:
        # Nobody listens any more; the service is no worse for it.
        return


async def watchdog() -> None:
    """Says that the event loop turns, twice in each interval that systemd asked for."""
    try:
        seconds = int(os.environ.get("WATCHDOG_USEC", "0")) / 1e6
    except ValueError:
        return
    while seconds > 0:
        notify("WATCHDOG=1")
        await asyncio.sleep(seconds / 2)
