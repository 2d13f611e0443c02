"""Who is a seat and who is outside, from what the exchange tells of a channel.

With a rule of the house the answer is plain. Without one several clues are weighed: being a
member of a queue, short extensions, the length of the caller's number, words in names and
contexts, technologies that lead to the public network. What stays open is settled between
the parties of one call (`cast`): who called is the caller, who was dialled the operator.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentbot.core.calls.events import Role
from agentbot.core.calls.names import GATEWAYS, is_short
from agentbot.core.calls.state import Channel

__all__ = ["INSIDE_WORDS", "OUTSIDE_WORDS", "Seats", "cast"]

OUTSIDE_WORDS = re.compile(
    r"trunk|pstn|carrier|provider|gateway|(?<![a-z])gw|(?<![a-z])sbc|extern|inbound|incoming|"
    r"(?<![a-z])did(?![a-z])|public|\d+\.\d+\.\d+\.\d+|\.(?:com|net|org|cn)(?![a-z])",
    re.IGNORECASE,
)
INSIDE_WORDS = re.compile(
    r"seat|agent|operator|intern|phone|desk|(?<![a-z])ext(?![a-z])|account|office|user|staff|outbound|outgoing|local",
    re.IGNORECASE,
)
_LIMIT = 20_000
"""Endpoints remembered; beyond that learning begins anew."""


class Seats:
    """Who is a seat: by the house's rule, else by what was learned.

    `rule` is searched in channel names (`PJSIP/1001-0000000a`); its group `seat`, else its
    first group, else the endpoint, names the seat. What it does not match is outside.
    """

    def __init__(self, rule: str | re.Pattern[str] | None = None) -> None:
        self._rule = re.compile(rule) if isinstance(rule, str) else rule
        self._members: dict[str, None] = {}
        self._lines: dict[str, None] = {}
        self._leans: dict[tuple[str, str, str, str], int] = {}

    def learn_member(self, interface: str) -> None:
        """A queue calls this interface (`PJSIP/1001`, `Local/1001@agents/n`): it is a seat."""
        key = interface.lower().removesuffix("/n")
        if key.startswith("local/"):
            key = key[6:].partition("@")[0]
        if key and key not in self._members:
            if len(self._members) >= _LIMIT:
                self._members.clear()
            self._members[key] = None
            self._leans.clear()

    def learn_line(self, channel: Channel) -> None:
        """A line that calls in with a long number that is not its own leads outside."""
        if _is_long(channel.number) and not _is_own(channel):
            if len(self._lines) >= _LIMIT:
                self._lines.clear()
            self._lines[channel.parsed.interface] = None

    def lean(self, channel: Channel) -> int:
        """Above 0: a seat; below 0: outside; 0: cannot be told from this channel alone."""
        if self._rule is not None:
            return 9 if self._rule.search(channel.name) else -9
        parsed = channel.parsed
        if channel.queue is not None:
            return 9
        number = channel.number
        # A dialled leg bears the number that was dialled, be it the phone's own or the hot line's.
        if channel.dialled and number == channel.call.dialled and not is_short(number):
            number = ""
        key = parsed.interface, number[:7], channel.context, channel.account
        lean = self._leans.get(key)
        if lean is None:
            if len(self._leans) >= _LIMIT:
                self._leans.clear()
            lean = self._leans[key] = self._weigh(channel, number)
        return lean - 3 if parsed.interface in self._lines else lean

    def _weigh(self, channel: Channel, number: str) -> int:
        parsed = channel.parsed
        endpoint = parsed.endpoint
        if parsed.interface in self._members or endpoint.lower() in self._members:
            return 9
        if number and is_short(number) and number in self._members:
            return 9
        return (
            _of_endpoint(channel)
            + _of_number(channel, number)
            + _of_account(channel)
            + _of_context(channel.context)
        )

    def seat(self, channel: Channel) -> str:
        """Name of the seat this channel belongs to: the endpoint's; of an analog phone its number."""
        if self._rule is not None and (found := self._rule.search(channel.name)):
            named = found.groupdict().get("seat") or (found.group(1) if found.re.groups else None)
            return named or channel.parsed.endpoint
        if channel.parsed.tech in GATEWAYS and is_short(channel.number):
            return channel.number
        return channel.parsed.endpoint


def _of_endpoint(channel: Channel) -> int:
    tech, endpoint = channel.parsed.tech, channel.parsed.endpoint
    if tech in GATEWAYS:
        # An analog phone is a line with a short number of its own; `i1/13800138000` is a span.
        return -4 if "/" in endpoint else 0 if is_short(channel.number) else -2
    if is_short(endpoint):
        return 4
    if OUTSIDE_WORDS.search(endpoint):
        return -4
    return 2 if INSIDE_WORDS.search(endpoint) else 0


def _of_number(channel: Channel, number: str) -> int:
    if is_short(number):
        return 3 if number in channel.parsed.endpoint else 1
    return -3 if _is_long(number) and not _is_own(channel) else 0


def _of_account(channel: Channel) -> int:
    """Phones often have an account of their own name."""
    return 3 if channel.account and channel.account == channel.parsed.endpoint else 0


def _is_own(channel: Channel) -> bool:
    """A phone may show the long number that its name is taken from."""
    endpoint = channel.parsed.endpoint
    return len(endpoint) > 2 and endpoint.isdecimal() and endpoint in channel.number


def _of_context(context: str) -> int:
    if OUTSIDE_WORDS.search(context):
        return -1
    return 1 if INSIDE_WORDS.search(context) else 0


def _is_long(number: str) -> bool:
    digits = number.lstrip("+")
    return len(digits) > 6 and digits.isascii() and digits.isdecimal()


def cast(seats: Seats, channels: Sequence[Channel]) -> dict[Channel, Role]:
    """Who plays which part among these legs, which are in order of appearance.

    Where everybody is inside, whoever called is the caller of the others.
    """
    leans = {channel: seats.lean(channel) for channel in channels}
    inside = [c for c in channels if leans[c] > 0]
    outside = [c for c in channels if leans[c] < 0]
    open_ = [c for c in channels if leans[c] == 0]
    if not outside and not inside and open_:
        first, *rest = open_
        # A phone that dials a long number is a seat that calls out.
        if (
            rest
            and first.incoming
            and _is_long(first.exten)
            and rest[0].dialled
            and _is_long(rest[0].number)
        ):
            outside, inside = rest[:1], [first, *rest[1:]]
        else:
            outside, inside = [first], rest
    elif not outside and open_:
        outside = open_[:1]
        inside += open_[1:]
    elif not inside:
        inside = [c for c in open_ if c.dialled or outside[0].dialled]
    else:
        inside += [c for c in open_ if c.dialled]
    if not outside and len(inside) > 1:
        outside, inside = inside[:1], inside[1:]
    roles = dict.fromkeys(channels, Role.OTHER)
    roles.update(dict.fromkeys(inside, Role.OPERATOR))
    if outside:
        roles[outside[0]] = Role.CALLER
    return roles
