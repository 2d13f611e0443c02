"""Doubles for tests of agentbot and of what is built on it; all of them speak the real protocols."""

from __future__ import annotations

from agentbot.simulate import Placed, SimulatedCall, SimulatedExchange, Transfer

__all__ = ["Placed", "SimulatedCall", "SimulatedExchange", "Transfer"]
