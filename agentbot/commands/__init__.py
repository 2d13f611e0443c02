"""One module for each command group; only `agentbot.cli` imports them.

Each holds `app`, a `typer.Typer()`: unnamed, its commands stand at the top
(`agentbot replay`); named, they stand below that name (`agentbot models list`).
"""
