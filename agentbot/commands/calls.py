"""`agentbot calls`: the calls of recorded AMI logs."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from agentbot.core.calls.events import Direction
from agentbot.core.calls.records import CallRecord
from agentbot.core.calls.tracker import Tracker
from agentbot.errors import ConfigError
from agentbot.pbx.amilog import read_log

__all__ = ["app", "calls"]

app = typer.Typer()
_SINCE_1970 = 1_000_000_000.0
"""Larger times are those of a clock, smaller ones seconds of the log."""


@app.command()
def calls(
    logs: Annotated[
        list[Path], typer.Argument(help="AMI logs: `# SECONDS <` and messages, or JSON events.")
    ],
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="A list of calls as JSON. Times are seconds since 1970 where the events carry "
            "a Timestamp, else seconds of the log.",
        ),
    ] = False,
    seats: Annotated[
        str | None,
        typer.Option(
            help="Which channels are seats: a regular expression on channel names; its group "
            "names the seat. Default: by queues, extensions and numbers."
        ),
    ] = None,
) -> None:
    """Print the calls of AMI logs: legs, talks, transfers, holds and why they ended."""
    rule = seat_rule(seats)
    found: list[CallRecord] = []
    for log in logs:
        tracker = Tracker(seats=rule, keep=None)
        for message in read_log(log):
            tracker.feed(message)
        found += sorted(tracker.calls(), key=lambda call: call.began)
    if as_json:
        typer.echo(json.dumps([call.as_json() for call in found], ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    for call in found:
        console.print(_tree(call))
    console.print(f"{len(found)} call{'' if len(found) == 1 else 's'}")


def seat_rule(text: str | None) -> re.Pattern[str] | None:
    """The house's rule as a pattern.

    Raises:
        ConfigError: it is no regular expression.
    """
    if text is None:
        return None
    try:
        return re.compile(text)
    except re.error as error:
        raise ConfigError(
            f"--seats {text}: no regular expression ({error}); e.g. ^PJSIP/(1\\d+)-"
        ) from None


def _tree(call: CallRecord) -> Tree:
    """One call as a timeline."""
    way = "to" if call.direction is Direction.OUTBOUND else "from"
    about = [call.direction.value, f"{way} {call.caller or 'unknown'}"]
    if call.queue:
        about.append(f"queue {call.queue}")
    if call.ring_seconds is not None:
        about.append(f"rang {call.ring_seconds:.1f} s")
    about.append(call.reason or "under way")
    if call.picked_up:
        about.append("picked up in mid-call")
    tree = Tree(f"[bold]{escape(call.call_id)}[/bold]  {escape(', '.join(about))}")
    for at, text in sorted(_moments(call), key=lambda moment: moment[0]):
        tree.add(f"{_clock(at, call.began)}  {escape(text)}")
    return tree


def _moments(call: CallRecord) -> list[tuple[float, str]]:
    moments: list[tuple[float, str]] = []
    for leg in call.legs:
        who = f"{leg.role.value} {leg.seat or ''}".strip()
        moments.append((leg.started, f"{who}: {leg.channel}"))
        if leg.answered is None and leg.ended is not None:
            moments.append((leg.ended, f"{who}: gone unanswered"))
    for talk in call.talks:
        pair = f"{talk.caller_channel} and {talk.operator_channel}"
        moments.append((talk.began, f"talk of {pair}"))
        if talk.ended is not None:
            moments.append((talk.ended, f"end of the talk, {talk.ended - talk.began:.1f} s"))
    for hold in call.holds:
        moments.append((hold.began, f"hold by the {hold.by.value}"))
        if hold.ended is not None:
            moments.append((hold.ended, f"hold over, {hold.ended - hold.began:.1f} s"))
    moments += [
        (t.at, f"{t.kind.value} transfer from {t.source or '?'} to {t.target or '?'}")
        for t in call.transfers
    ]
    if call.ended is not None:
        moments.append((call.ended, f"over: {call.reason}"))
    return moments


def _clock(at: float, began: float) -> str:
    told = (
        datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")
        if at > _SINCE_1970
        else f"{at:9.3f}"
    )
    return f"{told} +{at - began:8.3f}"
