"""How alike two names sound: of people, or of places."""

from __future__ import annotations

from agentbot.core.phonetic import find, likeness, sound

__all__ = ["ALIKE", "HARDLY", "alike"]

ALIKE, HARDLY = 0.75, 0.35
"""Likeness of names by sound from which they are one, and below which they may be two."""


def alike(one: str, other: str) -> float:
    """Likeness of two names, 0..1; one may stand within the other."""
    a, b = sound(one), sound(other)
    inside = find(a, b) if len(a) < len(b) else find(b, a)
    part = inside.likeness if inside and min(len(a), len(b)) > 1 else 0.0
    return max(likeness(a, b), part)
