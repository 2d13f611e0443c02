"""What one look gave: a fact with its figures, worded only where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

__all__ = ["Check", "State", "Value", "failed", "fine", "warning"]

Value: TypeAlias = str | int | float


class State(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    """Calls are followed all the same, but not as well as they could be."""
    FAILED = "failed"
    """Live calls are not followed, or not heard, until somebody mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the doctor's report."""

    subject: str
    """What was looked at: a section of `messages/*.toml`."""
    state: State
    said: str
    """Which text of that section."""
    values: Mapping[str, Value] = field(default_factory=dict)
    """What is filled into the text, in the units that the text names."""
    exchange: str = ""
    """The exchange it is about, by the name the settings give it; empty: this machine."""


def fine(subject: str, said: str = "ok", **values: Value) -> Check:
    """All is well."""
    return Check(subject=subject, state=State.OK, said=said, values=values)


def warning(subject: str, said: str, **values: Value) -> Check:
    """Worth mending."""
    return Check(subject=subject, state=State.WARNING, said=said, values=values)


def failed(subject: str, said: str, **values: Value) -> Check:
    """Has to be mended."""
    return Check(subject=subject, state=State.FAILED, said=said, values=values)
