"""A small exchange over real sockets: AMI and AudioSocket, from samples and recorded logs.

`SimulatedExchange` lets calls happen that are given as data (`SimulatedCall`): it tells of them
over AMI as Asterisk 22 does, and streams their legs to whoever taps them.
"""

from agentbot.simulate.call import SimulatedCall, Transfer
from agentbot.simulate.exchange import Placed, SimulatedExchange

__all__ = ["Placed", "SimulatedCall", "SimulatedExchange", "Transfer"]
