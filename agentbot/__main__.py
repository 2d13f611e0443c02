"""`python -m agentbot` is the command `agentbot`."""

from agentbot.cli import main

main()
