"""What a channel's name says: technology, endpoint, and whether a person can be behind it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GATEWAYS", "MACHINES", "ChannelName", "is_short", "parse_name"]

MACHINES = frozenset({
    "announcer", "asyncgoto", "audiosocket", "bridge", "cbann", "cbrec", "local", "message",
    "multicastrtp", "parked", "recorder", "snoop", "surrogate", "unicastrtp", "unimrcp", "websocket",
})  # fmt: skip
"""Technologies of channels the exchange makes for itself: plumbing, taps, players."""

GATEWAYS = frozenset({
    "dahdi", "zap", "misdn", "mobile", "dongle", "quectel", "khomp", "woomera", "capi", "visdn", "ooh323", "h323",
})  # fmt: skip
"""Technologies that mostly lead to the public network."""

_SHORT = 6
"""Extensions have at most so many digits; numbers of the public network rarely so few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelName:
    """A channel's name, taken apart."""

    tech: str
    """Lower case: `pjsip`, `sip`, `iax2`, `dahdi`, `local` ..."""
    endpoint: str
    """`1001` of `PJSIP/1001-0000000a`, `2001@context` of a Local channel, `i1/13800138000` of DAHDI."""
    machine: bool
    """Plumbing of the exchange: nobody speaks there."""
    pair: str = ""
    """What both halves of a Local channel have in common; empty for others."""

    @property
    def interface(self) -> str:
        """As queues and dial strings name it: `pjsip/1001`, in lower case."""
        return f"{self.tech}/{self.endpoint.lower()}"


def parse_name(name: str) -> ChannelName:
    """Take a channel's name apart; any text is accepted.

    A name that stands for another (`Surrogate/PJSIP/1001-0000000a`) is plumbing.
    """
    name = name.partition("<")[0]  # PJSIP/1001-0000000a<ZOMBIE>, <MASQ>
    tech, _, rest = name.partition("/")
    tech = tech.lower()
    pair = ""
    if name.endswith((";1", ";2")):
        pair, rest = name[:-2], rest[:-2]
    endpoint = rest.rpartition("-")[0] or rest
    return ChannelName(tech=tech, endpoint=endpoint, machine=tech in MACHINES, pair=pair)


def is_short(number: str) -> bool:
    """Whether this is dialled inside the house: two to six digits."""
    return 2 <= len(number) <= _SHORT and number.isascii() and number.isdecimal()
