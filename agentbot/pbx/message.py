"""One AMI message: headers in the order they came, some of them more than once."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """What the exchange sent: an event, a response, or one item of a list.

    Keys keep their spelling; where one comes several times the dict holds the last value
    and `repeated` all of them.
    """

    headers: dict[str, str]
    repeated: dict[str, tuple[str, ...]]
    """Only keys that came more than once (`ChanVariable`, `Output`)."""
    at: float = 0.0
    """When it arrived, in seconds since 1970."""

    @property
    def event(self) -> str:
        """Name of the event; empty for a response."""
        return self.headers.get("Event", "")

    def get(self, key: str, default: str = "") -> str:
        """The last value of a header."""
        return self.headers.get(key, default)

    def all(self, key: str) -> tuple[str, ...]:
        """All values of a header, in order."""
        if key in self.repeated:
            return self.repeated[key]
        return (self.headers[key],) if key in self.headers else ()
