"""The heart: typed events in, findings, prompts and verdicts out.

Pure and synchronous: no I/O, no clock, no asyncio, no logging. Live calls, replay and
tests all come through `session.Session`, so a call gets the same verdict everywhere.
"""
