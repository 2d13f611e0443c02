"""Doubles for tests of agentbot and of what is built on it; all of them speak the real protocols."""

from __future__ import annotations

__all__: list[str] = []
